"""Hits and near misses of the detectors, on an invented organisation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from straymail.correspondence import Correspondence, Observation, observation
from straymail.evidence import Assessment
from straymail.message import Envelope, Message, parse_address, parse_message
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ME = "ines.duarte@mod.example"
START = NOW.timestamp() - 30 * 86_400


def exchange(history: Correspondence, other: str, times: int = 5, *, answers: bool = True, name: str = "") -> None:
    for n in range(times):
        at = START + n * 86_400
        history.observe(Observation(f"o{other}{n}", at, ME, "", ((other, name),), False, f"o{other}{n}", (), "", False))
        if answers:
            back = Observation(f"i{other}{n}", at + 60, other, name, ((ME, ""),), True, f"i{other}{n}", (), "", False)
            history.observe(back)


@pytest.fixture(scope="module")
def history() -> Correspondence:
    made = Correspondence(["mod.example"])
    for n in range(30):
        exchange(made, f"officer{n}@hq{n % 5}.army.mil", 2)
    exchange(made, "jane.harlow@army.mil", 20, name="Jane Harlow")
    exchange(made, "robert.quill@northport.example", 12, name="Robert Quill")
    exchange(made, "robert.quince@northport.example", 1, answers=False, name="Robert Quince")
    exchange(made, "mei.tan@northport.example", 9, name="Mei Tan")
    exchange(made, "lena.sorg@de.northport.example", 3)
    exchange(made, "sofia.brandt@halden-law.example", 3)
    exchange(made, "silent@archive-unit.example", 6, answers=False)
    exchange(made, "kai@brueckner-werft.example", 4)
    exchange(made, parse_address("kai@müller-hafen.example").person, 4)
    for idn in ("bücher.example", "łódź-żegluga.example", "αθήνα-νομική.example", "bønne.example"):
        exchange(made, parse_address(f"kai@{idn}").person, 4)
    exchange(made, "maya.stone@hill.gov.uk", 4)
    exchange(made, "maya.holt@gmail.com", 4)
    exchange(made, "dan@mod.example", 4)
    exchange(made, parse_address("kâzim.isik@northport.example").person, 4)
    return made


def judged(history: Correspondence, recipient: str, message: Message | None = None, *beside: str) -> Assessment:
    address = parse_address(recipient)
    to = (address, *(parse_address(each) for each in beside))
    context = Context(history, Envelope(parse_address(ME), to), message, NOW)
    return assess(Weights.shipped(), address, observe(context, address))


def ids(found: Assessment) -> set[str]:
    return {item.id for item in found.evidence}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jane.harlow@army.ml", "jane.harlow@army.mil"),
        ("jane.harlow@army.mi", "jane.harlow@army.mil"),
        ("jane.harlow@amry.mil", "jane.harlow@army.mil"),
        ("jane.harlow@arrny.mil", "jane.harlow@army.mil"),
        ("mei.tan@northprt.example", "mei.tan@northport.example"),
        ("mei.tan@nortphort.example", "mei.tan@northport.example"),
        ("mei.tan@northportt.example", "mei.tan@northport.example"),
        ("somebody@hq9.army.ml", "somebody@hq9.army.mil"),
        ("friend@gmial.com", "friend@gmail.com"),
        ("friend@hotmail.con", "friend@hotmail.com"),
        ("someone@haas.berkely.edu", "someone@haas.berkeley.edu"),
        ("new.person@usarmy.mil", "new.person@us.army.mil"),
        ("new.person@canorthport.example", "new.person@ca.northport.example"),
        ("new.person@berthsnavair.navy.mil", "new.person@berths.navair.navy.mil"),
        ("new.person@a.berthsarmy.mil", "new.person@a.berths.army.mil"),
        ("kai@brückner-werft.example", "kai@brueckner-werft.example"),  # written out in the history
        ("kai@müller-hafn.example", "kai@müller-hafen.example"),
        ("kai@mueller-hafen.example", "kai@müller-hafen.example"),
        ("kai@muller-hafen.example", "kai@müller-hafen.example"),
        ("new.person@müllerhafen.example", "new.person@müller-hafen.example"),
        ("mei.tan@nоrthport.example", "mei.tan@northport.example"),  # a Cyrillic letter
        ("mei.tan@nörthport.example", "mei.tan@northport.example"),
        ("friend@gmäil.com", "friend@gmail.com"),
        ("new.person@becher.example", "new.person@bücher.example"),  # a vowel for a vowel with a mark
        ("new.person@büсher.example", "new.person@bücher.example"),  # a Cyrillic letter beside one with a mark
        ("new.person@lodz-zegluga.example", "new.person@łódź-żegluga.example"),  # four letters without their marks
        ("new.person@αθηνα-νομικη.example", "new.person@αθήνα-νομική.example"),
        ("new.person@bonne.example", "new.person@bønne.example"),
        ("maya.stone@hill.gov.com", "maya.stone@hill.gov.uk"),
        ("friend@gmail.co.uk", "friend@gmail.com"),
    ],
)
def test_domain_slips_are_probable_strays_with_the_right_suggestion(
    history: Correspondence, typed: str, meant: str
) -> None:
    found = judged(history, typed)
    assert found.meant[0].address == parse_address(meant)
    assert found.probability > 0.02
    assert ids(found) & {"typo.domain", "typo.tld"}


@pytest.mark.parametrize(
    "typed", ["jane.harow@army.mil", "mei.tna@northport.example", "janeharlow@army.mil", "kazım.isik@northport.example"]
)
def test_mailbox_slips(history: Correspondence, typed: str) -> None:
    found = judged(history, typed)
    assert "typo.mailbox" in ids(found)
    assert found.probability > 0.02


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("maria.stoe@werft.example", True),
        ("maria.sotne@werft.example", True),
        ("mario.stone@werft.example", False),  # another first name
        ("maria.stoe@gmail.com", False),  # anybody may have that
    ],
)
def test_a_slip_for_a_colleagues_correspondent(typed: str, *, asked: bool) -> None:
    own = Correspondence(["mod.example"])
    exchange(own, "tom.brandt@mod.example", 9)
    for n, domain in enumerate(("werft.example", "gmail.com")):
        other = f"maria.stone@{domain}"
        for at in range(6):
            when, there, back = START + at * 86_400, f"t{n}{at}", f"b{n}{at}"
            own.observe(
                Observation(there, when, "tom.brandt@mod.example", "", ((other, ""),), False, there, (), "", False)
            )
            mine = (("tom.brandt@mod.example", ""),)
            own.observe(Observation(back, when + 60, other, "", mine, True, back, (), "", False))
    found = judged(own, typed)
    assert (found.probability > 0.091) is asked
    assert ("typo.clear" in ids(found)) is asked


@pytest.mark.parametrize(
    "right",
    [
        "jane.harlow@army.mil",
        "mei.tan@northport.example",
        "new.person@sapling.org",
        "first@msn.com",
        "a@ymail.com",
        "new.person@ustranscom.mil",
        "new.person@logbook.ustranscom.mil",
        "new.person@berths-navair.navy.mil",
        "new.person@goldarchive-unit.example",  # nothing is known below archive-unit.example
        "kai@müller-hafen.example",
        "new.person@möwe-reederei.example",
        "new.person@почта.example",
        "new.person@köhler-bücher.example",
        "new.person@yahoo.co.nz",
        "mayaholt@gmail.com",  # one mailbox, whatever its dots
        "sam@mod.example",  # dan@ is as far away as names of three letters can be
        "inez.duarte@mod.example",  # the sender's own address is one slip away
    ],
)
def test_near_misses_pass(history: Correspondence, right: str) -> None:
    assert judged(history, right).probability < 0.02


def test_no_domain_is_suggested_that_is_a_slip_itself_or_made_up() -> None:
    own = Correspondence(["mod.example"])
    exchange(own, "mei.tan@northport.example", 9)
    exchange(own, "mei.tan@nortport.example", 3, answers=False)
    exchange(own, "kai@werft.de", 9)
    assert [str(each.address) for each in judged(own, "mei.tan@norport.example").meant] == ["mei.tan@northport.example"]
    assert [str(each.address) for each in judged(own, "kai@werft.ed").meant] == ["kai@werft.de"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("new.person@hq7.army.ml", "perhaps hq7.army.mil?"),
        ("new.person@hqarmy.mil", "A dot may be missing in hqarmy.mil: perhaps hq.army.mil?"),
        (
            "mei.tan@nоrthport.example",
            "only looks like northport.example: some of its letters are of another alphabet.",
        ),
        ("kai@bucher.example", "bucher.example looks much like bücher.example, which your organisation knows."),
        ("kai@büchr.example", "You have not written to kai@büchr.example (xn--bchr-0ra.example) before."),
    ],
)
def test_what_a_sender_is_told_of_a_domain(history: Correspondence, typed: str, said: str) -> None:
    texts = [item.sender_text for item in judged(history, typed).evidence]
    assert any(said in text for text in texts), texts


def test_repetition_without_an_answer_is_no_trust(history: Correspondence) -> None:
    silent = judged(history, "silent@archive-unit.example")
    assert "unanswered" in ids(silent)
    assert "answered" not in ids(silent)


def test_an_answer_clears_an_honest_ml_correspondent() -> None:
    own = Correspondence(["mod.example"])
    for n in range(10):
        exchange(own, f"o{n}@army.mil", 1)
    assert judged(own, "awa@bureau.ml").probability > 0.091
    exchange(own, "awa@bureau.ml", 1)
    assert judged(own, "awa@bureau.ml").probability < 0.01
    found = judged(own, "new.person@centcom.ml")  # a command all the same
    assert [str(each.address) for each in found.meant] == ["new.person@centcom.mil"]
    assert found.probability > 0.091


def test_a_correction_is_remembered_and_a_confirmation_too(history: Correspondence) -> None:
    history.correct(ME, "j.harlow@army.example", "jane.harlow@army.mil")
    found = judged(history, "j.harlow@army.example")
    assert found.probability > 0.9
    assert str(found.meant[0].address) == "jane.harlow@army.mil"
    history.confirm(ME, "jane.harlow@army.ml")
    assert judged(history, "jane.harlow@army.ml").probability < 0.02


def test_a_namesake_who_is_written_to_far_more_is_named(history: Correspondence) -> None:
    found = judged(history, "robert.quince@northport.example")
    assert {"rival.sent", "rival.received"} <= ids(found)
    assert "robert.quill@northport.example" in {str(each.address) for each in found.meant}


def crew() -> Correspondence:
    """ME writes often to John Harrow, mostly beside Lena Voss; once to John Harper, alone."""
    model = Correspondence(["mod.example"])
    lena, harrow, harper = "lena.voss@mod.example", "john.harrow@firm.example", "john.harper@other.example"
    mails: list[tuple[str, float, tuple[tuple[str, str], ...], str]] = [
        (f"r{n}", START + n, ((lena, "Lena Voss"), (harrow, "John Harrow")), f"planning {n}") for n in range(12)
    ]
    mails.append(("p", START + 20, ((harper, "John Harper"),), "rent"))
    for identity, time, to, subject in mails:
        model.observe(Observation(identity, time, ME, "", to, False, f"<{identity}>", (), subject, False))
    return model


def test_a_rival_who_stands_beside_the_others() -> None:
    found = judged(crew(), "john.harper@other.example", None, "lena.voss@mod.example")
    assert "rival.together" in ids(found)
    assert str(found.meant[0].address) == "john.harrow@firm.example"


def test_a_rival_who_took_part_in_the_conversation() -> None:
    raw = f"From: {ME}\r\nTo: john.harper@other.example\r\nSubject: Re: planning 3\r\nReferences: <r3>\r\n\r\nyes\r\n"
    found = judged(crew(), "john.harper@other.example", parse_message(raw.encode()))
    assert "rival.thread" in ids(found)


@pytest.mark.parametrize("address", ["john.harrow@firm.example", "zoe.quist@firm.example", "list@firm.example"])
def test_no_rival(address: str) -> None:
    found = judged(crew(), address, None, "lena.voss@mod.example")
    assert not [each for each in ids(found) if each.startswith("rival.")]


@pytest.mark.parametrize(
    ("opening", "expected"),
    [("Hi Bob,", "greeting"), ("Dear Robert,", "greeting"), ("Mei,", "greeting.other"), ("Thanks,", None), ("", None)],
)
def test_greetings(history: Correspondence, opening: str, expected: str | None) -> None:
    raw = f"From: {ME}\r\nTo: robert.quill@northport.example\r\n\r\n{opening}\r\n\r\nthe plan is ready\r\n"
    found = judged(history, "robert.quill@northport.example", parse_message(raw.encode()))
    assert {each for each in ids(found) if each.startswith("greeting")} == ({expected} if expected else set())


def test_an_answer_to_somebody_who_looks_alike_is_noticed(history: Correspondence) -> None:
    head = b"From: ines.duarte@mod.example\r\nTo: robert.quince@northport.example\r\nSubject: Re: crane\r\n\r\n"
    text = b"Agreed.\r\n\r\n-----Original Message-----\r\nFrom: Robert Q%s\r\nSent: Monday\r\nTo: Ines Duarte\r\n"
    text += b"Subject: crane\r\n"
    answer = judged(history, "robert.quince@northport.example", parse_message(head + text % b"uill"))
    said = [item.sender_text for item in answer.evidence if item.id == "rival.author"]
    assert said == ["The message you answer is from Robert Quill, not from robert.quince@northport.example."]
    right = judged(history, "robert.quince@northport.example", parse_message(head + text % b"uince"))
    assert right.probability < 0.02 < answer.probability


def file_to(recipient: str, name: str, number: int) -> Message:
    raw = (
        f"From: {ME}\r\nTo: {recipient}\r\nSubject: note {number}\r\nMessage-ID: <f{number}@mod.example>\r\n"
        f"Date: Mon, {number + 1} Feb 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHerewith.\r\n'
        f'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
        "x\r\n--b--\r\n"
    )
    return parse_message(raw.encode())


def test_an_earlier_version_of_a_file_speaks_for_whoever_got_it() -> None:
    own = Correspondence(["mod.example"])
    quill, quince = "robert.quill@northport.example", "robert.quince@northport.example"
    for other, name in ((quill, "Robert Quill"), (quince, "Robert Quince")):
        exchange(own, other, 4, name=name)
    for number in range(3):
        own.observe(observation(file_to(quill, f"Crane Budget v{number}.pdf", number), own.own_domains))
    now = file_to(quince, "crane_budget FINAL.pdf", 9)
    wrong, plain = judged(own, quince, now), judged(own, quince, file_to(quince, "Berth plan.pdf", 9))
    assert wrong.probability > plain.probability
    topic = next(item for item in wrong.evidence if item.id == "rival.topic")
    assert topic.sender_text == f"Mail about such things went to Robert Quill, not to {quince}."


def test_kinds_of_files_speak_for_whoever_gets_such() -> None:
    own = Correspondence(["mod.example"])
    quill, quince = "robert.quill@northport.example", "robert.quince@northport.example"
    for other, name in ((quill, "Robert Quill"), (quince, "Robert Quince")):
        exchange(own, other, 4, name=name)
    for number, name in enumerate(("Berth.dwg", "Gate.dwg", "Crane.dwg")):
        own.observe(observation(file_to(quill, name, number), own.own_domains))
    drawing, text = file_to(quince, "Lighthouse.dwg", 9), file_to(quince, "Lighthouse.pdf", 9)
    assert judged(own, quince, drawing).probability > judged(own, quince, text).probability


def test_a_list_is_compared_with_lists() -> None:
    """The list the others of a message usually stand beside; people and an export's own names are no rivals of one."""
    own = Correspondence(["mod.example"])
    staff, guests = "dl-all-harbour-staff@mod.example", "dl-all-harbour-guests@mod.example"
    made_up, lena = "o=mod/ou=all/cn=harbour/cn=staff@mod.example", ("lena.voss@mod.example", "Lena Voss")
    for number, to in enumerate([(staff, "")] * 6 + [(made_up, "")] * 6 + [("harbour.staff@firm.example", "")] * 6):
        beside = (to, lena) if to[0] == staff else (to,)
        own.observe(Observation(f"l{number}", START + number, ME, "", beside, False, f"<l{number}>", (), "", False))
    own.observe(Observation("g", START, ME, "", ((guests, ""),), False, "<g>", (), "", False))
    found = judged(own, guests, None, lena[0])
    assert [str(each.address) for each in found.meant] == [staff]
    assert "rival.together" in ids(found)


def test_no_history_at_all() -> None:
    empty = Correspondence(["mod.example"])
    assert judged(empty, "anybody@somewhere.example").probability < 0.01
    assert judged(empty, "anybody@gmial.com").meant


def test_addresses_as_long_as_they_come(history: Correspondence) -> None:
    long = "a" * 250 + "@" + ".".join(["b" * 60] * 4)
    found = judged(history, long)
    assert 0 <= found.probability <= 1
    assert "tld.impossible" in ids(found)


def test_ten_thousand_namesakes_stay_quick() -> None:
    crowd = Correspondence(["mod.example"])
    for n in range(10_000):
        key = f"john.smith{n}@crowd.example"
        crowd.observe(Observation(f"x{n}", START + n, ME, "", ((key, "John Smith"),), False, f"x{n}", (), "", False))
    started = datetime.now(UTC)
    found = judged(crowd, "john.smith@crowd.example")
    assert (datetime.now(UTC) - started).total_seconds() < 1.0
    assert 0 <= found.probability <= 1


@pytest.mark.parametrize(
    ("name", "to", "told"),
    [
        ("Northport-offer-v3.pdf", "jane.harlow@army.mil", True),
        ("offer_northport.pdf", "jane.harlow@army.mil", True),
        ("Northport-offer-v3.pdf", "mei.tan@northport.example", False),  # it is theirs
        ("Northporter.pdf", "jane.harlow@army.mil", False),
        ("Retainer_Halden-Law_v3.pdf", "jane.harlow@army.mil", True),
        ("halden law.pdf", "jane.harlow@army.mil", True),
        ("halden-lawn.pdf", "jane.harlow@army.mil", False),
        ("archive-unit.pdf", "jane.harlow@army.mil", False),  # never answered, and two words
        ("offer.pdf", "jane.harlow@army.mil", False),
        ("", "jane.harlow@army.mil", False),
    ],
)
def test_a_file_named_after_another_correspondent(history: Correspondence, name: str, to: str, *, told: bool) -> None:
    raw = (
        f"From: {ME}\r\nTo: {to}\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n%PDF-\r\n'
    )
    found = judged(history, to, parse_message(raw.encode()))
    assert ("file.client" in ids(found)) == told
