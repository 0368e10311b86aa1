"""Archives, directories and learning: every form, every fault, and the same mail twice."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from straymail.audit import archives
from straymail.audit.archives import Archive
from straymail.audit.directories import read_directory
from straymail.audit.learn import Learner
from straymail.correspondence import Correspondence, observation
from straymail.errors import ArchiveError
from straymail.message import parse_message
from straymail.record import Record, history, new_key, open_record, parse_keys

NOW = 1_800_000_000.0
OWN = ("mod.example",)


def mail(number: int, sender: str = "clara@mod.example", to: str = "holt@army.mil", year: int = 2025) -> bytes:
    return (
        f"Message-ID: <{number}@mod.example>\nDate: Mon, 3 Mar {year} 08:{number % 60:02}:00 +0000\n"
        f"From: {sender}\nTo: {to}\nSubject: s{number}\n\nbody {number}\n"
    ).encode()


def mbox(*mails: bytes, newline: bytes = b"\n") -> bytes:
    joined = b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + each + b"\n" for each in mails)
    return joined.replace(b"\n", newline)


def raws(archive: Archive) -> list[bytes]:
    return [item.raw.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n" for item in archive]


MAILS = tuple(mail(number) for number in range(5))


@pytest.fixture(params=[7, 64, 1 << 20])
def chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(archives, "_CHUNK", request.param)
    yield  # noqa: PT022  (the patch ends with the test)


@pytest.mark.usefixtures("chunks")
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("pack", ["", ".gz", ".xz"])
def test_mbox_in_every_wrapping(tmp_path: Path, pack: str, newline: bytes) -> None:
    data = mbox(*MAILS, newline=newline)
    packed = {"": data, ".gz": gzip.compress(data), ".xz": lzma.compress(data)}[pack]
    (tmp_path / f"a.mbox{pack}").write_bytes(packed)
    archive = Archive.of([tmp_path])
    assert raws(archive) == list(MAILS)
    assert archive.faults == []
    assert archive.done == archive.total


@pytest.mark.usefixtures("chunks")
def test_from_lines_inside_a_message(tmp_path: Path) -> None:
    quoted = mail(1) + b"\n>From here on\n>>From there\nFrom the start of a line without an empty one before\n"
    (tmp_path / "a.mbox").write_bytes(mbox(quoted, mail(2)))
    first, second = raws(Archive.of([tmp_path]))
    assert b"\nFrom here on\n>From there\nFrom the start" in first
    assert second == mail(2)


@pytest.mark.usefixtures("chunks")
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_messages_without_an_empty_line_between(tmp_path: Path, newline: bytes) -> None:
    line = b"From clara@mod.example Thu Jan  1 00:00:00 2026\n"
    body = b"From here on\n" + line + b"no field, so it is text\n"
    mails = (*MAILS[:3], mail(3) + body)
    (tmp_path / "a.mbox").write_bytes(b"".join(line + each for each in mails).replace(b"\n", newline))
    assert raws(Archive.of([tmp_path])) == [*mails]


@pytest.mark.usefixtures("chunks")
def test_offsets_lead_back_to_the_message(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(mbox(*MAILS))
    items = list(Archive.of([file]))
    for item in items:
        again = next(Archive.of([file]).read(file, item.offset))
        assert again.raw == item.raw
    assert all(one.offset < other.offset for one, other in pairwise(items))


def test_maildir_eml_and_what_is_no_mail(tmp_path: Path) -> None:
    for folder in ("box/cur", "box/new", "box/tmp", "eml/deep"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "box/cur/1:2,S").write_bytes(mail(1))
    (tmp_path / "box/new/2").write_bytes(mail(2))
    (tmp_path / "box/tmp/3").write_bytes(mail(3))
    (tmp_path / "box/dovecot.index").write_bytes(b"\0\1\2")
    (tmp_path / "eml/deep/4.eml").write_bytes(mail(4))
    (tmp_path / "eml/photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "eml/empty.eml").touch()
    (tmp_path / "eml/broken.gz").write_bytes(gzip.compress(mbox(*MAILS) * 500)[:300])
    (tmp_path / "eml/loop").symlink_to(tmp_path / "eml")
    archive = Archive.of([tmp_path])
    assert {raw.partition(b"\n")[0] for raw in raws(archive)} >= {
        b"Message-ID: <%d@mod.example>" % n for n in (1, 2, 4)
    }
    assert [Path(fault.file).name for fault in archive.faults] == ["broken.gz", "empty.eml", "photo.jpg"]


def test_a_message_too_large_is_named_and_the_rest_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST", 4_000)
    monkeypatch.setattr(archives, "_CHUNK", 512)
    (tmp_path / "a.mbox").write_bytes(mbox(mail(1), mail(2) + b"x" * 9_000 + b"\n", mail(3)))
    (tmp_path / "b.eml").write_bytes(mail(4) + b"x" * 9_000)
    archive = Archive.of([tmp_path])
    assert raws(archive) == [mail(1), mail(3)]
    assert [Path(fault.file).name for fault in archive.faults] == ["a.mbox", "b.eml"]


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="does not exist"):
        Archive.of([tmp_path / "no"])


@given(st.binary(max_size=2_000))
def test_any_bytes_end_in_messages_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "a.mbox"
    file.write_bytes(data)
    archive = Archive.of([file])
    below = data.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[2]  # a lone From line is no message
    assert list(archive) or archive.faults or not below.strip()


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = open_record(f"sqlite:///{tmp_path / 'store.db'}", parse_keys(new_key().decode()))
    yield opened
    opened.close()


def run(record: Record, *paths: Path, stop_after: int = 0) -> Learner:
    with record.reading() as connection:
        model = history.load_history(connection, OWN)
    learner = Learner(record, model, NOW)

    def progress(_done: int, _total: int, messages: int) -> None:
        if stop_after and messages >= stop_after:
            raise KeyboardInterrupt

    learner.archives(paths, progress)
    return learner


def facts(record: Record) -> list[tuple[str, str, str, str]]:
    with record.reading() as connection:
        rows = connection.exec_driver_sql("SELECT kind, a, b, value FROM history ORDER BY kind, a, b").all()
    return [(kind, a, b, value) for kind, a, b, value in rows]


def test_learning_twice_changes_nothing(record: Record, tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(mbox(*MAILS))
    first = run(record, tmp_path / "a.mbox")
    assert (first.result.new, first.result.known, first.result.people) == (5, 0, 2)
    before = facts(record)
    assert run(record, tmp_path / "a.mbox").result.skipped == 1
    (tmp_path / "b.mbox").write_bytes(mbox(*reversed(MAILS)))
    again = run(record, tmp_path / "b.mbox")
    assert (again.result.new, again.result.known) == (0, 5)
    assert facts(record) == before


def test_an_interruption_keeps_what_was_learned_and_goes_on(record: Record, tmp_path: Path) -> None:
    many = [mail(number, to=f"p{number % 40}@army.mil", year=2000 + number // 60) for number in range(900)]
    file = tmp_path / "a.mbox"
    file.write_bytes(mbox(*many))
    stopped = run(record, file, stop_after=300)
    assert stopped.result.interrupted
    assert 0 < stopped.result.new < 900
    rest = run(record, file)
    assert stopped.result.new + rest.result.new == 900
    with record.reading() as connection:
        model = history.load_history(connection, OWN)
        assert history.messages_learned(connection) == 900
    pair = model.pair("clara@mod.example", "p0@army.mil")
    assert pair is not None
    assert pair.sent == 23


def test_broken_clocks_count_but_do_not_move_first_and_last(record: Record, tmp_path: Path) -> None:
    wild = [mail(1), mail(2, year=2044), mail(3, year=1980), mail(4)]
    (tmp_path / "a.mbox").write_bytes(mbox(*wild))
    pair = run(record, tmp_path / "a.mbox").model.pair("clara@mod.example", "holt@army.mil")
    assert pair is not None
    assert pair.sent == 4
    assert 1_740_000_000 < pair.first <= pair.last < 1_742_000_000


@settings(deadline=None)  # the first run loads tables
@given(st.permutations(range(12)), st.integers(0, 11))
def test_the_order_of_learning_does_not_matter(order: list[int], repeated: int) -> None:
    people = ("clara@mod.example", "holt@army.mil", "tom@mod.example", "mei@northport.example")
    mails = [mail(n, sender=people[n % 4], to=f"{people[(n + 1) % 4]}, {people[(n + 2) % 4]}") for n in range(12)]

    def learned(sequence: list[int]) -> dict[str, object]:
        model = Correspondence(OWN)
        for number in sequence:
            model.observe(observation(parse_message(mails[number]), frozenset(OWN)))
        pairs = {f"{a} {b}": model.pair(a, b) for a in people for b in people}
        return {**pairs, **{a: model.person(a) for a in people}, "domain": model.domain("army.mil")}

    assert learned([*order, repeated]) == learned(list(range(12)))


CSV = "Name,E-mail Address,Phone\nRobert Holt,robert.holt@army.mil,1\n,broken,2\n\n,anna@northport.example,3\n"
SEMICOLON = "first name;last name;mail\nÆ;Berg;jonas@northport.example\n"
PLAIN = "robert.holt@army.mil\tRobert\nanna@northport.example\tAnna\n"
CARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Robert\\, Holt\r\nitem1.EMAIL;TYPE=INTERNET:robert.holt@\r\n army.mil\r\n"
    "EMAIL:nonsense\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:2.1\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg =\r\nBerg\r\nEMAIL:jb@northport.example\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize(
    ("name", "text", "found", "faults"),
    [
        (
            "a.csv",
            CSV,
            [("robert.holt@army.mil", "Robert Holt"), ("anna@northport.example", "")],
            ["3: column 2 (e-mail address)"],
        ),
        ("a.csv", SEMICOLON, [("jonas@northport.example", "Æ Berg")], []),
        ("a.tsv", PLAIN, [("robert.holt@army.mil", ""), ("anna@northport.example", "")], []),
        (
            "a.vcf",
            CARDS,
            [("robert.holt@army.mil", "Robert, Holt"), ("jb@northport.example", "Jörg Berg")],
            ["6: EMAIL"],
        ),
        ("a.csv", "", [], []),
        (
            "a.csv",
            'name,mail\n"Ann\n\nLee",ann@x.example\nBob,broken\n',
            [("ann@x.example", "Ann Lee")],
            ["5: column 2 (mail)"],
        ),
        (
            "a.csv",
            f"name,mail\n{'x' * 140_000},ann@x.example\nBob,bob@x.example\n",
            [("bob@x.example", "Bob")],
            ["2: "],
        ),
        (
            "a.csv",
            "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value\nAnn,Lee,* Work,ann@x.example ::: lee@y.example\n",
            [("ann@x.example", "Ann Lee"), ("lee@y.example", "Ann Lee")],
            [],
        ),
        (
            "a.vcf",
            'BEGIN:VCARD\nFN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg\nEMAIL;TYPE="a:b":j@x.example\nEND:VCARD\n',
            [("j@x.example", "Jörg")],
            [],
        ),
        ("a.vcf", "name,mail\n", [], ["0: "]),
    ],
)
def test_directories(tmp_path: Path, name: str, text: str, found: list[tuple[str, str]], faults: list[str]) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    problems: list[ArchiveError] = []
    people = [(str(person.address), person.name) for person in read_directory(tmp_path / name, problems)]
    assert people == found
    assert [f"{fault.line}: {fault.field}" for fault in problems] == faults


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("name", "text"),
    [("a.vcf", "BEGIN:VCARD\nFN:Jörg\nEMAIL:j@x.example\nEND:VCARD\n"), ("a.csv", "name,mail\nJörg,j@x.example\n")],
)
def test_directories_of_every_encoding(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    (tmp_path / name).write_text(text, encoding=encoding)
    faults: list[ArchiveError] = []
    found = [(str(each.address), each.name) for each in read_directory(tmp_path / name, faults)]
    assert (found, faults) == ([("j@x.example", "Jörg")], [])


def test_a_directory_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.vcf").write_text("BEGIN:VCARD\nEND:VCARD\n", encoding="utf-16-le")
    with pytest.raises(ArchiveError, match="is no text"):
        list(read_directory(tmp_path / "a.vcf", []))


def test_a_directory_without_addresses_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,phone\nRobert,1\n")
    with pytest.raises(ArchiveError, match="no column of addresses"):
        list(read_directory(tmp_path / "a.csv", []))


def test_a_directory_is_learned(record: Record, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    with record.reading() as connection:
        learner = Learner(record, history.load_history(connection, OWN), NOW)
    learner.directory(tmp_path / "a.csv")
    assert learner.result.entries == 2
    with record.reading() as connection:
        model = history.load_history(connection, OWN)
    assert model.standing("clara@mod.example", "robert.holt@army.mil").directory
