"""Benches on small invented data: that they count what they say."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

from straymail.audit.bench import Corpus, run
from straymail.audit.bench_sdm import _leak
from straymail.audit.lists import legitimate_domains

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


def test_right_names_are_drawn_alike_every_time() -> None:
    """Where the package with the lists is there; else there are none."""
    assert legitimate_domains(50) == legitimate_domains(50)
