"""What a query means, in plain Python: one row at a time, by nothing of the library.

A query is made here as nested tuples, written as text for `search`, and asked of rows (dicts).
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

PROSE = ("message", "reason_text")
WORDS = ("user", "reason", "outcome", "http_path", "iss")
NAMES = {
    "user": ["user", "user.name"],
    "reason": ["reason", "event.reason"],
    "outcome": ["outcome", "event.outcome"],
    "http_path": ["http_path", "url.original", "url.path"],
    "http_status": ["http_status", "http.response.status_code"],
    "source_ip": ["source_ip", "source.ip", "client.address"],
    "time": ["time", "@timestamp", "Timestamp"],
    "message": ["message", "Body"],
    "reason_text": ["reason_text", "error.message", "exception.message"],
}
START = datetime(2024, 5, 3, 9, 0, tzinfo=UTC)
TEXTS = [
    "ana", "Ana", "an", "ana maria", "o'brien", 'say "hi"', "50%", "a_b", "axb", "!a", "*", "a*b",
    "back\\slash", "AND", "and", "NOT", "TO", "a:b", "a/b", "/token", "/api/v1/", "(x)", "[y]",
    "{z}", "-5", "+1", "~2", "a~2", "b^3", "$1", "; DROP TABLE events; --", "' OR 1=1 --", "ñandú",
    "ÑANDÚ", "日本", "a\tb", "a\nb", " a", "null", "now", "2024-05-03", "::1", "x", "", "<b>", ">5",
    "=1", "&&", "||", "user:ana", "?", "a?b", "#", "@", "\\", "\\*", "É", "é",
]  # fmt: skip
BARRED = ("", "AND", "OR", "NOT", "TO")
PIECES = [text for text in TEXTS if text.upper() not in BARRED and "\n" not in text]
ADDRESSES = ["192.0.2.7", "192.0.2.9", "198.51.100.1", "2001:db8::1", "2001:db8:1::7", "::1"]
REGEXES = ["a.*", "[a-c]+", "(ana|x)", "a.b", ".", "\\d+", "[^a]*", "(?i)ANA", "a|b", ".*%", "a_?b"]


def row():
    """Rows of events, some of which hold every value of the lists above."""
    text = st.sampled_from([None, *TEXTS])
    return st.fixed_dictionaries(
        {
            "time": st.sampled_from(
                [None, *(START + timedelta(seconds=n) for n in range(0, 7200, 97))]
            ),
            "outcome": st.sampled_from([None, "success", "failure"]),
            "reason": text,
            "user": text,
            "message": text,
            "reason_text": text,
            "http_path": text,
            "iss": text,
            "http_status": st.sampled_from([None, -5, 0, 200, 404, 500]),
            "duration_us": st.sampled_from([None, 0, 999, 1_000, 1_500_000]),
            "mfa": st.sampled_from([None, True, False]),
            "source_ip": st.sampled_from([None, *ADDRESSES]),
            "aud": st.sampled_from([None, [], ["api"], ["api", "web"], ["a b", '"']]),
        }
    )


# A query: (kind, …). Leaves first.


def leaf():
    text = st.sampled_from(TEXTS)
    name = st.sampled_from
    return st.one_of(
        st.tuples(st.just("is"), name((*WORDS, *PROSE, "aud")), text),
        st.tuples(st.just("plain"), text),
        st.tuples(st.just("wild"), name((*WORDS, *PROSE)), st.lists(
            st.sampled_from([("*",), ("?",), *PIECES]), min_size=1, max_size=4)),
        st.tuples(st.just("regex"), name((*WORDS, *PROSE)), st.sampled_from(REGEXES)),
        st.tuples(st.just("order"), name((*WORDS, "reason_text")),
                  name(["<", "<=", ">", ">="]), text),
        st.tuples(st.just("number"), name(["http_status", "duration_us"]),
                  name(["", "<", "<=", ">", ">="]),
                  st.sampled_from([-5, 0, 200, 404, 499.5, 1_000])),
        st.tuples(st.just("nanos"), name(["", "<", "<=", ">", ">="]),
                  st.sampled_from([0, 999_000, 1_000_000, 1_200_000])),
        st.tuples(st.just("numbers"), name(["http_status", "duration_us"]), st.booleans(),
                  st.booleans(), st.sampled_from([None, -5, 0, 200]),
                  st.sampled_from([None, 0, 404, 1_000])),
        st.tuples(st.just("flag"), st.booleans()),
        st.tuples(st.just("has"), name((*WORDS, *PROSE, "http_status", "mfa", "time", "aud",
                                        "source_ip")), st.booleans()),
        st.tuples(st.just("address"), name(ADDRESSES)),
        st.tuples(st.just("network"), name(["192.0.2.0/24", "192.0.2.8/30", "2001:db8::/32",
                                            "2001:db8::/48", "0.0.0.0/0", "::/0", "::1/128"])),
        st.tuples(st.just("moment"), name(["", "<", "<=", ">", ">="]), moment()),
        st.tuples(st.just("moments"), st.booleans(), st.booleans(), moment(), moment()),
        st.tuples(st.just("anything")),
    )  # fmt: skip


def moment():
    """A written time: how it is written, and the stretch that it names."""
    step = st.integers(0, 7200)
    zones = st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5.5))])
    width = st.sampled_from(["minute", "second", "micro"])
    return st.tuples(step, zones, width).map(_written)


def _written(drawn):
    seconds, zone, width = drawn
    start = START + timedelta(seconds=seconds)
    if width == "minute":
        start = start.replace(second=0)
        text = start.astimezone(zone).strftime("%Y-%m-%dT%H:%M%z")
        text = text[:-2] + ":" + text[-2:]
        return text, start, start + timedelta(minutes=1)
    if width == "second":
        return start.astimezone(zone).isoformat(), start, start + timedelta(seconds=1)
    text = start.astimezone(zone).isoformat(timespec="microseconds")
    return text, start, start + timedelta(microseconds=1)


def queries():
    return st.recursive(
        leaf(),
        lambda inner: st.one_of(
            st.tuples(st.just("and"), st.sampled_from([" AND ", " && ", " "]), parts(inner)),
            st.tuples(st.just("or"), st.sampled_from([" OR ", " || "]), parts(inner)),
            st.tuples(st.just("not"), st.sampled_from(["NOT ", "-", "!"]), inner),
            st.tuples(st.just("must"), inner),
            st.tuples(st.just("any of"), st.sampled_from([*WORDS, *PROSE]),
                      st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4)),
        ),
        max_leaves=6,
    )  # fmt: skip


def parts(inner):
    return st.lists(inner, min_size=2, max_size=3)


# Writing a query as text.


def write(query, draw):
    """The query as people type it; `draw` picks among the ways to spell things."""
    kind, *rest = query
    if kind in ("and", "or"):
        joiner, inner = rest
        return "(" + joiner.join(write(one, draw) for one in inner) + ")"
    if kind == "not":
        return f"{rest[0]}({write(rest[1], draw)})"
    if kind == "must":
        return f"+{write(rest[0], draw)}"
    if kind == "anything":
        return draw(st.sampled_from(["*", "*:*"]))
    if kind == "plain":
        return value(rest[0], draw)
    if kind == "any of":
        name, texts = rest
        return f"{named(name, draw)}:({' OR '.join(value(text, draw) for text in texts)})"
    if kind == "nanos":
        return f"event.duration:{rest[0]}{rest[1]}"
    return _write_leaf(kind, rest, draw)


def _write_leaf(kind, rest, draw):
    fixed = {"flag": "mfa", "address": "source_ip", "network": "source_ip", "moment": "time",
             "moments": "time"}  # fmt: skip
    name = fixed.get(kind) or rest.pop(0)
    field = named(name, draw) + ":"
    if kind in ("is", "order"):
        return field + "".join(rest[:-1]) + value(rest[-1], draw)
    if kind == "wild":
        return field + "".join(
            part[0] if isinstance(part, tuple) else escaped(part) for part in rest[0]
        )
    if kind == "regex":
        return f"{field}/{rest[0].replace('/', chr(92) + '/')}/"
    if kind == "number":
        return f"{field}{rest[0]}{rest[1]}"
    if kind == "numbers":
        return field + between(rest[0], rest[1], *("*" if n is None else str(n) for n in rest[2:]))
    if kind == "flag":
        return field + draw(st.sampled_from([str(rest[0]), str(rest[0]).lower()]))
    if kind == "has":
        return field + "*" if rest[0] else f"_exists_:{field[:-1]}"
    if kind in ("address", "network"):
        return field + draw(st.sampled_from([rest[0], f'"{rest[0]}"']))
    if kind == "moment":
        text = rest[1][0]
        return field + rest[0] + draw(st.sampled_from([text, f'"{text}"']))
    return field + between(rest[0], rest[1], rest[2][0], rest[3][0])


def between(low_in, high_in, low, high):
    return f"{'[' if low_in else '{'}{low} TO {high}{']' if high_in else '}'}"


def named(name, draw):
    return draw(st.sampled_from(NAMES.get(name, [name])))


def value(text, draw):
    """A literal: in quotes, or with a backslash before everything that is no letter or digit.

    A newline and the words of the language can stand in quotes alone.
    """
    bare = "\n" not in text and text.upper() not in BARRED
    if bare and draw(st.booleans()):
        return escaped(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(text):
    return re.sub(r"[^A-Za-z0-9]", lambda found: "\\" + found[0], text)


# Asking a query of one row.


def fits(query, row):
    kind, *rest = query
    if kind == "and":
        return all(fits(one, row) for one in rest[1])
    if kind == "or":
        return any(fits(one, row) for one in rest[1])
    if kind == "not":
        return not fits(rest[1], row)
    if kind == "must":
        return fits(rest[0], row)
    if kind == "anything":
        return True
    if kind == "plain":
        return any(inside(row[name], rest[0]) for name in ("message", "reason", "user"))
    if kind == "any of":
        return any(fits(("is", rest[0], text), row) for text in rest[1])
    return _leaf_fits(kind, rest, row)


def _leaf_fits(kind, rest, row):
    if kind == "flag":
        return row["mfa"] is rest[0]
    if kind == "nanos":
        return row["duration_us"] is not None and compare(row["duration_us"] * 1000, *rest)
    if kind == "address":
        return row["source_ip"] == rest[0]
    if kind == "network":
        return row["source_ip"] is not None and within(row["source_ip"], rest[0])
    if kind in ("moment", "moments"):
        return row["time"] is not None and on_time(kind, rest, row["time"])
    name, *rest = rest
    return row[name] is not None and _value_fits(kind, name, row[name], rest)


def _value_fits(kind, name, held, rest):
    if kind == "has":
        return True
    if kind == "is":
        return rest[0] in held if name == "aud" else same(name, held, rest[0])
    if kind == "wild":
        return wild(name, held, rest[0])
    if kind == "regex":
        look = re.search if name in PROSE else re.fullmatch
        return look(rest[0], held, re.DOTALL) is not None
    if kind in ("order", "number"):
        return compare(held, *rest)
    low_in, high_in, low, high = rest
    return (low is None or compare(held, ">=" if low_in else ">", low)) and (
        high is None or compare(held, "<=" if high_in else "<", high)
    )


def same(name, held, text):
    return inside(held, text) if name in PROSE else held == text


def inside(held, text):
    return held is not None and text.lower() in held.lower()


def wild(name, held, pattern):
    """Wildcards by walking: `*` takes nothing, or one character and goes on."""
    signs = [sign for part in pattern for sign in (part if isinstance(part, tuple) else list(part))]
    marks = [isinstance(part, tuple) for part in pattern for _ in part]
    if name in PROSE:
        low = [sign if mark else sign.lower() for sign, mark in zip(signs, marks, strict=True)]
        return _walk(held.lower(), ["*", *low, "*"], [True, *marks, True])
    return _walk(held, signs, marks)


def _walk(held, signs, marks):
    places = {0}
    for sign, mark in zip(signs, marks, strict=True):
        if mark and sign == "*":
            places = set(range(min(places), len(held) + 1)) if places else places
        else:
            places = {at + 1 for at in places if at < len(held) and (mark or held[at] == sign)}
    return len(held) in places


def compare(held, sign, text):
    if sign == "":
        return held == text
    return {"<": held < text, "<=": held <= text, ">": held > text, ">=": held >= text}[sign]


def within(address, network):
    """Whether an address lies in a network, both taken for IPv6 as `::ffff:…`."""
    here, there = ipaddress.ip_address(address), ipaddress.ip_network(network)
    mapped = 0xFFFF << 32
    low = int(there[0]) | (mapped if there.version == 4 else 0)
    high = int(there[-1]) | (mapped if there.version == 4 else 0)
    return low <= (int(here) | (mapped if here.version == 4 else 0)) <= high


def on_time(kind, rest, held):
    if kind == "moments":
        low_in, high_in, (_, low, low_end), (_, high, high_end) = rest
        after = held >= low if low_in else held >= low_end
        return after and (held < high_end if high_in else held < high)
    sign, (_, start, end) = rest
    return {
        "": start <= held < end,
        "<": held < start,
        "<=": held < end,
        ">": held >= end,
        ">=": held >= start,
    }[sign]
