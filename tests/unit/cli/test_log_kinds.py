"""``straymail log`` shows what was done with mail that could not be checked, and what a door refused as it came."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from straymail.cli.main import run
from straymail.config import load
from straymail.correspondence import Correspondence
from straymail.desk import Desk
from straymail.gateway.engine import GuardEngine, Situation
from straymail.gateway.memory import Memory
from straymail.gateway.metrics import Metrics
from straymail.gateway.outcome import Arrival, Reply
from straymail.guard import Guard
from straymail.message import Envelope, parse_address
from straymail.record import open_record
from straymail.verdict import Weights

CLARA, KATE = parse_address("clara.voss@mod.example"), parse_address("kate@partner.example")
DESK = parse_address("straymail+secrettoken@mod.example")
LIMITS = '[policy]\non_oversize = "{}"\n[gateway.limits]\nheaders = 20\n'
CROWDED = b"".join(b"X-%d: x\r\n" % number for number in range(40)) + b"From: <clara.voss@mod.example>\r\n\r\nhi\r\n"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code in (0, None)
    return " ".join(capsys.readouterr().out.split())


def engine(config: Path, policy: str) -> GuardEngine:
    whose = f'data_dir = "{config.parent}"\n[organisation]\ndomains = ["mod.example"]\n'
    config.write_text(whose + LIMITS.format(policy))
    settings = load(config)
    record = open_record(settings.store_url, settings.store.key_file)
    desk, model = Desk(record, settings), Correspondence(settings.organisation.domains)
    guard = Guard(model, settings.policy, Weights.shipped())
    return GuardEngine(Situation(guard, settings), desk, Memory(record, desk, model, 0), Metrics())


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "straymail.toml"
    told(capsys, "init", "--own", "mod.example", "--config", str(file), "--data-dir", str(tmp_path))
    return file


@pytest.mark.parametrize(("policy", "kind"), [("pass", "unchecked"), ("defer", "deferred"), ("hold", "unjudged")])
async def test_what_a_failure_policy_did_is_found_by_its_kind(
    config: Path, capsys: pytest.CaptureFixture[str], policy: str, kind: str
) -> None:
    judge = engine(config, policy)
    await judge.message(Arrival(Envelope(CLARA, (KATE,)), CROWDED))
    judge.close()
    await judge.memory.write_log()
    judge.memory.record.close()
    shown = told(capsys, "log", "--kind", kind, "--config", str(config))
    assert f"{CLARA} to {KATE}: too-many-headers" in shown
    (entry,) = map(json.loads, told(capsys, "log", "--json", "--kind", kind, "--config", str(config)).splitlines())
    assert (entry["kind"], entry["payload"]["kind"]) == (kind, "oversize")
    others = {"unchecked", "deferred", "unjudged"} - {kind}
    assert all(told(capsys, "log", "--json", "--kind", each, "--config", str(config)) == "" for each in others)


async def test_what_a_door_refused_as_it_came_is_in_the_log(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judge = engine(config, "pass")
    judge.turned_away(Envelope(CLARA, (KATE, DESK)), Reply(552, "5.3.4", "the message is larger than 9 bytes"))
    judge.close()
    await judge.memory.write_log()
    judge.memory.record.close()
    shown = told(capsys, "log", "--kind", "refused", "--config", str(config))
    assert f"{CLARA} to {KATE}, straymail@mod.example: 552 5.3.4 the message is larger than 9 bytes" in shown
    assert judge.metrics.registry.get_sample_value("straymail_messages_total", {"outcome": "refuse"}) == 1
