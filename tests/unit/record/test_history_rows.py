"""What of the history is kept beside counts: who stands beside whom, and threads."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from straymail.correspondence import Correspondence, Observation
from straymail.record import history, new_key, open_record, parse_keys
from straymail.record.schema import history as history_table

NOW = 1_800_000_000.0


def test_groups_and_threads_come_back_and_are_forgotten(tmp_path: Path) -> None:
    record = open_record(f"sqlite:///{tmp_path}/store.db", parse_keys(new_key().decode()))
    clara, holt, odd, mei = "clara@mod.example", "holt@army.mil", "o_t@army.mil", "mei@north.example"
    model = Correspondence({"mod.example"}, b"k")
    for number, to in enumerate(((holt, mei), (holt, odd), (odd, mei))):
        names = tuple((each, "") for each in to)
        model.observe(Observation(f"i{number}", NOW, clara, "", names, False, f"<{number}>", (), "berth plan", False))
    with record.writing() as connection:
        history.save_rows(connection, model.drain(), NOW, since=model.revision)
    with record.reading() as connection:
        again = history.load_history(connection, {"mod.example"}, b"k")
    assert again.together(clara, [mei, odd])(holt) == [1, 1]
    assert again.thread(("<0>",), "", clara) == {clara, holt, mei}
    again.forget(odd)  # an underscore is no wildcard
    with record.writing() as connection:
        history.save_rows(connection, again.drain(), NOW, since=again.revision)
    with record.reading() as connection:
        left = history.load_history(connection, {"mod.example"}, b"k")
        assert odd not in str(connection.execute(select(history_table)).all())
    assert left.together(clara, [mei])(holt) == [1]
    assert left.thread((), "berth plan", clara) == {clara, holt, mei}
    record.close()
