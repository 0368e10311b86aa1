"""Archives that cannot be read to the end: the commands go on, and say what is missing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from straymail.audit.bench import BENCHES
from straymail.cli import replay
from straymail.cli.main import run

EXAMPLE = Path(__file__).parents[3] / "examples/demo/history.mbox"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example, an empty file, a damaged one, and an empty message of a Maildir."""
    made = tmp_path / "folder"
    (made / "Maildir/cur").mkdir(parents=True)
    (made / "Maildir/new").mkdir()
    (made / "Maildir/cur/1:2,S").touch()
    (made / "empty").touch()
    (made / "a.mbox").write_bytes(EXAMPLE.read_bytes())
    (made / "cut.mbox.gz").write_bytes(gzip.compress(EXAMPLE.read_bytes())[:-9])
    return made


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int | str | None, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    written = capsys.readouterr()
    return ended.value.code, written.out, " ".join(written.err.split())


@pytest.mark.parametrize(
    "command",
    [
        ("replay", "{folder}", "--json"),
        ("calibrate", "{folder}", "--json"),
        ("bench", "natural", "--corpus", "{folder}", "--json"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(
    folder: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    arguments = [each.format(folder=folder) for each in command]
    code, out, _ = said(capsys, *arguments, "--own", "mod.example")
    assert code in (0, None)
    assert sorted(Path(fault.partition(":")[0]).name for fault in json.loads(out)["faults"]) == [
        "1",
        "cut.mbox.gz",
        "empty",
    ]
    _, _, beside = said(capsys, *(each for each in arguments if each != "--json"), "--own", "mod.example")
    assert "Could not be read: 3" in beside


def test_train_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "weights.toml"
    code, _, beside = said(capsys, "train", str(folder), "--own", "mod.example", "--out", str(out))
    assert code in (0, None)
    assert out.exists()
    assert "Could not be read: 3" in beside


@pytest.mark.parametrize("command", ["replay", "calibrate", "train"])
def test_nothing_that_can_be_read_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    (folder / "a.mbox").unlink()
    (folder / "cut.mbox.gz").write_bytes(b"no archive")
    code, _, beside = said(capsys, command, str(folder), "--own", "mod.example")
    assert code == 3
    assert "cut.mbox.gz" in beside


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("radoslaw", "radoslaw-2010.edges.gz"),
        ("didyoumean", "domain_typos.tsv"),
        ("milml", "dotmil.csv"),
        ("scan", "ham"),
        ("content", "markings"),
    ],
)
def test_what_a_bench_lacks_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, missing: str
) -> None:
    code, _, beside = said(capsys, "bench", name, "--corpus", str(tmp_path))
    assert code == 3
    assert missing in beside
    assert "Traceback" not in beside


def test_all_benches_leave_out_what_they_lack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "BENCHES", {name: BENCHES[name] for name in ("natural", "radoslaw", "milml")})
    (tmp_path / "a.mbox").write_bytes(EXAMPLE.read_bytes())
    code, out, beside = said(capsys, "bench", "all", "--corpus", str(tmp_path), "--own", "mod.example", "--json")
    assert code in (0, None)
    assert [json.loads(line)["bench"] for line in out.splitlines()] == ["natural"]
    assert "Left out: radoslaw, milml" in beside
    (tmp_path / "a.mbox").unlink()
    code, _, beside = said(capsys, "bench", "all", "--corpus", str(tmp_path / "none"))
    assert code == 3
    assert "no such folder" in beside
