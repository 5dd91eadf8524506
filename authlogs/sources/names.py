"""Names as people can read them: what is no printable text is written as an escape."""

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(name: str) -> str:
    r"""A name for tables and terminals: control characters and bytes that are no text, escaped.

    >>> printable("a\nb\udcff.log")
    'a\\nb\\xff.log'
    """
    if name.isprintable():
        return name
    return "".join(one if one.isprintable() else _escaped(one) for one in name)


def _escaped(one: str) -> str:
    if "\udc80" <= one <= "\udcff":  # how Python holds a byte of a name that is no UTF-8
        return f"\\x{ord(one) - 0xDC00:02x}"
    if one in _SHORT:
        return _SHORT[one]
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"
