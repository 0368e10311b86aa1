"""No message ends without somebody told, and no row that cannot be read keeps the others from going out."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from straymail.config import Settings
from straymail.desk import Desk
from straymail.errors import NotFound
from straymail.evidence import Action
from straymail.message import Envelope, parse_address
from straymail.record import custody, log, outbound, schema
from straymail.record.outbound import Target

from .office import CLARA, NOW, RAW, STRAY, TOM, Hop, Office, asked, message_of, run_against, texts

DAY = 86_400
OFFICER = "officer@mod.example"
LATE = 5 * DAY + 1


def body_is_here(office: Office, identifier: str) -> bool:
    with office.desk.record.reading() as connection:
        try:
            return bool(custody.body(connection, office.desk.record.keys, identifier))
        except NotFound:
            return False


def expired(office: Office, **more: object) -> str:
    identifier = office.take(**more)  # type: ignore[arg-type]
    office.deliver()
    office.now = NOW + LATE
    office.desk.tick(office.now)
    return identifier


def without_officers(office: Office) -> None:
    settings = office.desk.settings
    bare: Settings = settings.model_copy(
        update={"organisation": settings.organisation.model_copy(update={"officers": ()})}
    )
    office.desk = Desk(office.desk.record, bare)


def test_the_body_stays_until_the_returned_message_is_delivered(office: Office) -> None:
    identifier = expired(office)
    assert (office.state(identifier), body_is_here(office, identifier)) == ("expired", True)
    ((_, returned),) = office.deliver()
    assert str(returned["Subject"]).startswith("Not sent")
    assert (office.state(identifier), body_is_here(office, identifier)) == ("expired", False)


@pytest.mark.parametrize("large", [False, True])
def test_an_expired_message_that_nobody_takes_back_is_kept_and_the_officers_are_told(
    office: Office, large: bool
) -> None:
    identifier = expired(office, raw=RAW + b"x" * (6 << 20 if large else 0))
    hop = Hop({str(CLARA): "550 5.1.1 no such user"})
    asyncio.run(run_against(office, hop, 0))
    asyncio.run(run_against(office, hop, 0))
    assert office.state(identifier) == "failed"
    ((to, told),) = hop.got
    assert to == [OFFICER]
    assert "could not be sent back, and is kept" in " ".join(texts(message_of(told))[0].split())
    office.desk.release(identifier, actor="officer", now=office.now)
    assert [envelope for envelope, _ in office.deliver() if envelope["sender"]]
    assert office.state(identifier) == "released"


def test_officers_learn_of_a_sender_who_cannot_be_asked(office: Office) -> None:
    identifier = office.take()
    hop = Hop({str(CLARA): "550 5.1.1 no such user"})
    asyncio.run(run_against(office, hop, 0))
    asyncio.run(run_against(office, hop, 0))
    assert [to for to, _ in hop.got] == [[OFFICER]]
    assert office.state(identifier) == "held"


def test_the_postmaster_learns_of_it_where_no_officer_is_named(office: Office) -> None:
    without_officers(office)
    identifier = office.take()
    hop = Hop({str(CLARA): "550 5.1.1 no such user"})
    asyncio.run(run_against(office, hop, 0))
    asyncio.run(run_against(office, hop, 0))
    ((to, told),) = hop.got
    assert to == ["postmaster@mod.example"]
    assert f"message {identifier} waits for an officer" in " ".join(texts(message_of(told))[0].split())
    assert office.state(identifier) == "held"


def test_a_postmaster_who_takes_no_mail_is_told_once(office: Office) -> None:
    without_officers(office)
    identifier = office.take()
    hop = Hop({str(CLARA): "550 gone", "postmaster@mod.example": "550 gone"})
    for later in (0, 4_000, 8_000):
        asyncio.run(run_against(office, hop, later))
    assert (office.state(identifier), hop.got) == ("held", [])
    with office.desk.record.reading() as connection:
        assert [entry.kind for entry in log.entries(connection)].count("undeliverable") == 2


def test_automatic_mail_that_expires_where_nobody_can_be_told_is_kept(office: Office) -> None:
    without_officers(office)
    hold = asked(STRAY, action=Action.HOLD)
    identifier = expired(office, verdict=hold, envelope=Envelope(None, (STRAY,)))
    assert (office.state(identifier), body_is_here(office, identifier)) == ("failed", True)


def test_automatic_mail_goes_when_an_officer_has_the_news(office: Office) -> None:
    identifier = expired(office, verdict=asked(STRAY, action=Action.HOLD), envelope=Envelope(None, (STRAY,)))
    ((envelope, _),) = office.deliver()
    assert envelope["recipients"] == [OFFICER]
    assert (office.state(identifier), body_is_here(office, identifier)) == ("expired", False)


def test_a_late_failure_keeps_nothing_that_is_gone(office: Office) -> None:
    identifier = expired(office)
    with office.desk.record.writing() as connection:
        (due,) = outbound.claim(connection, office.desk.record.keys, office.now)
        custody.let_go(connection, identifier)
    failed = [Target(each.address, "failed", "550") for each in due.targets]
    assert office.desk.settle_delivery(due, failed, office.now) == "failed"
    assert office.state(identifier) == "expired"


@pytest.mark.parametrize(
    "harm", [{"body": b"\0"}, {"body": b"x" * 60}, {"body": None}, {"recipients": "{"}, {"parameters": "["}]
)
def test_a_row_that_cannot_be_read_fails_alone(office: Office, harm: dict[str, object]) -> None:
    broken, fine = office.take(), office.take(RAW + b"2")
    office.deliver()
    for each in (broken, fine):
        office.desk.release(each, actor="officer", now=NOW)
    table = schema.delivery
    with office.desk.record.writing() as connection:
        harmed = (table.c.held_id == broken, table.c.kind == "release")
        connection.execute(update(table).where(*harmed).values(**harm))
    sent = [envelope for envelope, _ in office.deliver() if envelope["sender"]]
    assert len(sent) == 1
    assert (office.state(broken), office.state(fine)) == ("failed", "released")
    with office.desk.record.reading() as connection:
        state = connection.execute(select(table.c.state).where(*harmed)).scalar_one()
    assert state == "failed"
    office.desk.release(broken, actor="officer", now=office.now)
    assert [envelope for envelope, _ in office.deliver() if envelope["sender"]]
    assert office.state(broken) == "released"


def test_a_release_whose_key_is_gone_is_kept(office: Office) -> None:
    identifier = office.take()
    office.deliver()
    office.desk.release(identifier, actor="officer", now=NOW)
    with office.desk.record.writing() as connection:
        for table in (schema.delivery, schema.held):
            connection.execute(update(table).values(body=b"oldkey".ljust(60, b"\0")))
    office.deliver()
    assert office.state(identifier) == "failed"


def test_a_stranger_learns_no_address_from_a_notice(office: Office) -> None:
    """Mail from outside that is forwarded: where to is nothing its sender should learn, when it is held or expires."""
    stranger = Envelope(replace(CLARA, domain="outside.example"), (STRAY,))
    office.take(verdict=asked(STRAY, action=Action.HOLD), envelope=stranger)
    first = office.deliver()
    office.now = NOW + LATE
    office.desk.tick(office.now)
    assert [envelope["recipients"] for envelope, _ in (*first, *office.deliver())] == [[OFFICER]] * 2


def test_a_colleague_elsewhere_who_has_logged_in_is_no_stranger(office: Office) -> None:
    office.take(envelope=Envelope(replace(CLARA, domain="outside.example"), (STRAY,), authenticated="clara"))
    ((envelope, _),) = office.deliver()
    assert envelope["recipients"] == ["clara.voss@outside.example"]


def test_who_got_the_message_at_once_does_not_get_it_again(office: Office) -> None:
    """The others went, one waits, and the one who was meant is among the others."""
    meant = parse_address("Robert.Holt@army.mil")
    identifier = office.take(envelope=Envelope(CLARA, (meant, STRAY)), verdict=asked(STRAY, split=True))
    ((_, notice),) = office.deliver()
    assert office.reply(notice, "fix").kind == "done"
    ((envelope, told),) = office.deliver()
    assert envelope["recipients"] == [str(CLARA)]
    assert f"has reached {meant} and is sent to nobody else" in " ".join(texts(told)[0].split())
    assert (office.state(identifier), body_is_here(office, identifier)) == ("corrected", False)
    assert [each.right for each in office.desk.lessons(0)] == [meant.key]


def test_of_a_split_message_the_other_part_is_not_said_to_be_discarded(office: Office) -> None:
    identifier = office.take(envelope=Envelope(CLARA, (TOM, STRAY)), verdict=asked(STRAY, split=True))
    ((_, notice),) = office.deliver()
    office.reply(notice, "discard")
    ((_, told),) = office.deliver()
    assert f"has reached {TOM} and is sent to nobody else" in " ".join(texts(told)[0].split())
    assert office.state(identifier) == "discarded"


def with_officers(office: Office, *officers: str) -> None:
    settings = office.desk.settings
    named = settings.organisation.model_copy(update={"officers": tuple(map(parse_address, officers))})
    office.desk = Desk(office.desk.record, settings.model_copy(update={"organisation": named}))


def test_an_officer_who_sends_and_cannot_be_asked_starts_no_round(office: Office) -> None:
    with_officers(office, str(CLARA), OFFICER)
    office.take()
    hop = Hop({str(CLARA): "550 5.1.1 no such user"})
    for _ in range(6):
        asyncio.run(run_against(office, hop, 0))
    assert [to for to, _ in hop.got] == [[OFFICER]]


@pytest.mark.parametrize("officers", [("other@mod.example", OFFICER), (OFFICER, "other@mod.example")])
def test_one_officer_who_has_the_news_is_enough(office: Office, officers: tuple[str, str]) -> None:
    with_officers(office, *officers)
    identifier = expired(office, verdict=asked(STRAY, action=Action.HOLD), envelope=Envelope(None, (STRAY,)))
    hop = Hop({"other@mod.example": "550 5.1.1 no such user"})
    for _ in range(3):
        asyncio.run(run_against(office, hop, 0))
    assert office.state(identifier) == "expired"
    assert not body_is_here(office, identifier)


def test_a_rate_is_no_reason_to_end_without_a_word(office: Office) -> None:
    rate = office.desk.settings.desk.notice_rate
    hold = asked(STRAY, action=Action.HOLD)
    taken = [
        office.take(verdict=hold, envelope=Envelope(None, (STRAY,)), raw=RAW + str(number).encode())
        for number in range(rate + 5)
    ]
    for hour in range(1, 4):
        office.now = NOW + LATE + hour * 3_700
        office.desk.tick(office.now)
        office.deliver()
    assert {office.state(each) for each in taken} == {"expired"}
