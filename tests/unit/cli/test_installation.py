"""What an administrator meets: a key that is gone, a guard that is down, closed files, an empty log, who decided."""

from __future__ import annotations

import io
import json
import os
import pwd
import socket
from pathlib import Path

import pytest

from straymail.cli.log import _about
from straymail.cli.main import run
from straymail.cli.opening import open_store
from straymail.config import load
from straymail.record import custody, dialect, log, open_record
from straymail.record.custody import NewHold, Waiting

STRAY, MEANT = "nora.quinn@city-hopital.example", "nora.quinn@city-hospital.example"
VERDICT = {"recipients": [{"address": STRAY, "probability": 0.9, "rule": "", "evidence": []}]}


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    written = capsys.readouterr()
    return int(ended.value.code or 0), written.out, written.err


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    file = tmp_path / "straymail.toml"
    assert told(capsys, "init", "--own", "mod.example", "-c", str(file), "--data-dir", str(tmp_path))[0] == 0
    return str(file)


@pytest.fixture
def waiting(config: str) -> str:
    """The id of a message that waits for an officer."""
    settings = load(config)
    record = open_record(settings.store_url, settings.store.key_file)
    recipients = [Waiting(STRAY, suspect=True, meant=(MEANT,))]
    new = NewHold("hold", "tom.okafor@mod.example", recipients, {}, VERDICT, b"Subject: x\r\n\r\nx", 1.8e9, 2e9)
    with record.writing() as connection:
        identifier, _ = custody.take(connection, record.keys, new)
    record.close()
    return identifier


def test_a_database_whose_key_is_gone_gets_no_other(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = Path(config).with_name("straymail.key")
    kept = key.read_bytes()
    key.unlink()
    again = ("init", "--own", "mod.example", "-c", config, "--data-dir", str(key.parent), "--force")
    code, _, error = told(capsys, *again)
    assert code == 3
    assert "a database that was made with one" in error
    assert not key.exists()
    assert "the copy that was kept of it" in told(capsys, "status", "-c", config)[2]
    key.write_bytes(kept)
    key.chmod(0o600)
    assert told(capsys, *again)[0] == 0


def test_status_says_whether_a_guard_answers(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "does not answer at unix:" in " ".join(told(capsys, "status", "-c", config)[1].split())
    assert json.loads(told(capsys, "status", "--json", "-c", config)[1])["answers"] is False
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(Path(config).with_name("milter.sock")))
        door.listen()
        assert json.loads(told(capsys, "status", "--json", "-c", config)[1])["answers"] is True


def test_status_asks_no_guard_without_a_door(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(config).read_text().replace('# milter = "unix:milter.sock"', 'milter = "off"')
    Path(config).write_text(text.replace('# listen = "127.0.0.1:2525"', 'listen = "off"'))
    assert json.loads(told(capsys, "status", "--json", "-c", config)[1])["answers"] is None
    assert "answer at" not in told(capsys, "status", "-c", config)[1]


def test_documents_that_cannot_be_looked_at_are_one_line(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(config).read_text()  # a name no file can have: what the system says is no "there is none"
    Path(config).write_text(text.replace('# documents_file = "documents.jsonl"', f'documents_file = "{"x" * 300}"'))
    code, _, error = told(capsys, "held", "list", "-c", config)
    assert (code, error.count("\n")) == (3, 1)
    assert "cannot be read: File name too long" in error


def test_an_empty_log_says_so(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "log", "-c", config)[1] == "The log is empty.\n"
    assert told(capsys, "log", "--about", "ann@mod.example", "-c", config)[1] == "Nothing of this kind is in the log.\n"
    assert told(capsys, "log", "--json", "-c", config)[1] == ""


def test_who_was_not_known_is_not_forgotten(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "forget", "ann@mod.example", "-c", config)[1] == "Nothing was known of ann@mod.example.\n"


def test_who_is_forgotten_stands_in_no_file(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "_BUSY_MS", 100)
    settings = load(Path(config))
    with open_store(settings) as guard:  # one that runs keeps SQLite's log
        with guard.writing() as connection:
            log.append(connection, guard.keys, [log.Entry(0.0, "judged", {"sender": "ann@mod.example"})])
        folder = settings.data_dir
        assert any(b"ann@mod.example" in each.read_bytes() for each in folder.glob("*.db-wal"))
        assert "1 entries of the log" in told(capsys, "forget", "ann@mod.example", "-c", config)[1]
        assert not [each for each in folder.iterdir() if each.is_file() and b"ann@mod.example" in each.read_bytes()]
        with guard.writing() as connection:
            log.append(connection, guard.keys, [log.Entry(0.0, "judged", {"sender": "ann@mod.example"})])
        with guard.reading() as connection:
            assert len(list(log.entries(connection))) == 4
            _, _, error = told(capsys, "forget", "ann@mod.example", "-c", config)
            assert "until `forget` is given again" in " ".join(error.split())


def test_tables_keep_addresses_whole_on_a_narrow_screen(
    config: str, waiting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = told(capsys, "held", "list", "-c", config)[1]
    assert f"  did you mean {MEANT}?" in listed
    assert f"  {STRAY}" in listed
    assert told(capsys, "held", "correct", waiting, "-c", config)[0] == 0
    shown = told(capsys, "held", "show", waiting, "-c", config)[1]
    assert "recipient" in shown
    assert all(len(line.rstrip()) <= 80 for line in shown.splitlines())


@pytest.mark.parametrize("variable", ["LOGNAME", "USER"])
def test_no_variable_names_an_officer(
    variable: str, config: str, waiting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "mallory")
    monkeypatch.delenv("SUDO_USER", raising=False)
    told(capsys, "held", "release", waiting, "-c", config)
    actor = json.loads(told(capsys, "held", "show", waiting, "--json", "-c", config)[1])["actor"]
    assert actor == f"{pwd.getpwuid(os.getuid()).pw_name} (command line)"


def test_sudo_says_who_decided(
    config: str, waiting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "kate")
    told(capsys, "held", "release", waiting, "-c", config)
    account = pwd.getpwuid(os.getuid()).pw_name
    actor = json.loads(told(capsys, "held", "show", waiting, "--json", "-c", config)[1])["actor"]
    assert actor == f"kate as {account} (command line)"


def test_the_log_says_what_watch_mode_would_have_done() -> None:
    recipient = {"address": STRAY, "action": "tag", "would": "ask", "meant": [MEANT]}
    line = _about("judged", {"sender": "tom@mod.example", "verdict": {"recipients": [recipient]}})
    assert line == f"tom@mod.example to {STRAY}: tag, would ask (did you mean {MEANT}?)"


def test_the_log_names_nobody_beside_who_just_passes_and_lists_as_people_do() -> None:
    recipient = {"address": STRAY, "action": "pass", "meant": [MEANT]}
    assert _about("judged", {"sender": "tom@mod.example", "verdict": {"recipients": [recipient]}}).endswith(": pass")
    line = _about("split", {"held": "abc", "sender": "tom@mod.example", "sent": [STRAY, MEANT]})
    assert line == f"abc: tom@mod.example sent {STRAY}, {MEANT}"


def test_the_log_says_what_became_of_an_answer() -> None:
    line = _about("answer", {"sender": "tom@mod.example", "what": "partly", "held": "abc"})
    assert line == "abc: tom@mod.example: your answer was noted; other recipients are still in question"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_officer_who_mistypes_is_asked_too(
    config: str, waiting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    correct = ("held", "correct", waiting, "-c", config, "--to")
    code, _, error = told(capsys, *correct, "kate@gmial.com")
    assert code == 3
    assert "kate@gmial.com looks wrong itself (" in error
    assert "did you mean kate@gmail.com?" in error
    assert "--yes" in error
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    code, said, _ = told(capsys, *correct, "kate@gmial.com")
    assert code != 0
    assert "did you mean kate@gmail.com?" in " ".join(said.split())
    assert told(capsys, "held", "list", "-c", config)[1].count(waiting) == 1
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert told(capsys, *correct, "kate@gmial.com")[0] == 0


@pytest.mark.parametrize("given", [["kate@gmail.com"], [MEANT], ["kate@gmial.com", "--yes"]])
def test_an_officer_who_types_well_or_insists_is_not_asked(
    config: str, waiting: str, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "held", "correct", waiting, "-c", config, "--to", *given)[0] == 0
