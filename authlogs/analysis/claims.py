"""The times that people wrote down afterwards: claims, to be shown beside what the logs say."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

import pyarrow as pa
import regex

CLOCK = regex.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b(?!:?\d)")
WORDS = {
    "onset": regex.compile(r"\b(began|begin|start(ed|s)?|outage|down|from|onset)\b", regex.I),
    "detected": regex.compile(r"\b(alert(s|ed)?|paged?|noticed|detected)\b", regex.I),
    "acknowledged": regex.compile(r"\back(nowledged)?\b", regex.I),
    "mitigated": regex.compile(
        r"\b(roll(ed|ing)?[ -]?back|revert(ed)?|mitigated|fail[ -]?over)\b", regex.I
    ),
    "resolved": regex.compile(
        r"\b(resolved|recovered|ended|over|restored|until|all clear)\b", regex.I
    ),
}
PATIENCE_S = 1.0
MOST_TEXT = 120


@dataclass(frozen=True)
class Claim:
    """A time of day that a prose file names, and what it says happened then."""

    time: datetime
    kind: str
    text: str
    place: str


def read_claims(sources: pa.Table, day: date, zone: tzinfo) -> tuple[Claim, ...]:
    """Return the claimed times of prose files that speak of an incident, in order of the files.

    Times of day are taken to be of `day` in `zone`: a claim is shown, never believed.
    """
    claims = []
    for row in sources.to_pylist():
        name = row["source_file"].lower()
        if (
            row["kind"] == "notes"
            and row["notes"]
            and regex.search("postmortem|incident|review", name)
        ):
            claims += _claims(row["notes"], row["source_file"], day, zone)
    return tuple(claims)


def _claims(text: str, file: str, day: date, zone: tzinfo) -> list[Claim]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        kind = next(
            (k for k, words in WORDS.items() if words.search(line, timeout=PATIENCE_S)), None
        )
        match = CLOCK.search(line, timeout=PATIENCE_S)
        if kind and match:
            clock = time(int(match["hour"]), int(match["minute"]), tzinfo=zone)
            told = line.strip(" -*#|\t")[:MOST_TEXT]
            found.append(Claim(datetime.combine(day, clock), kind, told, f"{file}:{number}"))
    return found
