"""Benches on small invented data: that they count what they say."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from straymail.audit.bench import Corpus, interval, per_thousand, run
from straymail.audit.bench_sdm import _leak
from straymail.audit.fit import log_odds
from straymail.audit.lists import legitimate_domains
from straymail.audit.sdm_ranker import Ranker
from straymail.correspondence import Correspondence, Observation
from straymail.errors import BadInput
from straymail.message import Envelope, parse_address
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

PEOPLE = ("mark.fisher", "mark.fischer", "maria.holm", "tom.okafor", "tina.brandt")


def message(number: int, sender: str, to: str, text: str, folder: str) -> str:
    when = f"{number % 28 + 1} {('Jan', 'Feb', 'Mar', 'Apr')[number // 28 % 4]} 2001 10:{number % 60:02}:00 +0000"
    return (
        f"From x Mon Jan  1 00:00:00 2001\nFrom: {sender}@mod.example\nTo: {to}@army.mil\nDate: {when}\n"
        f"Subject: {text}\nX-Folder: {folder}\n\n{text} and {text} again\n\n"
    )


def test_sdm(tmp_path: Path) -> None:
    """Each person is written to about one matter only: text tells the leak, chance does not."""
    matters = ("harbour cranes", "pension papers", "engine repairs", "garden party", "travel money")
    mails = [message(n, "clara.voss", PEOPLE[n % 5], matters[n % 5], "clara\\sent") for n in range(100)]
    (tmp_path / "voss-c.mbox").write_text("".join(mails))
    table = run("sdm", Corpus(tmp_path, ("mod.example",)))
    facts = table.facts["voss-c"]
    assert (facts["train"], facts["test"]) == (90, 10)
    assert facts["Knn-30 (sent and received)"][0] > 0.95
    assert facts["all features of the paper, voted perceptron (our run)"][0] > 0.8
    assert 0.3 < facts["Random"][0] < 0.7
    assert facts["straymail, its weights refitted to the protocol"][0] > 0.95


def test_sdm_takes_mail_of_any_year(tmp_path: Path) -> None:
    mails = [message(n, "clara.voss", PEOPLE[n % 5], "harbour cranes", "clara\\sent") for n in range(80)]
    wild = message(0, "clara.voss", PEOPLE[0], "once", "clara\\sent").replace(" 2001 10", " 1979 10")
    (tmp_path / "voss-c.mbox").write_text("".join(mails).replace(" 2001 10", " 2026 10") + wild)
    facts = run("sdm", Corpus(tmp_path, ("mod.example",))).facts["voss-c"]
    assert (facts["train"], facts["test"]) == (72, 8)


def test_sdm_says_where_nobody_sent_enough(tmp_path: Path) -> None:
    (tmp_path / "voss-c.mbox").write_text(message(0, "clara.voss", PEOPLE[0], "once", "clara\\sent"))
    with pytest.raises(BadInput, match="in no file"):
        run("sdm", Corpus(tmp_path, ("mod.example",)))


def test_a_ranker_learns_what_tells_a_leak() -> None:
    """The shipped weights think of strangers first; where friends are put in, it learns to think of them."""
    own, friend, stranger = (parse_address(f"{name}@mod.example") for name in ("me", "tom.okafor", "ivo.quill"))
    history = Correspondence(["mod.example"])
    for n in range(9):
        to = ((friend.person, ""),)
        history.observe(Observation(f"o{n}", 1e9 + n, own.person, "", to, False, f"o{n}", (), "", False))
    context = Context(history, Envelope(own, (friend, stranger)), None, datetime.fromtimestamp(1e9 + 99, UTC))
    known, new = (assess(Weights.shipped(), each, observe(context, each)) for each in (friend, stranger))
    assert log_odds(Weights.shipped(), new) > log_odds(Weights.shipped(), known)
    ranker = Ranker(Weights.shipped(), [(new, known)] * 20)
    assert ranker.suspicion(known) > ranker.suspicion(new)
    untaught = Ranker(Weights.shipped(), [])
    assert untaught.suspicion(new) > untaught.suspicion(known)


def test_a_leak_looks_like_a_recipient() -> None:
    book = ["mark.fisher@a.example", "mark.fischer@a.example", "tom.okafor@a.example"]
    chance = random.Random(1)
    assert {_leak(book[:1], chance, book=book, strangers=[], alpha=0.0) for _ in range(9)} == {book[1]}
    assert _leak(book[:1], chance, book=book, strangers=["z@z.example"], alpha=1.0) == "z@z.example"
    assert _leak(book, chance, book=book, strangers=[], alpha=0.0) == ""


def test_radoslaw(tmp_path: Path) -> None:
    (tmp_path / "graphs").mkdir()
    rows = [f"{n % 7 + 1} {(n * 3) % 7 + 1} {1_262_454_010 + n * 60} 1" for n in range(900)]
    with gzip.open(tmp_path / "graphs" / "radoslaw-2010.edges.gz", "wt") as out:
        out.write("\n".join(rows))
    table = run("radoslaw", Corpus(tmp_path, ("firm.example",)))
    assert {row[0] for row in table.rows} <= {"never written to", "another contact"}
    assert table.rows
    strangers = table.facts["never written to, every newcomer"]
    assert strangers["of"] / 2 < strangers["caught"] <= strangers["of"]
    assert "every newcomer" in table.heads[-1]


def test_milml(tmp_path: Path) -> None:
    (tmp_path / "domains").mkdir()
    (tmp_path / "domains" / "dotmil.csv").write_text("name\nus.army.mil\neglin.af.mil\nnavy.mil\n", "utf-8")
    table = run("milml", Corpus(tmp_path, ("own.example",)))
    assert table.facts["honest ml"]["of"] == 200
    assert table.facts["honest ml"]["asked_after_an_answer"] == 0
    assert {name: facts["of"] for name, facts in table.facts.items() if name != "honest ml"} == {
        "ml": 3,
        "mi": 3,
        "mill": 3,
        "mli": 3,
        "a dot left out, three labels (usarmy.mil)": 2,
        "a dot left out, more labels": 0,
        ".ml and the first label left out": 2,
    }
    assert table.facts["mi"]["baseline_every_newcomer"] == 3
    assert {len(row) for row in table.rows} == {len(table.heads)}


def test_natural_says_which_messages_and_how_sure_the_rate_is(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "examples/demo/history.mbox"
    (tmp_path / "a.mbox").write_bytes(example.read_bytes())
    table = run("natural", Corpus(tmp_path, ("mod.example",)))
    first, messages = table.facts["worst"][0], table.facts["messages"]
    assert first["message_id"]
    assert first["sender"].endswith("@mod.example")
    assert len(first["date"]) == len("2026-01-01")
    assert len(table.facts["worst"]) == len(table.rows) == min(50, messages)
    rate = table.facts["rates_at"]["0.5"]
    assert rate["interval"] == [1000 * end for end in interval(table.facts["questions_at"]["0.5"], messages)]
    assert 0 < table.facts["baseline_every_newcomer_per_1000"] < 1000
    assert per_thousand(11, 7437) == "1.5 (0.74-2.6)"
    assert per_thousand(0, 0) == "no cases"


def test_right_names_are_drawn_alike_every_time() -> None:
    """Where the package with the lists is there; else there are none."""
    assert legitimate_domains(50) == legitimate_domains(50)
