"""Whatever mail holds, a terminal that shows it is not steered by it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.panel import Panel
from rich.text import Text

from straymail.cli.common import console
from straymail.cli.main import run
from straymail.cli.tables import facts, listing
from straymail.config import load
from straymail.desk import Desk
from straymail.evidence import Action, RecipientVerdict, Verdict
from straymail.message import Envelope, parse_address, parse_message
from straymail.record import log, open_record

EVIL = "a\x1b]0;pwned\x07\x1b[2J\x9b31mb\u202ec\nhold  released"
RAW = (
    b"From: clara@mod.example\r\nTo: holt@army.ml\r\n"
    b"Subject: =?utf-8?q?=1b]0;pwned=07=1b[2Jhi=0arow_of_its_own=c2=9b31m?=\r\n\r\nhi\r\n"
)


def test_nothing_shown_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    out = console()
    out.file = text = io.StringIO()
    out.print(EVIL)
    out.print(Text(EVIL), Panel(EVIL))
    facts(out, {EVIL: EVIL})
    out.print(listing((EVIL,), [(Text(EVIL),)]))
    assert all(sign.isprintable() or sign == "\n" for sign in text.getvalue())
    assert "pwned" in text.getvalue()


@pytest.fixture
def installation(tmp_path: Path) -> tuple[str, str]:
    """Settings with one held message; its id."""
    config = tmp_path / "straymail.toml"
    command("init", "--own", "mod.example", "--config", str(config), "--data-dir", str(tmp_path))
    settings = load(config)
    record = open_record(settings.store_url, settings.store.key_file)
    stray = parse_address("holt@army.ml")
    verdict = Verdict(Action.ASK, 0.9, (RecipientVerdict(stray, Action.ASK, 0.9),))
    envelope = Envelope(parse_address("clara@mod.example"), (stray,))
    identifier = Desk(record, settings).take(envelope, RAW, parse_message(RAW), verdict, {}, 1_800_000_000.0)
    with record.writing() as connection:
        log.append(connection, record.keys, [log.Entry(1.0, "odd", {"held": identifier, "what": EVIL})])
    record.close()
    return str(config), identifier


def command(*arguments: str) -> None:
    with pytest.raises(SystemExit):
        run(arguments)


@pytest.mark.parametrize("words", [("held", "show", "ID"), ("held", "list"), ("log",), ("log", "--json"), ("status",)])
def test_commands_show_mail_as_text(
    installation: tuple[str, str], capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    config, identifier = installation
    capsys.readouterr()
    command(*(identifier if word == "ID" else word for word in words), "-c", config)
    text = capsys.readouterr().out
    assert text
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert not any(line.startswith(("row of", "hold  released")) for line in text.splitlines())


def test_an_error_is_text_too(capsys: pytest.CaptureFixture[str], installation: tuple[str, str]) -> None:
    command("held", "show", "\x1b[2J", "-c", installation[0])
    assert "\x1b" not in capsys.readouterr().err
