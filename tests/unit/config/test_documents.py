"""Registered documents in their file, and the commands that keep it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from straymail.cli.main import run
from straymail.config import load
from straymail.config.documents import read_documents
from straymail.errors import ConfigError

WORDS = "the convoy of seventeen lorries leaves harbour number {n} before dawn and turns north at bridge {n} "


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "straymail.toml"
    file.write_text(f'data_dir = "{tmp_path}"\n[organisation]\ndomains = ["mod.example"]\n')
    return file


def command(*words: str | Path) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as stop:
        run([str(word) for word in words])
    return int(stop.value.code or 0)


def test_add_list_and_remove(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.txt"
    report.write_text("".join(WORDS.replace("{n}", str(n)) for n in range(60)))
    assert command("documents", "add", report, "--sensitivity", "severe", "-c", config) == 0
    assert command("documents", "list", "--json", "-c", config) == 0
    listed = json.loads(capsys.readouterr().out.splitlines()[-1])["documents"]
    assert [(each["name"], each["sensitivity"]) for each in listed] == [("report.txt", "severe")]
    assert "convoy" not in (tmp_path / "documents.jsonl").read_text()
    before = load(config).policy.version
    assert command("documents", "remove", "report.txt", "-c", config) == 0
    assert load(config).policy.documents.documents == []
    assert load(config).policy.version != before


def test_what_cannot_be_added_or_removed_is_said(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("documents", "add", tmp_path / "none.pdf", "-c", config) == 3
    assert "none.pdf" in capsys.readouterr().err
    assert command("documents", "remove", "none.pdf", "-c", config) == 3
    assert "is not registered" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["x", "{}", '{"name": "a", "sensitivity": "grave", "digest": "", "marks": ""}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "documents.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(ConfigError) as fault:
        read_documents(file)
    assert fault.value.line == 2


def test_documents_do_not_stand_in_the_settings(config: Path) -> None:
    config.write_text(config.read_text() + "[policy]\ndocuments = []\n")
    with pytest.raises(ConfigError, match="documents add"):
        load(config)
