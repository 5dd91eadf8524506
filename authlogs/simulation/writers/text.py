"""What the writers have in common: a timed line, and quoting in key=value text."""

Line = tuple[int, str]
"""The moment a record reaches the log, and its text (a stack trace holds newlines)."""


def quoted(text: str, *, escape: str = "\\x1b") -> str:
    r"""Return a value as key=value text writes it, quoted where it has to be.

    >>> quoted("ana.rojas"), quoted('a" b=1')
    ('ana.rojas', '"a\\" b=1"')
    """
    if text and all(letter.isalnum() or letter in ".-_@" for letter in text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\x1b", escape)
    return f'"{escaped}"'
