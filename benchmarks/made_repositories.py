"""Git repositories of 200 commits, of which one broke sign-in, and the log lines it leaves.

The code is made of modules with words of their own; each commit changes a few functions of one to
three files. The guilty one changes a function whose failures then stand in the logs: as a stack
trace, as an error text, or as the reason alone. Other commits change the same file before and
after, others talk of tokens and signatures, and an error that was always there goes on.
"""

import random
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

COMMITS = 200
START = datetime(2024, 4, 2, 9, 0, tzinfo=UTC)
ONSET = datetime(2024, 5, 3, 14, 41, tzinfo=UTC)
AUTH = ("token_wrapper", "session_store", "key_cache", "claims_check", "state_cookie", "mfa_gate")
PLAIN = (
    "billing", "invoice", "catalog", "search_index", "export_job", "mailer", "avatar", "audit_log",
    "report_grid", "calendar", "address_book", "upload", "thumbnail", "webhook", "feature_flags",
    "metrics", "translation", "theme", "cart", "shipping", "ratings", "help_pages", "importer",
    "scheduler",
)  # fmt: skip
VERBS = (
    "load",
    "check",
    "build",
    "merge",
    "wrap",
    "render",
    "store",
    "find",
    "send",
    "trim",
    "pick",
)
NOUNS = (
    "provider", "token", "session", "claim", "cookie", "key", "header", "payload", "profile", "row",
    "page", "amount", "label", "folder", "batch", "queue", "quota", "locale", "price", "image",
    "signature", "issuer", "audience", "nonce", "expiry", "digest", "tenant", "retry", "cursor",
)  # fmt: skip
CHORES = (
    "Tidy up {a}", "Refactor {a} and {b}", "Fix a typo in {a}", "Bump dependencies", "Speed up {a}",
    "Add tests for {a}", "Handle an empty {b}", "Log less in {a}", "Token handling in {a}",
    "Rename things in {a}", "Review comments", "Signature of {a} made simpler", "More types in {b}",
)  # fmt: skip
REASONS = ("invalid_signature", "session_not_found", "unknown_kid", "invalid_audience", "csrf")
HINTS = ("trace", "trace", "text", "text", "identifier")
"""What the logs show of the guilty function; `reason` (the reason alone) is asked for by name."""
RAISED = ("trace", "text")
ALWAYS = """upstream read failed
Traceback (most recent call last):
  File "/srv/shop/mailer.py", line 12, in send_queue_batch
TimeoutError: mailer did not answer"""


@dataclass(frozen=True)
class Made:
    """A repository with its range, its guilty commit, and the rows of its logs."""

    path: Path
    first: str
    last: str
    guilty: str
    hint: str
    reason: str
    rows: list[dict[str, object]]


def make(path: Path, seed: int, *, hint: str | None = None) -> Made:
    """Make a repository in a folder that is not there yet; `hint` is drawn where none is given."""
    draw = random.Random(seed)
    modules = {f"src/{_room(name)}/{name}.py": _functions(draw) for name in (*AUTH, *PLAIN)}
    guilty_at = draw.randrange(20, COMMITS - 20)
    home = draw.choice([m for m in modules if m.startswith("src/auth/")])
    function = draw.choice(modules[home])
    error = f"{draw.choice(NOUNS)} {draw.choice(NOUNS)} does not match {function.replace('_', ' ')}"
    shown = hint or draw.choice(HINTS)
    stream, texts = [], {name: _module(functions, draw) for name, functions in modules.items()}
    stream.append(_commit(0, "Start", texts, START))
    for number in range(1, COMMITS + 1):
        if number == guilty_at:
            changed = {home: _edited(texts[home], function, draw, error if shown in RAISED else "")}
        else:
            changed = _chore(texts, modules, home, draw)
        texts |= changed
        subject = draw.choice(CHORES).format(a=_name(next(iter(changed))), b=draw.choice(NOUNS))
        stream.append(_commit(number, subject, changed, START + timedelta(hours=3 * number)))
    path.mkdir(parents=True)
    _git(path, "init", "--quiet")
    _git(path, "fast-import", "--quiet", given="".join(stream).encode())
    ids = _git(path, "rev-list", "--reverse", "refs/heads/main").split()
    reason = draw.choice(REASONS)
    said = _said(shown, home, function, error, draw.randint(10, 90))
    return Made(path, ids[0], ids[-1], ids[guilty_at], shown, reason, _rows(said, reason))


def _room(name: str) -> str:
    return "auth" if name in AUTH else "shop"


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def _functions(draw: random.Random) -> list[str]:
    return [f"{draw.choice(VERBS)}_{draw.choice(NOUNS)}_{draw.choice(NOUNS)}" for _ in range(6)]


def _module(functions: list[str], draw: random.Random) -> str:
    return "\n\n".join(_body(name, draw) for name in functions) + "\n"


def _body(name: str, draw: random.Random) -> str:
    lines = [f"    {_statement(draw)}" for _ in range(draw.randint(3, 7))]
    head, end = f"def {name}({draw.choice(NOUNS)}):", f"    return {draw.choice(NOUNS)}"
    return "\n".join([head, *lines, end])


def _statement(draw: random.Random) -> str:
    called = f"{draw.choice(VERBS)}_{draw.choice(NOUNS)}"
    return f"{draw.choice(NOUNS)} = {called}({draw.choice(NOUNS)})"


def _edited(text: str, function: str, draw: random.Random, error: str = "") -> str:
    """The module with one function written anew; with an error it can raise."""
    blocks = text.rstrip("\n").split("\n\n")
    for place, block in enumerate(blocks):
        if block.startswith(f"def {function}("):
            fresh = _body(function, draw)
            raised = f'\n    if not {draw.choice(NOUNS)}:\n        raise ValueError("{error}")'
            blocks[place] = fresh + (raised if error else "")
            break
    return "\n\n".join(blocks) + "\n"


def _chore(
    texts: dict[str, str], modules: dict[str, list[str]], home: str, draw: random.Random
) -> dict[str, str]:
    """A commit like any other; one in seven touches the file that the guilty one touches."""
    chosen = draw.sample(sorted(texts), draw.randint(1, 3))
    if draw.random() < 1 / 7:
        chosen[0] = home
    changed = {}
    for path in dict.fromkeys(chosen):
        text = texts[path]
        for function in draw.sample(modules[path], draw.randint(1, 2)):
            text = _edited(text, function, draw)
        changed[path] = text
    return changed


def _commit(number: int, subject: str, files: dict[str, str], when: datetime) -> str:
    stamp = f"{int(when.timestamp())} +0000"
    who = f"Dev {number % 7} <dev{number % 7}@acme.example>"
    parts = [
        "commit refs/heads/main\n",
        f"mark :{number + 1}\n",
        f"author {who} {stamp}\ncommitter {who} {stamp}\n",
        f"data {len(subject.encode())}\n{subject}\n",
    ]
    if number:
        parts.append(f"from :{number}\n")
    parts += [
        f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"
        for path, text in files.items()
    ]
    return "".join(parts)


def _git(path: Path, *words: str, given: bytes | None = None) -> str:
    command = ["git", "-C", str(path), "-c", "init.defaultBranch=main", *words]
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    return done.stdout.decode()


def _said(hint: str, home: str, function: str, error: str, line: int) -> str:
    """What the logs show of the guilty function."""
    if hint == "trace":
        place = f'  File "/srv/{home}", line {line}, in {function}'
        return (
            f"token check failed\nTraceback (most recent call last):\n{place}\nValueError: {error}"
        )
    told = {"text": f"sign-in refused: {error}", "identifier": f"{function} refused"}
    return told.get(hint, "sign-in refused")


def _rows(said: str, reason: str) -> list[dict[str, object]]:
    """Failures from the onset on, what came with them, and an error that was always there."""
    rows: list[dict[str, object]] = []
    for minute in range(-120, 60):
        when = ONSET + timedelta(minutes=minute)
        rows.append(_row(when, "error", ALWAYS, None))
        for k in range(6):
            at = when + timedelta(seconds=7 * k + 1)
            failing = minute >= 0 and k < 4
            rows.append(_row(at, "warning", None, reason if failing else None, login=True))
        if minute >= 0:
            rows.append(_row(when + timedelta(seconds=50), "error", said, None))
    return rows


def _row(
    when: datetime, level: str, message: str | None, reason: str | None, *, login: bool = False
) -> dict[str, object]:
    return {
        "time": when,
        "event_type": "token_validate" if login else "other",
        "outcome": ("failure" if reason else "success") if login else "unknown",
        "service": "gateway" if login else "web",
        "user": f"user-{when.second}{when.minute}" if login else None,
        "reason": reason,
        "log_level": level,
        "message": message,
    }
