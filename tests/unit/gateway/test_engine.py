"""The engine on a real store: what must not slip by it, and what a stranger must not learn from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.config import parse
from straymail.correspondence import Correspondence
from straymail.desk import Desk
from straymail.gateway.engine import GuardEngine, Situation
from straymail.gateway.memory import Memory
from straymail.gateway.metrics import Metrics
from straymail.gateway.outcome import Arrival, Disposition, Refused, Taken
from straymail.guard import Guard
from straymail.message import Envelope, parse_address
from straymail.record import Record, log, new_key, open_record, parse_keys
from straymail.verdict import Weights

CLARA, STRANGER = parse_address("clara.voss@mod.example"), parse_address("eve@outside.example")
KATE, DESK = parse_address("kate.private@partner.example"), parse_address("straymail@mod.example")
RULE = '[[policy.rules]]\nname = "partner"\nrecipients = ["@partner.example"]\naction = "{}"\n'


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = open_record(f"sqlite:///{tmp_path / 'straymail.db'}", parse_keys(new_key().decode()))
    yield opened
    opened.close()


def engine(tmp_path: Path, record: Record, more: str = "") -> GuardEngine:
    settings = parse(f'data_dir = "{tmp_path}"\n[organisation]\ndomains = ["mod.example"]\n{more}', "straymail.toml")
    desk, model = Desk(record, settings), Correspondence(settings.organisation.domains)
    guard = Guard(model, settings.policy, Weights.shipped())
    return GuardEngine(Situation(guard, settings), desk, Memory(record, desk, model, 0), Metrics())


async def said(judge: GuardEngine, envelope: Envelope, *headers: str) -> Disposition:
    raw = "\r\n".join((f"From: <{envelope.sender}>", "To: info@mod.example", *headers, "", "hi", "")).encode()
    try:
        return await judge.message(Arrival(envelope, raw))
    finally:
        judge.close()


@pytest.mark.parametrize("subject", ["=?utf-7?Q?x+2AA-?=", "=?utf-7?Q?+2AHcAA-?=", "=?utf-7?Q?+3AA-?= \ud800"])
async def test_half_a_surrogate_pair_is_judged_like_any_text(tmp_path: Path, record: Record, subject: str) -> None:
    subject = subject.encode("utf-8", "replace").decode()
    found = await said(engine(tmp_path, record), Envelope(CLARA, (KATE,)), f"Subject: {subject}")
    assert not isinstance(found, Refused)


@pytest.mark.parametrize("recipients", [(KATE,), (KATE, DESK)])
async def test_no_second_recipient_leads_round_a_limit(
    tmp_path: Path, record: Record, recipients: tuple[object]
) -> None:
    judge = engine(tmp_path, record, '[policy]\non_oversize = "defer"\n[gateway.limits]\nheaders = 20\n')
    many = [f"X-{number}: x" for number in range(40)]
    found = await said(judge, Envelope(CLARA, recipients), "Auto-Submitted: auto-replied", *many)  # type: ignore[arg-type]
    assert isinstance(found, Refused)
    assert found.reply.code == 451


async def test_a_strangers_mail_is_held_without_a_word_to_him(tmp_path: Path, record: Record) -> None:
    judge = engine(tmp_path, record, RULE.format("hold"))
    held = await said(judge, Envelope(STRANGER, (KATE,)))
    assert isinstance(held, Taken)
    assert judge.desk.show(held.hold).envelope["automatic"] is True


@pytest.mark.parametrize(("sender", "told"), [(CLARA, True), (STRANGER, False)])
async def test_a_stranger_is_refused_without_an_address(
    tmp_path: Path, record: Record, sender: object, told: bool
) -> None:
    judge = engine(tmp_path, record, RULE.format("refuse"))
    refused = await said(judge, Envelope(sender, (KATE,)))  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert (str(KATE) in refused.reply.text) is told


@pytest.mark.parametrize(("policy", "kind"), [("pass", "unchecked"), ("defer", "deferred"), ("hold", "unjudged")])
async def test_what_a_failure_policy_does_stands_in_the_log(
    tmp_path: Path, record: Record, policy: str, kind: str
) -> None:
    judge = engine(tmp_path, record, f'[policy]\non_oversize = "{policy}"\n[gateway.limits]\nheaders = 20\n')
    await said(judge, Envelope(CLARA, (KATE,), queue_id="Q1"), *(f"X-{number}: x" for number in range(40)))
    await judge.memory.write_log()
    with record.reading() as connection:
        (entry,) = log.entries(connection, kinds=["unchecked", "deferred", "unjudged"])
    assert entry.kind == kind
    assert entry.payload is not None
    assert entry.payload["why"] == "too-many-headers"
    assert (entry.payload["sender"], entry.payload["recipients"]) == (str(CLARA), [str(KATE)])
    assert (entry.payload["kind"], entry.payload["queue_id"]) == ("oversize", "Q1")
    assert ("held" in entry.payload) is (kind == "unjudged")


async def test_more_addresses_in_the_header_than_recipients_are_no_reason_to_defer(
    tmp_path: Path, record: Record
) -> None:
    judge = engine(tmp_path, record, '[policy]\non_oversize = "defer"\n[gateway.limits]\nrecipients = 10\n')
    crowd = ",\r\n ".join(f"p{number}@b.example" for number in range(10_001))
    found = await said(judge, Envelope(CLARA, (KATE,)), f"Cc: {crowd}")
    assert not isinstance(found, Refused)
    await judge.memory.write_log()
    with record.reading() as connection:
        (entry,) = log.entries(connection, kinds=["judged"])
    assert entry.payload is not None
    assert entry.payload["defects"] == ["too-many-addresses"]


async def test_other_mail_to_the_desk_hears_whose_mailbox_it_is(tmp_path: Path, record: Record) -> None:
    found = await said(engine(tmp_path, record), Envelope(CLARA, (DESK,)))
    assert isinstance(found, Refused)
    assert found.reply.lines()[0].startswith("550 5.1.1 this mailbox reads answers")


async def test_who_answers_hears_what_was_done(tmp_path: Path, record: Record) -> None:
    found = await said(engine(tmp_path, record), Envelope(CLARA, (DESK,)), "Auto-Submitted: auto-replied")
    assert isinstance(found, Taken)
    assert found.done == "an automatic reply, which answers nothing"
