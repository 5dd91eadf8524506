"""Times, column-wise over distinct values: layouts, zones, years, and how sure each time is."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.layouts import EPOCH, PATTERNS
from authlogs.parse.offsets import UNKNOWN, seconds_east
from authlogs.parse.zones import localise
from authlogs.schema import TIME, TIME_QUALITIES

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]


_MONTHS: Final = pa.array(
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
)
_SECOND: Final = 1_000_000
_NONE: Final = UNKNOWN
_EARLIEST: Final = np.datetime64("1970-01-02", "us").astype(np.int64)
_LATEST: Final = np.datetime64("2100-01-01", "us").astype(np.int64)


@dataclass(frozen=True)
class Times:
    """Moments in microseconds since 1970 UTC, how sure each is, and which could not be known."""

    moment: Longs
    quality: NDArray[np.int8]
    needs_zone: Mask
    needs_year: Mask

    @property
    def unknown(self) -> Mask:
        return self.needs_zone | self.needs_year

    @property
    def known(self) -> Mask:
        return self.moment != _NONE  # type: ignore[no-any-return]

    def take(self, rows: Longs | Mask) -> "Times":
        """The moments of some rows, or of a mask."""
        return Times(
            self.moment[rows], self.quality[rows], self.needs_zone[rows], self.needs_year[rows]
        )

    def or_else(self, other: "Times") -> "Times":
        """The same, and what another clock said where this one said nothing that is known."""
        return self.where(self.known | ~other.known, other)

    def where(self, mask: Mask, other: "Times") -> "Times":
        """These moments where a mask is set, and others elsewhere."""
        return Times(
            np.where(mask, self.moment, other.moment),
            np.where(mask, self.quality, other.quality),
            np.where(mask, self.needs_zone, other.needs_zone),
            np.where(mask, self.needs_year, other.needs_year),
        )

    def to_arrow(self) -> pa.Array:
        return moments(self.moment)

    def quality_words(self) -> pa.Array:
        return pa.array(TIME_QUALITIES, pa.string()).take(pa.array(self.quality))


def moments(values: Longs) -> pa.Array:
    """A timestamp column of microseconds, where the least number means null."""
    return pa.array(values, pa.int64(), mask=values == _NONE).cast(TIME)


@dataclass(frozen=True)
class _Wall:
    """What the clock on the wall said: local microseconds, and what it left out."""

    local: Longs  # _NONE where nothing could be read
    offset: Longs  # seconds east of UTC, _NONE where the text names no zone
    yearless: Mask  # read as if in 1972, a leap year
    month: Longs


@dataclass(frozen=True)
class Years:
    """New Years passed since a file's first yearless stamp, and the day (of 1972) of its latest."""

    passed: int = 0
    day: np.datetime64 | None = None


class Clock:
    """Reads the times of one stretch of a file: its zone, its year, the New Years it passes.

    Yearless stamps run on in file order: when the month falls by more than six, a year begins.
    When it rises by more than six, a line is late from before a New Year that was passed here.
    `years` leads from one stretch to the next.
    """

    def __init__(
        self, *, zone: tzinfo | None = None, year: int | None = None, years: Years | None = None
    ) -> None:
        self.zone, self.year = zone, year
        self.years = years or Years()
        self._first: np.datetime64 | None = None  # day of the first yearless stamp that was dated
        self.zone_used = self.year_used = False
        self.first_yearless: tuple[int, int] | None = None  # month and day

    def indifferent(self, assumed: Years, actual: Years) -> bool:
        """Whether what was read would be the same had the actual years come before."""
        if self._first is None:
            return True
        first = np.array([self._first])
        steps = [_steps(first, one.day)[0] for one in (assumed, actual)]
        return assumed.passed == actual.passed and not any(one.any() for one in steps)

    def read(
        self, column: pa.Array, layouts: tuple[str, ...], line_no: Longs | None = None
    ) -> Times:
        """The moment of each text; what no layout reads is null and of quality `none`.

        `line_no` says in which order the texts stand in the file, when it is not this one.
        """
        encoded = column.dictionary_encode()
        wall = read_wall(encoded.dictionary, layouts)
        indices = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(False)
        local, offset, yearless, month = (_pick(part, indices) for part in _padded(wall))
        self._note_yearless(local, yearless)
        needs_year = yearless & (local != _NONE) & (self.year is None)
        if yearless.any() and self.year is not None:
            local = self._with_year(local, yearless, month, line_no)
            self.year_used = True
        readable = local != _NONE
        naive = readable & (offset == _NONE)
        needs_zone = naive & (self.zone is None)
        moment = np.where(readable & ~naive, local - offset * _SECOND, _NONE)
        if self.zone is not None and naive.any():
            moment[naive] = localise(local[naive], self.zone)
            self.zone_used = True
        moment[needs_year | needs_zone] = _NONE
        moment[(moment < _EARLIEST) | (moment > _LATEST)] = _NONE
        quality = naive.astype(np.int8) + 2 * yearless.astype(np.int8)
        quality[moment == _NONE] = TIME_QUALITIES.index("none")
        return Times(moment, quality, needs_zone, needs_year)

    def _note_yearless(self, local: Longs, yearless: Mask) -> None:
        rows = np.flatnonzero(yearless & (local != _NONE))
        if len(rows) and self.first_yearless is None:
            stamp = datetime.fromtimestamp(int(local[rows[0]]) // _SECOND, UTC)
            self.first_yearless = (stamp.month, stamp.day)

    def _with_year(
        self, local: Longs, yearless: Mask, month: Longs, line_no: Longs | None
    ) -> Longs:
        """Move the stamps of 1972 to their years; 29 February of a common year is no day."""
        rows = np.flatnonzero(yearless & (local != _NONE))
        if not len(rows) or self.year is None:
            return local
        if line_no is not None:
            rows = rows[np.argsort(line_no[rows], kind="stable")]
        months = month[rows]
        days, rest = np.divmod(local[rows], 86_400 * _SECOND)
        stamp = days.astype("datetime64[D]")
        turns = self._new_years(stamp)
        day = (stamp - stamp.astype("datetime64[M]")).astype(np.int64) + 1
        moved = _local(self.year + turns, months, day) + rest
        moved[_local(self.year + turns, months, day) == _NONE] = _NONE
        result = local.copy()
        result[rows] = moved
        return result

    def _new_years(self, days: NDArray[Any]) -> Longs:
        """New Years passed at each day (of 1972), in file order.

        Without one passed only 31 December right after 1 January is late: a year is not guessed.
        A loop over jumps of more than six months, of which an honest log has one a year.
        """
        if self._first is None:
            self._first = days[0]
        jumps, back, late = _steps(days, self.years.day)
        passed, turn = self.years.passed, np.zeros(len(days), np.int64)
        for at in np.flatnonzero(jumps).tolist():
            if back[at]:
                turn[at] = 1
            elif passed > 0 or late[at]:
                turn[at] = -1
            passed += int(turn[at])
        turns = self.years.passed + np.cumsum(turn)
        self.years = Years(passed, days[-1])
        return turns


def _steps(days: NDArray[Any], day: np.datetime64 | None) -> tuple[Mask, Mask, Mask]:
    """Where the month jumps by more than six from the day before, back, and by 365 days."""
    before = np.concatenate(([days[0] if day is None else day], days[:-1]))
    months = (days.astype("datetime64[M]") - before.astype("datetime64[M]")).astype(np.int64)
    late = (days - before).astype(np.int64) == 365
    return np.abs(months) > 6, months < 0, late


def read_wall(texts: pa.Array, layouts: tuple[str, ...]) -> _Wall:
    """Read distinct texts by the first layout that fits each."""
    count = len(texts)
    wall = _Wall(
        local=np.full(count, _NONE),
        offset=np.full(count, _NONE),
        yearless=np.zeros(count, bool),
        month=np.zeros(count, np.int64),
    )
    rows = np.arange(count)
    for name in layouts:
        if not len(rows):
            break
        pattern = EPOCH if name == "epoch" else PATTERNS[name]
        found = pc.extract_regex(texts.take(pa.array(rows)), pattern)
        hit = found.is_valid().to_numpy(False)
        if hit.any():
            parts = found.filter(pa.array(hit)).flatten()
            named = dict(zip((one.name for one in found.type), parts, strict=True))
            (_read_epoch if name == "epoch" else _read_parts)(named, wall, rows[hit])
            if name.endswith("_utc"):  # the vendor says so, the text does not
                wall.offset[rows[hit][wall.offset[rows[hit]] == _NONE]] = 0
        rows = rows[~hit]
    return wall


def _read_parts(parts: dict[str, pa.Array], wall: _Wall, rows: NDArray[Any]) -> None:
    year = _number(parts["y"])
    month = _number(parts["m"]) if "m" in parts else _month(parts["b"])
    hour, minute, second = (_number(parts[name]) for name in "HMS")
    yearless = pc.equal(parts["y"], "").to_numpy(False)
    day = _local(np.where(yearless, 1972, year), month, _number(parts["d"]))
    good = (day != _NONE) & (hour < 24) & (minute < 60) & (second <= 60)
    fraction = _microseconds(parts["f"])
    within = ((hour * 60 + minute) * 60 + second) * _SECOND + fraction
    wall.local[rows] = np.where(good, day + within, _NONE)
    wall.yearless[rows] = yearless
    wall.month[rows] = month
    if "z" in parts:
        wall.offset[rows] = _offsets(parts["z"])


def _read_epoch(parts: dict[str, pa.Array], wall: _Wall, rows: NDArray[Any]) -> None:
    """Seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude."""
    whole = _number(parts["n"])
    value = np.select(
        [whole < 10**11, whole < 10**14, whole < 10**17],
        [whole * _SECOND + _microseconds(parts["f"]), whole * 1000, whole],
        whole // 1000,
    )
    wall.local[rows] = value
    wall.offset[rows] = 0


def _local(year: Longs, month: Longs, day: Longs) -> Longs:
    """Microseconds of midnight; _NONE where the calendar has no such day."""
    fine = (year >= 1970) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    first = ((np.where(fine, year, 1970) - 1970) * 12 + np.where(fine, month, 1) - 1).astype(
        "datetime64[M]"
    )
    days = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
    fine &= day <= days.astype(np.int64)
    midnight = first.astype("datetime64[D]").astype(np.int64) + day - 1
    return np.where(fine, midnight * 86_400 * _SECOND, _NONE)


def _number(column: pa.Array) -> Longs:
    filled = pc.if_else(pc.equal(column, ""), "0", column)
    return filled.cast(pa.int64(), safe=False).to_numpy(False)  # type: ignore[no-any-return]


def _month(column: pa.Array) -> Longs:
    return pc.fill_null(pc.index_in(column, _MONTHS), -1).to_numpy(False).astype(np.int64) + 1  # type: ignore[no-any-return]


def _microseconds(column: pa.Array) -> Longs:
    padded = pc.binary_join_element_wise(column, "000000", "")
    return _number(pc.utf8_slice_codeunits(padded, 0, 6))


def _offsets(column: pa.Array) -> Longs:
    """Seconds east of UTC of each zone; _NONE for none, and for names of several zones."""
    encoded = column.dictionary_encode()
    known = np.array([seconds_east(text) for text in encoded.dictionary.to_pylist()], np.int64)
    return known[encoded.indices.to_numpy(False)]  # type: ignore[no-any-return]


def _padded(wall: _Wall) -> tuple[NDArray[Any], ...]:
    """The parts with one more entry, which is what null points to."""
    return (
        np.append(wall.local, _NONE),
        np.append(wall.offset, _NONE),
        np.append(wall.yearless, False),
        np.append(wall.month, 0),
    )


def _pick(part: NDArray[Any], indices: NDArray[Any]) -> NDArray[Any]:
    return part[indices]  # type: ignore[no-any-return]


def year_near(month: int, day: int, span: tuple[int, int]) -> int:
    """The year in which a yearless day lies closest to a span of microseconds UTC."""
    years = [datetime.fromtimestamp(edge / _SECOND, UTC).year for edge in span]

    def away(year: int) -> int:
        stamp = int(_local(np.array([year]), np.array([month]), np.array([day]))[0])
        if stamp == _NONE:
            return 1 << 62
        return max(span[0] - stamp, stamp - span[1], 0)

    return min(range(min(years) - 1, max(years) + 2), key=away)
