"""What texts are about, told by their words as a whole; where to look closely; the lexicon. Everybody is invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.content import examine, examine_text, prepare
from straymail.content.cues import SPAN, Cues, letters_only
from straymail.content.lexicon import STEM, Lexicon, tokens
from straymail.content.prose import CLASSES, WINDOW, Prose, Search, features, shipped, windows
from straymail.message import parse_message

TOLD = {
    "health": (
        (
            "Hi Karen, just so you know before Monday: Tom from stores has been diagnosed with Crohn's and starts "
            "infusions at the hospital every fortnight. He doesn't want the others to know. He may need lighter duties."
        ),
        (
            "Guten Morgen, meine Tochter hat seit heute Nacht Fieber und Windpocken, der Kinderarzt hat sie bis "
            "Freitag krankgeschrieben. Sie nimmt Paracetamol. Ich bleibe bei ihr zu Hause."
        ),
        (
            "Bonjour, ma mère a été hospitalisée hier soir après une chute, fracture du col du fémur, elle sera opérée "
            "demain matin. Merci de n'en parler à personne au bureau."
        ),
    ),
    "travel": (
        (
            "Minister's day Thursday: dep Heathrow T5 0725 BA902, arr Frankfurt 1005, car to the Mission, overnight "
            "Steigenberger, wheels up 0640 Friday. Close protection team meets him at the gate."
        ),
        (
            "We are away from the 12th to the 26th, the house will be empty, flight lands at Faro at 14:20, we drive "
            "on to the villa. Back on the evening ferry."
        ),
        (
            "Crew change Rotterdam 14 May: 4 on-signers arrive Schiphol KL1432 1355, agent's van to the hotel, launch "
            "to the vessel at anchorage 0600 next morning; off-signers depart AF1341 1710."
        ),
    ),
    "person": (
        (
            "Confidential: following the investigation I intend to dismiss Mr Harrow for gross misconduct. The "
            "grievance he raised about bullying was not upheld; HR will send his final warning and the hearing date."
        ),
    ),
    "place": (
        (
            "The women's refuge has moved: the new safe house is the yellow one by the mill in Aldford. Nobody may "
            "know where it is, above all not the husbands; never give the address on the phone."
        ),
    ),
    "money": (
        (
            "I am three months behind with the mortgage and the bank refused the loan; we owe 42,000 on the cards and "
            "the bailiffs have written. Could my salary be paid in advance?"
        ),
    ),
    "secret": (
        (
            "The alarm is 4471 then the tick, the key is in the lockbox by the meter, code 0912, and the wifi password "
            "is on the fridge. Don't forget to set it again when you leave."
        ),
    ),
}
NOTHING = (
    "The gas desk agreed on the new schedule; please send the revised contract to legal before the call at three.",
    "Lunch on Thursday? The usual place, my treat. I will bring the drawings of the crane.",
    "Invoice 8841 for forty cartons of paper is attached. Payment within thirty days, please.",
    "The build is broken since the last merge; somebody please look at the failing tests of the parser.",
)
MODEL = shipped()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TOLD.items() for text in texts])
def test_what_people_tell_is_noticed(name: str, text: str) -> None:
    assert f"{name}.prose" in {finding.id for finding in MODEL.find(text, "body")}
    assert name in {finding.id.partition(".")[0] for finding in examine_text(text, "body")}


@pytest.mark.parametrize("text", NOTHING)
def test_ordinary_mail_tells_nothing(text: str) -> None:
    assert not examine_text(text, "body")


def test_a_finding_says_where_and_quotes_nothing() -> None:
    text = "Dear all,\n\nthe drawings are late.\n\n" + TOLD["health"][0]
    (finding,) = MODEL.find(text, "body")
    assert finding.id == "health.prose"
    assert finding.where == "body, line 5"
    assert not any(word in finding.excerpt for word in ("Tom", "Crohn", "infusions"))
    assert 0.6 <= finding.confidence <= 0.7


def test_quoted_text_counts_for_less() -> None:
    (new,) = MODEL.find(TOLD["health"][0], "body")
    (old,) = MODEL.find(TOLD["health"][0], "quoted text", quoted=True)
    assert old.quoted
    assert old.confidence == pytest.approx(0.6 * new.confidence)


def test_the_subject_is_read_with_the_body() -> None:
    body = "He had the biopsy on Tuesday and they start treatment next week. Keep it to yourself, please."
    subject = "Paul's cancer diagnosis and chemotherapy"
    message = parse_message(f"From: a@x.example\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode())
    assert "health.prose" in {finding.id for finding in examine(message) if finding.where.startswith("body")}


def test_it_is_found_in_the_middle_of_a_long_text() -> None:
    text = "\n".join([*NOTHING * 60, TOLD["health"][0], *NOTHING * 60])
    (finding,) = MODEL.find(text, "body")
    assert finding.where == "body, line 241"


def test_a_rule_that_found_the_class_makes_it_unneeded() -> None:
    text = "He takes metoprolol 25 mg b.i.d. and aspirin 81 mg daily since the heart attack; the cardiologist knows."
    ids = {finding.id for finding in examine_text(text, "body")}
    assert "health.note" in ids
    assert [finding.id for finding in MODEL.find(text, "body")] == ["health.prose"]
    assert "health.prose" not in ids


def test_a_graver_one_is_not_silenced_by_a_slight_one() -> None:
    hidden = next(text for text in TOLD["place"])
    ids = {
        finding.id
        for finding in examine_text(f"{hidden}\n\nOur office: https://maps.example/?q=51.5010,-0.1416", "body")
    }
    assert "place.prose" in ids


def test_lines_are_those_of_the_body_under_a_heading() -> None:
    text = "Dear all,\n\nthe drawings are late.\n\n" + TOLD["health"][0]
    for heading in ("Monday", "Monday\nnote txt", "é" * 500):
        (finding,) = MODEL.find(text, "body", heading=heading)
        assert finding.where == "body, line 5"


def test_what_only_the_heading_says_is_not_found_below_it() -> None:
    heading = "Tom has been diagnosed with Crohn's disease and starts infusions at the hospital"
    assert not MODEL.find(NOTHING[2], "body", heading=heading)


def test_a_text_of_cues_is_looked_at_in_time_that_grows_with_it() -> None:
    cues = Cues({"fever": (2.0,), "key": (2.0,), "van": (0.5,)}, (3.0,))
    start = time.process_time()
    assert cues.spans(b"fever key van van " * 12_000)
    assert time.process_time() - start < 5


def test_the_quick_way_of_looking_finds_the_same() -> None:
    prepare()
    words = MODEL.cues.prepare()
    assert words is not None
    told = [each for texts in TOLD.values() for each in texts]
    long = [" ".join((*NOTHING * 30, each, *NOTHING * 30)) for each in told]
    assert any(MODEL.cues.spans(text.encode()) for text in long)
    for text in (*NOTHING, *told, " ".join(NOTHING * 30), *long):
        data = text.encode()
        assert MODEL.cues.spans(data) == MODEL.cues.spans(data, words)


@given(st.text(max_size=400))
def test_any_text_is_looked_at_without_an_error(text: str) -> None:
    list(MODEL.find(text, "body"))
    list(MODEL.find(text * 20, "body", heading=text[:40]))
    assert len(MODEL.scores(tokens(text))) == len(CLASSES)


LEXICON = Lexicon.read("[illness]\nmeasles | heart attack | diabet*\n[colour]\nred | measles\n")


def test_a_lexicon_is_read_by_cluster() -> None:
    assert LEXICON.entries == (
        ("illness", "measles"), ("illness", "heart attack"), ("colour", "red"), ("colour", "measles")
    )  # fmt: skip
    assert LEXICON.stems == (("illness", "diabet"),)


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("Red measles.", {"<illness>", "<colour>", "<colour 2>"}),
        ("A heart-attack, diabetics say", {"<illness>", "<illness 2>"}),
        ("heart and attack, reddish, prediabetic", set()),
    ],
)
def test_entries_of_clusters_are_counted(text: str, clusters: set[str]) -> None:
    search = Search(LEXICON)
    assert set(search.clusters(search.find(tokens(text)))) == clusters


@given(
    st.lists(st.sampled_from(["fever", "fevers", "red", "measles", "heart", "attack", "0000", "diabetes"]), max_size=9)
)
def test_searching_finds_the_features_a_window_has(words: list[str]) -> None:
    names = sorted(
        {feature for size in range(3) for feature in features(words[size:])} | {"fever*", "absent", "red heart"}
    )
    search = Search(LEXICON, names)
    found = {search.names[number] for number in search.find(words)} - {""}
    assert found == features(words) & set(names)


def test_tokens() -> None:
    assert tokens("Flight BA902 to FRA, 07:25!") == [
        "flight", "ba000", "to", "fra", "00", "00", "=abc", "=flight"
    ]  # fmt: skip
    assert tokens("ÉPUISÉE – “größer”") == ["épuisée", "größer"]
    assert tokens("") == []


def test_windows_cover_a_long_text() -> None:
    words = [str(number) for number in range(1_000)]
    assert {word for window in windows(words) for word in window} == set(words)
    assert [*windows(words[:WINDOW])] == [words[:WINDOW]]


CUES = Cues({"fever": (2.0, 0.0), "fever*": (1.0, 0.0), "key": (0.0, 3.0)}, (3.0, 3.0))


def test_cues_add_up_within_a_span() -> None:
    assert CUES.spans(b"A fever.") == {(0, 8): {0: 2}}
    assert CUES.spans(b"He is feverish") == {}
    assert CUES.spans(b"fever " + b"x " * SPAN + b"key") == {(0, 60): {0: 0}, (540, 609): {1: 606}}
    assert CUES.totals(b"keys, fevers and a key") == [1.0, 3.0]
    assert CUES.totals(b"fever fever") == [3.0, 0.0]  # each once


def test_a_heading_that_tells_it_all_does_not_hide_the_text() -> None:
    heading, text = b"fever, fever\n", b"A fever again"
    assert CUES.spans(heading + text, after=len(heading)) == {(0, 26): {0: 15}}
    assert CUES.spans(heading + b"Nothing more", after=len(heading)) == {}


def test_letters_beyond_ascii_separate_the_words_of_cues() -> None:
    assert letters_only("Épilepsie: 3×/j".encode()) == b"   pilepsie      j "
    assert STEM == 5


def test_a_weights_file_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="no line base or least or needed"):
        Prose.read("weight\tfever\t1\t\t\t\t\t\n", LEXICON)
    with pytest.raises(ValueError, match="line 2: not a weight of prose"):
        Prose.read("# a comment\nweight\tfever\t1.0\n", LEXICON)
