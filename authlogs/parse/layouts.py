"""The ways in which logs write a time, by the names that format files call them."""

from typing import Final

_CLOCK: Final = r"(?P<H>\d\d):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
_ZONE: Final = r"(?: ?(?P<z>z|[A-Z]{3,5}|Z|[+-]\d\d(?::?\d\d)?)(?: (?:[A-Z]{3,5}|[+-]\d\d))?)?"
_DAY: Final = r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
_MONTH_DAY: Final = r"(?P<b>[A-Z][a-z][a-z]) +(?P<d>\d\d?)"
_WEEKDAY: Final = r"[A-Z][a-z][a-z]"
_COMPACT: Final = r"(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)(?:\.(?P<f>\d{1,9}))?"
PATTERNS: Final = {
    "iso": rf"^{_DAY}[T ]{_CLOCK}{_ZONE}$",
    "iso_utc": rf"^{_DAY}[T ]{_CLOCK}{_ZONE}$",
    "padded": rf"^{_DAY}  (?P<H>\d):(?P<M>\d\d):(?P<S>\d\d)(?P<f>)$",
    "clf": rf"^\[?(?P<d>\d\d)[/-](?P<b>[A-Z][a-z][a-z])[/-](?P<y>\d{{4}})[: ]{_CLOCK}{_ZONE}\]?$",
    "slashes": rf"^(?P<y>\d{{4}})/(?P<m>\d\d)/(?P<d>\d\d) {_CLOCK}{_ZONE}$",
    "compact_utc": rf"^(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)T?{_COMPACT}Z?$",
    "ctime": rf"^{_WEEKDAY} {_MONTH_DAY} {_CLOCK} (?P<y>\d{{4}}){_ZONE}$",
    "date": rf"^{_WEEKDAY} {_MONTH_DAY} {_CLOCK} (?P<z>Z|[A-Z]{{3,5}}) (?P<y>\d{{4}})$",
    "syslog": rf"^{_MONTH_DAY} (?:(?P<y>\d{{4}}) )?{_CLOCK}{_ZONE}$",
}
EPOCH: Final = r"^(?P<n>\d{9,19})(?:\.(?P<f>\d{1,9}))?$"
"""Seconds, milliseconds, microseconds or nanoseconds since 1970."""

LAYOUTS: Final = (*PATTERNS, "epoch")
