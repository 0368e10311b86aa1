"""``calibrate`` on the shipped example: thresholds, the report, and strays a person has found."""

from __future__ import annotations

import json
import mailbox
import re
from contextlib import closing
from pathlib import Path

import pytest

from straymail.cli.main import run

EXAMPLE = Path(__file__).parents[3] / "examples/demo/history.mbox"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int | str | None, str, str]:
    """Exit code, output, and what was said beside it."""
    with pytest.raises(SystemExit) as ended:
        run(("calibrate", str(EXAMPLE), "--own", "mod.example", *arguments))
    written = capsys.readouterr()
    return ended.value.code, written.out, written.err


def test_strays_a_person_has_found_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--json")
    everything = json.loads(out)
    assert code in (0, None)
    assert set(everything["ask_at"]) == {"0.1", "0.5", "1", "2", "5", "10"}
    with closing(mailbox.mbox(EXAMPLE)) as archive:
        identities = [str(message["Message-ID"]) for message in archive]
    strays = tmp_path / "strays.txt"
    strays.write_text("# all of these\n" + "\n".join((*identities[:300], "<not-there@x>")) + "\n", "utf-8")
    _, out, beside = said(capsys, "--json", "--strays", str(strays))
    left = json.loads(out)["messages"]
    assert 0 < left < everything["messages"]
    assert f"{everything['messages'] - left} of 301 messages" in " ".join(beside.split())


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_list_of_strays_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    strays = tmp_path / "strays.txt"
    if content is not None:
        strays.write_bytes(content)
    code, _, beside = said(capsys, "--strays", str(strays))
    assert code == 3
    assert "Message-IDs, one a line" in beside
    assert str(strays) in beside


def test_the_report_names_messages_so_that_they_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.html"
    said(capsys, "--report", str(report))
    text = report.read_text("utf-8")
    assert "--strays" in text
    assert re.search(r"<small>[^<>]+@[^<>]+</small>", text)
    assert "<script" not in text
