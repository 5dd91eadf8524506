"""`journalctl -o export`: entries between blank lines, as the journal's JSON would be read."""

import pytest
from file_cases import counts

from authlogs.parse.journal_files import JournalFile
from authlogs.sources.lines import cut_blocks

ENTRY = (
    "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1714747275123456\n_HOSTNAME=web-1\nPRIORITY=6\n"
    "SYSLOG_IDENTIFIER=sshd\n_PID=77\n"
    "MESSAGE=Failed password for %s from 192.0.2.1 port 22 ssh2\n\n"
)


def test_an_entry_is_read_as_its_json_would_be(read):
    text = ENTRY % "ana" + ENTRY % "bo"
    logs = read(text, "journal.export")
    assert counts(logs) == {"lines": 16, "events": 2, "joined": 12, "blank": 2}
    first, second = logs.events.to_pylist()
    assert (first["format"], first["user"], second["user"]) == ("sshd", "ana", "bo")
    assert (first["instance"], first["attempt_id"]) == ("web-1", "web-1:77")
    assert first["time"].isoformat() == "2024-05-03T14:41:15.123456+00:00"
    assert (second["line_no"], second["byte_offset"]) == (9, len(ENTRY % "ana"))
    assert second["byte_length"] == len(ENTRY % "bo") - 2


def test_a_message_cannot_add_fields(read):
    logs = read(ENTRY % "MESSAGE=x" + ENTRY % "bo" + "MESSAGE=again\n", "journal.export")
    assert logs.events["user"].to_pylist()[:2] == ["MESSAGE=x", "bo"]
    assert logs.tally().holds


def test_an_entry_with_bytes_in_it_is_one_reject(read):
    logs = read(
        ENTRY % "ana" + "__CURSOR=s\nMESSAGE\n\x04\x00\x00abc\n\n" + ENTRY % "bo", "j.export"
    )
    assert logs.events["user"].to_pylist() == ["ana", "bo"]
    assert logs.rejects["reason"].to_pylist() == ["bad_journal"] and logs.tally().holds


@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_blocks_make_no_difference(size):
    data = (ENTRY % "ana" * 5).encode().rstrip()
    pieces = [data[at : at + 9] for at in range(0, len(data), 9)]
    cuts = list(JournalFile().stretches(cut_blocks(pieces, size=size)))
    assert sum(len(one.records) for one in cuts) == 5
    assert sum(one.joined for one in cuts) == 30 and sum(one.blank for one in cuts) == 4
