"""``policy check``: it reads the weights file that the settings name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from straymail.cli.main import run

WEIGHTS = 'version = "mine"\nbase = -4\n[weights]\nknown = -1\n{}\n'


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int | str | None, str, str]:
    config = folder / "straymail.toml"
    config.write_text(f'data_dir = "{folder}"\n[model]\nweights = "{folder}/mine.toml"\n', "utf-8")
    with pytest.raises(SystemExit) as ended:
        run(("policy", "check", "--config", str(config), *options))
    written = capsys.readouterr()
    return ended.value.code, written.out, " ".join(written.err.split())


@pytest.mark.parametrize("text", [None, "no toml", WEIGHTS.format('"newcomer" = nan')])
def test_weights_that_cannot_be_used_are_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    if text is not None:
        (tmp_path / "mine.toml").write_text(text, "utf-8")
    code, out, beside = checked(tmp_path, capsys)
    assert code == 3
    assert "can be used" not in out
    assert "mine.toml: model.weights" in beside
    assert ("weights.newcomer" in beside) == bool(text and "nan" in text)


def test_misspelt_weights_are_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text(WEIGHTS.format("newcommer = 1"), "utf-8")
    code, out, _ = checked(tmp_path, capsys, "--json")
    assert code in (0, None)
    assert any("weights.newcommer" in warning for warning in json.loads(out)["warnings"])
    (tmp_path / "mine.toml").write_text(WEIGHTS.format("newcomer = 1"), "utf-8")
    _, out, _ = checked(tmp_path, capsys, "--json")
    assert not any("weights" in warning for warning in json.loads(out)["warnings"])


@pytest.mark.parametrize(
    ("policy", "header", "said"),
    [
        ("", "", "ask by thresholds.ask_at thresholds"),
        ("", "Auto-Submitted: auto-generated\n", "(would ask, but there is nobody to ask)"),
        ('mode = "watch"', "", "(would ask, but in watch mode)"),
        ('mode = "enforce"', "", "ask at 0.0909, hold at 10; refuse at probability 0.995; mode enforce"),
    ],
)
def test_explain_says_why_less_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str, header: str, said: str
) -> None:
    config, message = tmp_path / "straymail.toml", tmp_path / "m.eml"
    config.write_text(
        f'data_dir = "{tmp_path}"\n[organisation]\ndomains = ["mod.example"]\n[policy]\n{policy}\n', "utf-8"
    )
    message.write_text(f"From: a@mod.example\nTo: b@gmial.com\n{header}\nHi", "utf-8")
    with pytest.raises(SystemExit):
        run(("policy", "explain", str(message), "--config", str(config)))
    assert said in " ".join(capsys.readouterr().out.split())
