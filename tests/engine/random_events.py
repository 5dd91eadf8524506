"""Random events, with everything that two engines could see differently."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from worlds import table

from authlogs.schema import EVENTS

START = datetime(2024, 5, 3, 23, 55, tzinfo=UTC)
NAMES = ("ana", "Ana", "Ñandú", "李雷", "\uffee", "😀", "o'brien", 'say "hi"', "a\\b", "100%_!", "")


def maybe(*choices):
    return st.sampled_from([None, *choices])


times = st.one_of(
    st.none(),
    st.sampled_from([0, 1, 60_000_000, -(10**15)]),  # equal times, and one before 1970
    st.integers(0, 900_000_000),
)
event = st.fixed_dictionaries(
    {
        "time": times.map(lambda us: None if us is None else START + timedelta(microseconds=us)),
        "event_type": st.sampled_from(["login", "token_issue", "token_validate", "other"]),
        "outcome": st.sampled_from(["success", "failure", "challenge"]),
        "reason": maybe("invalid_signature", "server_error"),
        "service": maybe("web", "gateway", "😀"),
        "service_version": maybe("1.0", "2.0"),
        "instance": maybe("a", "b"),
        "user": maybe(*NAMES),
        "user_id": maybe("7", "8"),
        "source_ip": maybe("192.0.2.1", "198.51.100.7"),
        "source_ip_key": maybe("0" * 20 + "ffffc0000201", "0" * 20 + "ffffc6336407"),
        "source_ip_chain": maybe([], ["192.0.2.1"], ["192.0.2.1", "198.51.100.7"]),
        "http_status": maybe(200, 401, 503),
        "duration_us": maybe(5, 10**12),
        "mfa": maybe(True, False),
        "jti": maybe("t1", "t2", "t3"),
        "trace_id": maybe("r1", "r2"),
        "iat": maybe(START),
        "message": maybe("connection reset by peer", "Zeile\nzwei"),
        "source_file": st.sampled_from(["a.log", "b.log"]),
        "format": st.just("json_lines"),
    }
)
tables = st.lists(event, max_size=40).map(
    lambda rows: table(
        [
            {**row, "line_no": n + 1, "byte_offset": n * 10, "byte_length": 9}
            for n, row in enumerate(rows)
        ],
        EVENTS,
    )
)
