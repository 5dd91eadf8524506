"""The contract of a format file that needs no reading: its samples use all that it says."""

from collections.abc import Iterator
from dataclasses import replace

from authlogs.parse.clock import Clock
from authlogs.parse.delimited import Sheet, find_heading
from authlogs.parse.engine import assign
from authlogs.parse.extended import ExtendedLog
from authlogs.parse.format import Format, Sample
from authlogs.parse.ordering import plain_lines
from authlogs.parse.records import Claim, Records
from authlogs.parse.registry import Registry
from authlogs.parse.rules import apply_rules
from authlogs.sources.lines import cut_blocks


def breaches(format: Format, registry: Registry) -> Iterator[str]:
    """One line for each thing that a format file lacks, or says for nothing."""
    if not format.vendor.startswith("https://"):
        yield "vendor: name the page that documents this log"
    if not any(sample.want for sample in format.samples):
        yield "there is no [[sample]] with a `want`"
    if not any(sample.hostile for sample in format.samples):
        yield "there is no sample with hostile = true: who can write into this log, and what?"
    claims = [claim for one in _good(format) if (claim := _claim(format, one)) is not None]
    yield from _unused_patterns(format)
    yield from _unused_fields(format, registry, claims)
    yield from _unused_rules(format, claims)


def _good(format: Format) -> list[Sample]:
    return [sample for sample in format.samples if not sample.reject]


def _records(format: Format, sample: Sample) -> Records:
    blocks = cut_blocks([sample.line.encode()])
    if format.shape == "w3c":
        return next(cut.records for cut, _ in ExtendedLog().stretches(blocks) if len(cut.records))
    if format.shape == "csv":
        heading = find_heading(sample.line.partition("\n")[0], (format,))
        if heading is not None:
            return next(Sheet(heading).stretches(blocks)).records
    first = sample.line if format.shape == "xml" else sample.line.partition("\n")[0]
    return plain_lines([first])


def _claim(format: Format, sample: Sample) -> Claim | None:
    """The fields of a sample as its own format sees them."""
    claimed = assign(_records(format, sample), (format,), Clock()).claimed
    return next((one.claim for one in claimed if one.format is format), None)


def _unused_patterns(format: Format) -> Iterator[str]:
    open_ = list(_good(format))
    for pattern in format.patterns:
        alone = replace(format, patterns=(pattern,))
        mine = [sample for sample in open_ if _claim(alone, sample) is not None]
        if not mine:
            yield f"pattern {pattern.name!r} is the first to fit no sample"
        open_ = [sample for sample in open_ if sample not in mine]


def _unused_fields(format: Format, registry: Registry, claims: list[Claim]) -> Iterator[str]:
    named = [*format.time.field, *format.time.end, *format.time.observed]
    for rules in format.columns.values():
        for rule in rules:
            named += [*rule.fields, *(name for name, _ in rule.present)]
    if format.reason != registry.synonyms.reason:
        named += [*format.reason.source, *format.reason.text]
    for name in dict.fromkeys(named):
        if all(claim.fields.get(name) is None for claim in claims):
            yield f"field {name!r} is in no sample"


def _unused_rules(format: Format, claims: list[Claim]) -> Iterator[str]:
    for column, rules in format.columns.items():
        for number, rule in enumerate(rules, start=1):
            values = [apply_rules((rule,), claim.fields) for claim in claims]
            if all(value is None or value.null_count for value in values):
                yield f"rule {number} of {column!r} gives a value for no sample"
