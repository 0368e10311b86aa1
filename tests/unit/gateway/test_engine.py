"""The engine on a real store: what must not slip by it, and what a stranger must not learn from it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.config import parse
from straymail.correspondence import Correspondence
from straymail.desk import Desk
from straymail.desk.settle import Decision
from straymail.gateway.engine import GuardEngine, Situation
from straymail.gateway.memory import Memory
from straymail.gateway.metrics import Metrics
from straymail.gateway.outcome import Accept, Arrival, Disposition, Refused, Taken
from straymail.guard import Guard
from straymail.message import Envelope, parse_address
from straymail.record import Record, custody, log, new_key, open_record, parse_keys
from straymail.record.custody import Held
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


async def test_local_mail_to_another_machine_in_an_old_way_of_writing_is_refused_whole(
    tmp_path: Path, record: Record
) -> None:
    judge, raw = engine(tmp_path, record), b"From: <clara.voss@mod.example>\r\n\r\nhi\r\n"
    found = await judge.message(Arrival(Envelope(CLARA, ()), raw, unreadable=("holt%army.example",), smtp=False))
    judge.close()
    assert isinstance(found, Refused)
    assert found.reply.code == 553


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


LATE = '[policy]\nwait = "{}"\n'
GMIAL, HOTMIAL, TOM = (parse_address(each) for each in ("kate@gmial.com", "rob@hotmial.com", "tom@mod.example"))


@pytest.mark.parametrize("others", ["whole", "split"])
@pytest.mark.parametrize("message_id", ["Message-ID: <1@mod.example>", "X-None: there is none"])
async def test_a_retry_after_the_answer_goes_out_once(
    tmp_path: Path, record: Record, others: str, message_id: str
) -> None:
    """The client never heard that its message was taken; the sender has said meanwhile what is right."""
    policy, envelope = LATE.format(others), Envelope(CLARA, (GMIAL, HOTMIAL, TOM))
    judge = engine(tmp_path, record, policy)
    first = await said(judge, envelope, message_id)
    (held,) = waiting(record)
    assert (first == Taken(held.id)) is (others == "whole")
    decisions = [Decision(0, "send"), Decision(1, "fix", "rob@hotmail.com")]
    judge.desk.settle(held.id, lambda _: decisions, actor=str(CLARA), now=time.time())
    await judge.memory.take_lessons()
    again = await said(judge, envelope, message_id)
    if message_id.startswith("X"):
        (new,) = waiting(record)
        assert [each.address for each in new.recipients if each.suspect] == [str(HOTMIAL)]  # asked anew
        return
    assert waiting(record) == []
    assert judge.desk.show(held.id).duplicates == 1
    if others == "whole":
        assert again == Taken(held.id, "this message was taken before, and has been sent")
    else:
        assert isinstance(again, Accept)
        assert set(again.drop) == {GMIAL, HOTMIAL}
    await judge.memory.write_log()
    with record.reading() as connection:
        assert len(list(log.entries(connection, kinds=["retried"]))) == 1


def waiting(record: Record) -> list[Held]:
    with record.reading() as connection:
        return custody.listing(connection, custody.OPEN)
