"""Why something failed, in one vocabulary: by code, by free text, last by HTTP status."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.errors import BadFormatFile
from authlogs.expressions import ascii_only, found
from authlogs.parse.fields import Mask
from authlogs.parse.memory import Memory

UNSPECIFIED: Final = "unspecified"


@dataclass(frozen=True)
class Verdict:
    """What a code, a text or a status says; a weak one yields to text that says more."""

    reason: str | None = None
    outcome: str | None = None
    weak: bool = False


@dataclass(frozen=True)
class Reasons:
    """The tables of reasons.toml: groups by reason, verdicts by code, text patterns, HTTP."""

    groups: Mapping[str, str]
    codes: Mapping[str, Mapping[str, Verdict]]
    messages: tuple[tuple[str, Verdict], ...]
    http: Mapping[str, Verdict]
    memory: Memory[int | None] = field(
        default_factory=Memory, init=False, repr=False, compare=False
    )

    @cached_property
    def any_message(self) -> str:
        """An expression for what any of the message patterns fits."""
        return "|".join(f"(?:{pattern})" for pattern, _ in self.messages) or r"[^\s\S]"

    def of_code(self, code: str, vocabularies: tuple[str, ...]) -> Verdict | None:
        """The verdict of a code in the first vocabulary that knows it; a reason is its own code."""
        plain = code.strip().lower()
        for name in vocabularies:
            if (found := self.codes.get(name, {}).get(plain)) is not None:
                return found
        return Verdict(reason=plain) if plain in self.groups else None

    def of_status(self, status: str) -> Verdict | None:
        """The verdict of an HTTP status, or of its class (`4xx`)."""
        return self.http.get(status) or self.http.get(status[:1] + "xx")

    def of_texts(self, texts: pa.Array) -> pa.Array:
        """For each text the index of the first message pattern found in it, or null.

        What was judged once is remembered: most messages come again and again.
        """
        encoded = texts.dictionary_encode()
        index = self.memory.each(encoded.dictionary.to_pylist(), self._judged)
        return pa.array(index, pa.int32()).take(encoded.indices)

    def _judged(self, texts: pa.Array) -> list[int | None]:
        """One look for all patterns selects the texts that any of them fits."""
        result = np.full(len(texts), -1, np.int32)
        lower = pc.utf8_lower(texts)
        rows = np.flatnonzero(found(lower, self.any_message)) if len(texts) else result[:0]
        for index, (pattern, _) in enumerate(self.messages):
            if not len(rows):
                break
            here = found(lower.take(pa.array(rows)), pattern)
            result[rows[here]] = index
            rows = rows[~here]
        return pa.array(result, mask=result < 0).to_pylist()  # type: ignore[no-any-return]


def load_reasons(path: Path) -> Reasons:
    """The tables of a reasons.toml; raises BadFormatFile where a reason is unknown."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFormatFile(str(error), where=str(path), next_step="mend the file") from None
    groups = {
        name: entry if isinstance(entry, str) else entry["group"]
        for name, entry in told.get("reasons", {}).items()
    }

    def verdict(where: str, entry: Any) -> Verdict:
        made = Verdict(reason=entry) if isinstance(entry, str) else Verdict(**entry)
        if made.reason is not None and made.reason not in groups:
            raise BadFormatFile(
                f"{where} names the reason {made.reason!r}, which [reasons] does not have",
                where=str(path),
                next_step="add it to [reasons] with its group, or mend the name",
            )
        return made

    codes = {
        vocabulary: {
            str(code).lower(): verdict(f"codes.{vocabulary}.{code}", entry)
            for code, entry in table.get("entries", table).items()
        }
        for vocabulary, table in told.get("codes", {}).items()
    }
    messages = tuple(
        (
            ascii_only(_lower_case(one["pattern"], path)),
            verdict("[[message]]", {k: one[k] for k in ("reason", "outcome") if k in one}),
        )
        for one in told.get("message", ())
    )
    http = {str(code): verdict(f"http.{code}", entry) for code, entry in told["http"].items()}
    return Reasons(groups, codes, messages, http)


def _lower_case(pattern: str, path: Path) -> str:
    """A pattern for text that was turned to lower case."""
    if re.search(r"(?<!\\)[A-Z]", pattern):
        raise BadFormatFile(
            f"the message pattern {pattern!r} has a capital letter",
            where=str(path),
            next_step="write it in lower case: messages are read without case",
        )
    return pattern


def classify(
    reasons: Reasons,
    *,
    vocabularies: tuple[str, ...],
    codes: list[pa.Array],
    texts: list[pa.Array],
    status: pa.Array | None,
    outcome: pa.Array,
) -> tuple[pa.Array, pa.Array]:
    """Reason and outcome of each row, from its codes, texts and status (null where unknown).

    A code's outcome wins over the format's; a status speaks only where nothing else does. A
    success has no reason; a failure or challenge without one is `unspecified`.
    """
    reason = pa.nulls(len(outcome), pa.string())
    weak = np.ones(len(outcome), bool)
    for code in codes:
        reason, told, weak = _by_code(reasons, code, vocabularies, reason=reason, weak=weak)
        outcome = pc.coalesce(told, outcome)
    for text in texts:
        reason, weak = _by_text(reasons, text, reason=reason, weak=weak, outcome=outcome)
    if status is not None:
        reason, outcome = _by_status(reasons, status, reason=reason, outcome=outcome)
    outcome = pc.fill_null(outcome, "unknown")
    reason = pc.if_else(pc.equal(outcome, "success"), None, reason)
    asked = pc.is_in(outcome, pa.array(["failure", "challenge"]))
    return pc.if_else(pc.and_(asked, pc.is_null(reason)), UNSPECIFIED, reason), outcome


def _by_code(
    reasons: Reasons,
    code: pa.Array,
    vocabularies: tuple[str, ...],
    *,
    reason: pa.Array,
    weak: Mask,
) -> tuple[pa.Array, pa.Array, Mask]:
    """Let a field of codes decide where those before it were silent or weak."""
    encoded = code.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    verdicts = [reasons.of_code(word, vocabularies) or Verdict(weak=True) for word in words]
    said = pa.array([one.reason for one in verdicts], pa.string()).take(encoded.indices)
    told = pa.array([one.outcome for one in verdicts], pa.string()).take(encoded.indices)
    faint = pa.array([one.weak for one in verdicts], pa.bool_()).take(encoded.indices)
    faint = pc.fill_null(faint, True).to_numpy(zero_copy_only=False)
    heard = said.is_valid().to_numpy(zero_copy_only=False)
    wanted = weak & heard & (~faint | reason.is_null().to_numpy(zero_copy_only=False))
    mask = pa.array(wanted)
    reason = pc.if_else(mask, said, reason)
    return reason, pc.if_else(mask, told, None), np.where(wanted, faint, weak)


def _by_text(
    reasons: Reasons, text: pa.Array, *, reason: pa.Array, weak: Mask, outcome: pa.Array
) -> tuple[pa.Array, Mask]:
    """Let text decide where the code is silent or weak and the outcome is no success."""
    asked = weak & ~pc.fill_null(pc.equal(outcome, "success"), False).to_numpy(False)
    asked &= text.is_valid().to_numpy(False)
    if not asked.any():
        return reason, weak
    chosen = text.filter(pa.array(asked)).dictionary_encode()
    index = reasons.of_texts(chosen.dictionary).take(chosen.indices)
    words = pa.array([verdict.reason for _, verdict in reasons.messages], pa.string())
    said = pc.replace_with_mask(
        pa.nulls(len(text), pa.string()), pa.array(asked), words.take(index)
    )
    decided = said.is_valid().to_numpy(False)
    return pc.coalesce(said, reason), weak & ~decided


def _by_status(
    reasons: Reasons, status: pa.Array, *, reason: pa.Array, outcome: pa.Array
) -> tuple[pa.Array, pa.Array]:
    encoded = status.dictionary_encode()
    verdicts = [reasons.of_status(code) or Verdict() for code in encoded.dictionary.to_pylist()]
    why = pa.array([one.reason for one in verdicts], pa.string()).take(encoded.indices)
    told = pa.array([one.outcome for one in verdicts], pa.string()).take(encoded.indices)
    silent = pc.fill_null(pc.equal(outcome, "unknown"), True)
    outcome = pc.if_else(silent, pc.coalesce(told, outcome), outcome)
    blamed = pc.fill_null(pc.is_in(outcome, pa.array(["failure", "unknown"])), False)
    return pc.if_else(pc.and_(blamed, pc.is_null(reason)), why, reason), outcome
