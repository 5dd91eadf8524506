"""Names as people can read them: what is no printable text is written as an escape."""


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
    return one.encode("unicode_escape").decode()
