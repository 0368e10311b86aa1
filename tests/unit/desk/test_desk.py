"""The desk on a real store: taking, asking, answering, expiry, delivery."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from straymail.config import parse
from straymail.desk import DELIVERY_HEADER, Courier, Desk
from straymail.errors import Conflict, NotFound, TokenRefused
from straymail.evidence import Action, Finding, Sensitivity
from straymail.message import Address, Envelope, parse_address, parse_message
from straymail.record import custody, log

from .office import (
    CLARA,
    NOW,
    RAW,
    RIGHT,
    SECRET,
    STRAY,
    TOM,
    Hop,
    Office,
    asked,
    message_of,
    reply_address,
    run_against,
    settings_for,
    texts,
)


def test_the_question_says_what_is_wrong_and_quotes_nothing(office: Office) -> None:
    office.take()
    ((envelope, mail),) = office.deliver()
    assert envelope == {"sender": "", "recipients": ["clara.voss@mod.example"]}
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] == "<m1@mod.example>"
    plain, html = texts(mail)
    for text in (plain, html):
        assert "robert.holt@army.mil" in text
        assert "is new to your organisation" in " ".join(text.split())
        assert "a protective marking" in text
        assert "medical information" not in text  # likelier not there than there
        assert "OFFICIAL-SENSITIVE" not in text
        assert "secret.bcc@mod.example" in text  # it is the sender's own recipient
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "mailto:straymail%2B" in html or "mailto:straymail+" in html


def test_fix_sends_it_to_the_right_address(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    assert office.reply(notice, "fix").kind == "done"
    delivered = {str(envelope["recipients"]): mail for envelope, mail in office.deliver()}
    mail = delivered["['robert.holt@army.mil', 'tom@mod.example', 'secret.bcc@mod.example']"]
    assert mail["To"] == "Robert Holt <robert.holt@army.mil>"
    assert mail["X-Straymail-Corrected"] == "robert.holt@army.ml to robert.holt@army.mil"
    assert "secret.bcc" not in mail.as_string()
    assert office.state(identifier) == "corrected"
    (lesson,) = office.desk.lessons(0)
    assert (lesson.sender, lesson.address, lesson.right) == (CLARA.key, STRAY.key, RIGHT.key)
    with office.desk.record.reading() as connection, pytest.raises(NotFound):
        custody.body(connection, office.desk.record.keys, identifier)


def test_send_confirms_the_relation_and_sends_it_unchanged(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "Send")
    sent = [mail for envelope, mail in office.deliver() if envelope["sender"]]
    assert len(sent) == 1
    assert sent[0].as_bytes().partition(b"\n")[2].replace(b"\n", b"\r\n") == RAW
    assert office.state(identifier) == "released"
    (lesson,) = office.desk.lessons(0)
    assert lesson.right == ""


def test_discard_sends_nothing_and_says_so_once(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "discard")
    ((envelope, told),) = office.deliver()
    assert envelope["recipients"] == ["clara.voss@mod.example"]
    assert "was not sent to anybody" in " ".join(texts(told)[0].split())
    assert str(told["Subject"]) == "Discarded: Exercise <b>Harbour</b>"
    assert told["In-Reply-To"] == "<m1@mod.example>"
    assert office.state(identifier) == "discarded"


def test_another_persons_answer_does_nothing(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    with pytest.raises(TokenRefused):
        office.reply(notice, "send", TOM)
    forged = parse_message(b"From: tom@mod.example\r\n\r\nsend\r\n")
    with pytest.raises(TokenRefused):  # the envelope says Clara, the header Tom
        office.desk.answer(Envelope(CLARA, (reply_address(notice),)), forged, NOW)
    with pytest.raises(TokenRefused):
        office.desk.answer(Envelope(None, (reply_address(notice),)), forged, NOW)
    assert office.state(identifier) == "asked"


def test_a_replayed_answer_is_told_kindly_and_does_nothing(office: Office) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "discard")
    office.deliver()
    assert office.reply(notice, "send").kind == "already"
    ((envelope, told),) = office.deliver()
    assert envelope["sender"] == ""
    text = " ".join(texts(told)[0].split())
    assert "your message of 15 January 2027, 08:00 UTC was settled before: it was discarded on" in text


def test_a_subject_that_holds_a_secret_is_not_repeated(office: Office) -> None:
    secret = Finding("secret.password", "subject", Sensitivity.HIGH, 0.9, "it holds a password", "Z…k", "00")
    raw = RAW.replace(b"Exercise <b>Harbour</b>", b"the password is ZEBRA88k")
    office.take(raw, verdict=replace(asked(STRAY), content=(secret,)))
    ((_, notice),) = office.deliver()
    assert "ZEBRA88k" not in notice.as_string()
    assert notice["Subject"] == "Is this who you meant?"
    assert "Your message of 15 January 2027, 08:00 UTC is waiting" in " ".join(texts(notice)[0].split())


def test_times_are_told_in_the_time_zone_of_the_settings(office: Office) -> None:
    office.take()
    settings = parse('[organisation]\ndomains = ["mod.example"]\n[desk]\ntime_zone = "Europe/Berlin"\n', "here.toml")
    office.desk = Desk(office.desk.record, settings)
    office.desk.tick(office.now + 25 * 3600)  # the reminder
    ends = [" ".join(texts(mail)[0].split()) for _, mail in office.deliver(25 * 3600)]
    assert ["on 20 January 2027, 08:00 UTC the message comes" in text for text in ends] == [True, False]
    assert "on 20 January 2027, 09:00 CET the message comes" in ends[1]


def test_what_is_not_clear_is_asked_again(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    assert office.reply(notice, "do not send").kind == "unclear"
    ((_, again),) = office.deliver()
    assert "Nothing was done" in texts(again)[0]
    assert office.state(identifier) == "asked"
    assert office.reply(again, "fix").kind == "done"


def test_several_recipients_are_answered_one_by_one(office: Office) -> None:
    other = parse_address("kate@navy.ml")
    identifier = office.take(verdict=asked(STRAY, other), envelope=Envelope(CLARA, (STRAY, other, TOM)))
    ((_, notice),) = office.deliver()
    assert office.reply(notice, "fix").kind == "unclear"  # nothing is known for the second
    assert office.reply(notice, "fix 1").kind == "partly"
    assert office.state(identifier) == "asked"
    assert office.reply(notice, "discard 2").kind == "done"
    sent = [envelope for envelope, _ in office.deliver() if envelope["sender"]]
    assert [each["recipients"] for each in sent] == [["robert.holt@army.mil", "tom@mod.example"]]


def test_split_holds_only_the_recipient_in_question(office: Office) -> None:
    identifier = office.take(verdict=asked(STRAY, split=True))
    assert [each.address for each in office.desk.show(identifier).recipients] == [str(STRAY)]


def test_expiry_gives_the_whole_message_back(office: Office) -> None:
    identifier = office.take()
    office.deliver()
    office.desk.tick(NOW + 86_401)
    ((_, reminder),) = office.deliver(86_401)
    assert "Still waiting" in str(reminder["Subject"])
    office.desk.tick(NOW + 5 * 86_400 + 1)
    ((envelope, back),) = office.deliver(5 * 86_400)
    assert envelope["recipients"] == ["clara.voss@mod.example"]
    (attached,) = back.iter_attachments()
    assert attached.get_content() == RAW
    assert office.state(identifier) == "expired"


def test_an_officer_decides_what_is_held(office: Office) -> None:
    identifier = office.take(verdict=asked(SECRET, action=Action.HOLD))
    told = {str(envelope["recipients"]): mail for envelope, mail in office.deliver()}
    assert "security officer" in texts(told["['clara.voss@mod.example']"])[0]
    task = texts(told["['officer@mod.example']"])
    assert "a Bcc recipient" in task[0]
    assert "secret.bcc" not in task[0] + task[1]
    with pytest.raises(Conflict, match="no suggestion"):
        office.desk.correct(identifier, actor="officer@mod.example", now=NOW)
    office.desk.correct(identifier, actor="officer@mod.example", now=NOW, to={str(SECRET): "ines@mod.example"})
    sent = [envelope for envelope, _ in office.deliver() if envelope["sender"]]
    assert sent[0]["recipients"] == [str(STRAY), str(TOM), "ines@mod.example"]
    with pytest.raises(Conflict):
        office.desk.discard(identifier, actor="officer@mod.example", now=NOW)


def test_the_null_sender_and_machines_are_never_asked(office: Office) -> None:
    office.take(envelope=Envelope(None, (STRAY,)), verdict=asked(STRAY, action=Action.HOLD))
    automatic = RAW.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
    office.take(automatic)
    own = Address(f"{office.desk.address.local}+x", office.desk.address.domain)
    office.take(RAW + b"more", envelope=Envelope(own, (STRAY,)))
    to_officer = {"sender": "", "recipients": ["officer@mod.example"]}
    assert [envelope for envelope, _ in office.deliver()] == [to_officer] * 3
    office.desk.tick(NOW + 5 * 86_400 + 1)
    told = office.deliver(5 * 86_400 + 1)
    assert [envelope for envelope, _ in told] == [to_officer] * 3
    assert all("expired and was not sent to anybody" in str(mail["Subject"]) for _, mail in told)


def test_a_flood_is_slowed_but_nothing_is_lost(office: Office) -> None:
    for number in range(6):
        office.take(RAW + b"%d" % number)
    subjects = [str(mail["Subject"]) for _, mail in office.deliver()]
    assert len(subjects) == 4
    assert sum("More of your messages" in each for each in subjects) == 1
    office.desk.tick(NOW + 3_700)
    assert len(office.deliver(3_700)) == 3


def test_a_released_message_is_recognised_only_as_it_was(office: Office) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "send")
    asyncio.run(office.courier.run_due(NOW))
    file = next(each for each in office.outbox.glob("*.eml") if b"Order of the day" in each.read_bytes())
    raw = file.read_bytes()
    envelope = Envelope(CLARA, (STRAY, TOM, SECRET))
    assert office.desk.recognises(envelope, parse_message(raw), raw) == file.stem
    others = replace(envelope, recipients=(STRAY, parse_address("x@evil.example")))
    assert office.desk.recognises(others, parse_message(raw), raw) == ""
    changed = raw.replace(b"Order", b"Plan")
    assert office.desk.recognises(envelope, parse_message(changed), changed) == ""
    assert DELIVERY_HEADER.encode() in raw


def test_the_log_tells_the_story_and_verifies(office: Office) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "fix")
    office.deliver()
    with office.desk.record.reading() as connection:
        assert [entry.kind for entry in log.entries(connection)] == ["held", "settled", "corrected"]
        assert log.verify(connection, office.desk.record.keys).faults == ()


def test_only_what_was_put_off_is_tried_again(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "send")
    hop = Hop({str(TOM): "451 later"})
    asyncio.run(run_against(office, hop, 0))
    assert [to for to, _ in hop.got if str(STRAY) in to] == [[str(STRAY), str(SECRET)]]
    assert office.state(identifier) == "releasing"
    hop.replies.clear()
    asyncio.run(run_against(office, hop, 3_700))
    assert hop.got[-1][0] == [str(TOM)]
    keys = [parse_message(raw).header(DELIVERY_HEADER).partition(";")[0] for to, raw in hop.got if str(CLARA) not in to]
    assert len(set(keys)) == 1
    assert office.state(identifier) == "released"


def test_a_refusal_for_good_is_seen_by_all_and_can_be_tried_again(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "send")
    hop = Hop({str(STRAY): "550 5.1.1 unknown"})
    asyncio.run(run_against(office, hop, 0))
    assert office.state(identifier) == "failed"
    told = [texts(message_of(raw))[0] for to, raw in hop.got if to == [str(CLARA)]]
    assert any("550 5.1.1 unknown" in " ".join(text.split()) for text in told)
    office.desk.correct(identifier, actor="officer", now=NOW)
    assert office.state(identifier) == "releasing"


def test_a_next_hop_that_is_away_is_tried_later(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "send")
    asyncio.run(Courier(office.desk, settings_for(office, 9)).run_due(NOW))
    assert office.state(identifier) == "releasing"
    assert [envelope for envelope, _ in office.deliver(3_700) if envelope["sender"]]
