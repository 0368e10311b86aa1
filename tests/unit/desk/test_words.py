"""What replies say: hits, and what must not be guessed."""

from __future__ import annotations

import pytest

from straymail.desk.words import Answer, read_answer


@pytest.mark.parametrize(
    ("text", "numbers", "said"),
    [
        ("fix", 1, [("fix", 0)]),
        ("Fix!", 2, [("fix", 0)]),
        ("  SEND  \n\nSent from my phone", 1, [("send", 0)]),
        ("Hello,\n\ndiscard please\n\nClara", 1, [("discard", 0)]),
        ("yes, send it", 1, [("send", 0)]),
        ("correct it please", 1, None),
        ("Correct", 1, None),
        ("Yes, correct.", 1, None),
        ("it is correct", 1, None),
        ("correct as it is", 1, None),
        ("send\nNo wait, do not send it", 1, None),
        ("Send.\nActually don't send!", 1, None),
        ("Send.\nActually don\u2019t send!", 1, None),
        ("send\nno", 1, None),
        ("fix\nno, don't", 1, None),
        ("fix\n2", 2, None),
        ("fix\n\n1 2", 2, None),
        ("send\nKate Miller\n2 High Street", 1, [("send", 0)]),
        ("cancel", 1, [("discard", 0)]),
        ("fix 1, send 2", 2, [("fix", 1), ("send", 2)]),
        ("send 2 and fix 1", 2, [("fix", 1), ("send", 2)]),
        ("fix 1 2; discard 3", 3, [("fix", 1), ("fix", 2), ("discard", 3)]),
        ("fix 1", 2, [("fix", 1)]),
        ("1: fix\n2: send", 2, [("fix", 1), ("send", 2)]),
        ("fix #1\n\nsend #2\n\nClara", 2, [("fix", 1), ("send", 2)]),
        ("fix1", 1, [("fix", 1)]),
        ("1 2 fix, 3 send", 3, [("fix", 1), ("fix", 2), ("send", 3)]),
        ("*Fix*", 1, [("fix", 0)]),
        ("\u00a0Fix\u200b", 1, [("fix", 0)]),
        ("Yes,\nplease fix", 1, [("fix", 0)]),
        ("Thanks!\n\nFix", 1, [("fix", 0)]),
        ("Fix, thanks. Clara", 1, [("fix", 0)]),
        ("Fix. Kind regards", 1, None),
        ("Send it as it is.", 1, [("send", 0)]),
        ("Fix both", 2, [("fix", 0)]),
        ("fix\nfix", 1, [("fix", 0)]),
        ("Send\nNo wait, discard", 1, None),
        ("Send\n\ndiscard", 1, None),
        ("fix 1\nsend 1", 2, None),
        ("fix\nsend 2", 2, None),
        ("Fix thanks but do not send", 1, None),
        ("Send it to Kate please", 1, None),
        ("do not send it to kate@navy.example", 1, None),
        ("kate@navy.example", 1, None),
        ("resend", 1, None),
        ("", 1, None),
        ("\n\n", 1, None),
        ("I do not know what you mean", 1, None),
        ("do not send", 1, None),
        ("don't fix", 1, None),
        ("never send this", 1, None),
        ("send or discard?", 1, None),
        ("fix send", 1, None),
        ("fix 3", 2, None),
        ("fix 0", 2, None),
        ("fix 1, send 1", 2, None),
        ("fix, send 2", 2, None),
        ("1 send 2 or 3?", 3, None),
        ("fix " + "1" * 500, 2, None),
        ("prefix", 1, None),
    ],
)
def test_answers(text: str, numbers: int, said: list[tuple[str, int]] | None) -> None:
    expected = None if said is None else tuple(Answer(*each) for each in said)
    assert read_answer(text, numbers) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Send it to kate@navy.example please", [("send", 0, "kate@navy.example")]),
        ("fix Kate@Navy.example.", [("fix", 0, "kate@navy.example")]),
        ("fix <kate@navy.example>", [("fix", 0, "kate@navy.example")]),
        ("fix kate@navy.example<mailto:kate@navy.example>", [("fix", 0, "kate@navy.example")]),
        ("fix kate@navy.example <mailto:kate@navy.example>, thanks", [("fix", 0, "kate@navy.example")]),
        ("fix 2 to kate@navy.example, send 1", [("send", 1, ""), ("fix", 2, "kate@navy.example")]),
        ("fix a@x.example, send b@x.example", [("fix", 0, "a@x.example"), ("send", 0, "b@x.example")]),
        ("fix a@x.example\nsend b@x.example", [("fix", 0, "a@x.example"), ("send", 0, "b@x.example")]),
        ("fix a@x.example a@x.example", None),
        ("fix a@x.example\nsend a@x.example", None),
        ("fix a@x.example send", None),
        ("fix 1 2 to a@x.example", None),
        ("fix 1 to a@x.example b@x.example", None),
    ],
)
def test_answers_that_name_an_address(text: str, said: list[tuple[str, int, str]] | None) -> None:
    expected = None if said is None else tuple(Answer(*each) for each in said)
    assert read_answer(text, 2) == expected


@pytest.mark.parametrize(
    "above",
    [
        "OFFICIAL",
        "OFFICIAL-SENSITIVE COMMERCIAL",
        "[OFFICIAL: Sensitive]",
        "UK OFFICIAL",
        "CLASSIFICATION: UNCLASSIFIED\nCAVEATS: None",
        "UNCLASSIFIED//FOUO",
        "CUI",
        "PROTECTED A",
        "TLP:AMBER+STRICT",
        "NATO UNCLASSIFIED",
        "VS - NUR F\u00dcR DEN DIENSTGEBRAUCH",
        "Sensitivity: Internal",
        "Harbour Only",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n",
        "OFFICIAL\n\nHi,",
    ],
)
def test_a_marking_above_an_answer_is_passed_over(above: str) -> None:
    assert read_answer(f"{above}\n\nFix\n\n{above}", 1, ["HARBOUR ONLY"]) == (Answer("fix", 0),)


@pytest.mark.parametrize("above", ["NO", "Not for public use", "None", "For the staff only", "Secret of Kate", "Top"])
def test_what_is_no_marking_is_not_passed_over(above: str) -> None:
    assert read_answer(f"{above}\n\nFix", 1, ["HARBOUR ONLY"]) is None
