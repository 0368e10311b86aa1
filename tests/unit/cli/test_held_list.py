"""What ``straymail held`` shows: all that waits, or how much more; and the rule that stopped a message."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from straymail.cli.main import run
from straymail.config import load
from straymail.record import custody, open_record, outbound
from straymail.record.custody import NewHold, Waiting
from straymail.record.outbound import Target

NOW = 1_800_000_000.0
STRAY = "holt@army.ml"
VERDICT = {"recipients": [{"address": STRAY, "probability": 0.9, "rule": "partners", "evidence": []}]}


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code in (0, None)
    return capsys.readouterr().out


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Settings of a store in which three messages wait."""
    file = tmp_path / "straymail.toml"
    told(capsys, "init", "--own", "mod.example", "--config", str(file), "--data-dir", str(tmp_path))
    settings = load(file)
    record = open_record(settings.store_url, settings.store.key_file)
    waiting = [Waiting(STRAY, suspect=True)]
    with record.writing() as connection:
        for number in range(3):
            sender, envelope = f"clara{number}@mod.example", {"went": ["tom@mod.example"]}
            new = NewHold("hold", sender, waiting, envelope, VERDICT, b"x", NOW + number, NOW + 10)
            custody.take(connection, record.keys, new)
    record.close()
    return str(file)


def test_what_is_left_out_is_counted(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    every = told(capsys, "held", "list", "--config", config)
    assert every.index("clara0") < every.index("clara1") < every.index("clara2")
    assert "more" not in every
    some = told(capsys, "held", "list", "--limit", "1", "--config", config)
    assert "clara0" in some
    assert "clara1" not in some
    assert "And 2 more, newer than these." in some


def test_the_rule_and_who_has_it_are_shown(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    identifier = told(capsys, "held", "list", "--json", "--config", config).partition('"id": "')[2][:10]
    shown = " ".join(told(capsys, "held", "show", identifier, "--config", config).split())
    assert "stopped by partners" in shown
    assert "sent already tom@mod.example" in shown


def test_what_the_next_hop_said_of_a_failed_message_is_shown(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    identifier = told(capsys, "held", "list", "--json", "--config", config).partition('"id": "')[2][:10]
    settings = load(Path(config))
    record = open_record(settings.store_url, settings.store.key_file)
    with record.writing() as connection:
        custody.transition(connection, identifier, ("held",), "releasing", actor="officer", now=NOW)
        targets = [Target("tom@mod.example", "failed", "550 5.1.1 no such user"), Target(STRAY, "done")]
        for number in (1, 2):  # the second try alone was refused
            name = outbound.enqueue(
                connection,
                record.keys,
                kind="release",
                held_id=identifier,
                sender="clara0@mod.example",
                recipients=[STRAY, "tom@mod.example"],
                raw=b"x",
                now=NOW + number,
            )
            outbound.claim(connection, record.keys, NOW + number)
            said = [replace(targets[0], error="451 later"), targets[1]] if number == 1 else targets
            outbound.settle(connection, name, said, now=NOW + number, pause=1, attempts=1)
        custody.transition(connection, identifier, ("releasing",), "failed", actor="next hop", now=NOW)
    record.close()
    shown = " ".join(told(capsys, "held", "show", identifier, "--config", config).split())
    assert "next hop said tom@mod.example: 550 5.1.1 no such user" in shown
    assert "451" not in shown
    refused = json.loads(told(capsys, "held", "show", identifier, "--json", "--config", config))["refused"]
    assert refused == {"tom@mod.example": "550 5.1.1 no such user"}
