"""Archives that are damaged or closed: what can be read is read, and what cannot is named."""

from __future__ import annotations

import gzip
import lzma
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.audit.archives import Archive
from straymail.errors import ArchiveError


def mails(count: int) -> list[bytes]:
    return [f"Message-ID: <{number}@x>\nFrom: a@x.example\n\nbody {number}\n".encode() for number in range(count)]


def mbox(count: int) -> bytes:
    return b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + each + b"\n" for each in mails(count))


@pytest.mark.parametrize("count", [1, 40, 3_000])
@pytest.mark.parametrize(("pack", "ending"), [(gzip.compress, "gz"), (gzip.compress, "GZ"), (lzma.compress, "xz")])
def test_all_but_the_end_of_a_cut_archive_is_read(tmp_path: Path, count: int, pack: object, ending: str) -> None:
    file = tmp_path / f"a.mbox.{ending}"
    file.write_bytes(pack(mbox(count))[:-1])  # type: ignore[operator]
    archive = Archive.of([file])
    assert [item.raw.strip() for item in archive] == [each.strip() for each in mails(count)]
    assert [fault.file for fault in archive.faults] == [str(file)]


def test_a_message_in_a_cut_file_of_its_own_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.eml.gz"
    raw = mails(1)[0] + os.urandom(60_000).hex().encode()
    file.write_bytes(gzip.compress(raw)[:-4])
    archive = Archive.of([file])
    assert [item.raw for item in archive] == [raw]
    assert len(archive.faults) == 1


def test_an_archive_of_another_line_end_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(mbox(3).replace(b"\n", b"\r"))
    archive = Archive.of([file])
    assert list(archive) == []
    assert [fault.problem for fault in archive.faults] == ["has no line ends"]


def test_what_comes_before_damage_is_read(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(mbox(3_000)))
    packed[-2_000:-1_000] = b"\xff" * 1_000
    file = tmp_path / "a.mbox.gz"
    file.write_bytes(packed)
    archive = Archive.of([file])
    assert len(list(archive)) > 1_000
    assert len(archive.faults) == 1


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that may not be listed, beside one message; permissions mean nothing to root, so it is acted."""
    folder = tmp_path / "closed"
    folder.mkdir()
    (tmp_path / "a.eml").write_bytes(mails(1)[0])
    scan = os.scandir

    def deny(path: str) -> object:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", deny)
    yield folder
    monkeypatch.undo()


def test_a_folder_that_may_not_be_read_is_named(closed: Path) -> None:
    archive = Archive.of([closed.parent])
    assert len(list(archive)) == 1
    assert [str(fault) for fault in archive.faults] == [f"{closed}: cannot be read: Permission denied"]


def test_a_path_that_may_not_be_looked_at_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", deny)
        with pytest.raises(ArchiveError, match="cannot be read: Permission denied"):
            Archive.of([tmp_path / "x"])
    with pytest.raises(ArchiveError, match="does not exist"):
        Archive.of([tmp_path / "x"])


DATED = "see\nFrom x Thu Jan  1 00:00:00 2026\nFrom: clara@mod.example\nTo: robert@army.ml\n\nthat\n"
PROSE = "hours\nFrom 9:00 Mon - Fri until 17:00 hours\nTel: 1234\n"


@pytest.mark.parametrize(
    ("between", "body", "count"), [("\n", DATED, 3), ("\n", PROSE, 3), ("", PROSE, 3), ("", "x\n", 3)]
)
def test_a_body_is_cut_nowhere(tmp_path: Path, between: str, body: str, count: int) -> None:
    """A line of a body that looks like the start of a message in another dialect is none in this one."""
    file = tmp_path / "a.mbox"
    one = f"From x Thu, 01 Jan 2026 00:00:00 +0000\nFrom: a@x.example\nSubject: s\n\n{body}{between}"
    file.write_text(one * count, "utf-8")
    raws = [item.raw.decode() for item in Archive.of([file])]
    assert len(raws) == count
    assert all(body.strip() in raw for raw in raws)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_prose_that_begins_with_from_is_no_beginning(tmp_path: Path, newline: str) -> None:
    """Some programs quote no line of a body: "From here on ..." after an empty line begins no message."""
    file = tmp_path / "a.mbox"
    one = "From a@x.example Thu Jan  1 00:00:00 2026\nFrom: a@x.example\n\nHello\n\nFrom here on\nit holds.\n\n"
    file.write_bytes((one * 3).replace("\n", newline).encode())
    assert [item.raw.count(b"it holds.") for item in Archive.of([file])] == [1, 1, 1]


@pytest.mark.parametrize("line", ["From x", "From x@y.example", "From - Thu Jan  1 00:00:00 2026", "From ???@??? 9:07"])
def test_every_kind_of_from_line_is_a_beginning(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.mbox"
    file.write_text(f"{line}\nFrom: a@x.example\n\none\n\n{line}\nFrom: b@x.example\n\ntwo\n")
    assert [item.raw.split()[-1] for item in Archive.of([file])] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("before", "data", "count"),
    [
        (b"\n\r\n", mbox(3), 3),
        (b"\xef\xbb\xbf", mbox(3), 3),
        (b"\xef\xbb\xbf\n", mails(1)[0], 1),
        (b"\n", mails(1)[0], 1),
        (b">From x@y Thu Jan  1 00:00:00 2026\n", mails(1)[0], 1),
    ],
)
def test_what_stands_before_the_beginning_is_passed_over(
    tmp_path: Path, before: bytes, data: bytes, count: int
) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(before + data)
    archive = Archive.of([file])
    items = list(archive)
    assert (len(items), archive.faults) == (count, [])
    for item in items[1:]:  # a run that was interrupted goes on from such a place
        again = list(Archive.of([file]).read(file, item.offset))
        assert again[0].raw == item.raw


def test_what_is_packed_is_told_by_its_bytes(tmp_path: Path) -> None:
    for name, data in {"a": gzip.compress(mbox(2)), "b.old": lzma.compress(mbox(2)), "c.mbox.gz": mbox(2)}.items():
        (tmp_path / name).write_bytes(data)
    archive = Archive.of([tmp_path])
    assert len(list(archive)) == 6
    assert archive.faults == []


def test_directories_among_mail_are_named(tmp_path: Path) -> None:
    """A card was counted as a message of nobody."""
    (tmp_path / "a.eml").write_bytes(mails(1)[0])
    (tmp_path / "a.vcf").write_text("BEGIN:VCARD\nFN:A\nEMAIL:a@x.example\nEND:VCARD\n")
    (tmp_path / "b.csv").write_text("name;mail\nA;a@x.example\n")
    (tmp_path / "c.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    archive = Archive.of([tmp_path])
    assert len(list(archive)) == 1
    people = "is a directory of people, not mail"
    assert [fault.problem == people for fault in archive.faults] == [True, True, False]


def test_without_empty_lines_messages_begin_across_pieces(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox.gz"
    one = "From a@x.example Thu Jan  1 00:00:00 2026\nFrom: a@x.example\nSubject: {}\n\n" + "word " * 2_000 + "\n"
    file.write_bytes(gzip.compress("".join(one.format(number) for number in range(400)).encode()))
    assert len(list(Archive.of([file]))) == 400
