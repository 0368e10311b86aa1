"""``calibrate`` and ``train`` on the shipped example: thresholds, the report, strays found, old and new weights."""

from __future__ import annotations

import json
import mailbox
import re
from contextlib import closing
from pathlib import Path

import pytest

from straymail.cli.main import run
from straymail.verdict import Weights

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


@pytest.mark.parametrize(
    ("command", "option"),
    [("replay", "--jsonl"), ("train", "--out"), ("train", "--report"), ("calibrate", "--report")],
)
def test_where_nothing_can_be_written_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, option: str
) -> None:
    for target in (tmp_path / "missing/file", tmp_path):
        with pytest.raises(SystemExit) as ended:
            run((command, str(EXAMPLE), "--own", "mod.example", option, str(target)))
        beside = " ".join(capsys.readouterr().err.split())
        assert ended.value.code == 3
        assert option in beside
        assert "cannot be written" in beside
        assert "Judging" not in beside


def test_a_missing_weights_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "straymail.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n[model]\nweights = "{tmp_path}/none.toml"\n', "utf-8")
    code, _, beside = said(capsys, "--config", str(config))
    assert code == 3
    assert "none.toml" in beside
    assert "model.weights" in beside


def archive(file: Path, years: tuple[int, ...]) -> Path:
    with closing(mailbox.mbox(file)) as made:
        for number, year in enumerate(years):
            made.add(
                f"From: me@mod.example\nTo: you{number}@firm.example\nSubject: {number}\n"
                f"Date: Mon, 5 Jun {year} 10:00:00 +0000\nMessage-ID: <{number}@x>\n\nText {number}\n"
            )
    return file


def test_few_messages_are_said_to_be_too_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = archive(tmp_path / "few.mbox", (2025, 2026))
    with pytest.raises(SystemExit):
        run(("calibrate", str(few), "--own", "mod.example"))
    assert "Calibrate with more mail" in " ".join(capsys.readouterr().err.split())


def test_the_budget_of_the_policy_has_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "straymail.toml"
    for budget in ("3", "1"):
        config.write_text(f'data_dir = "{tmp_path}"\n[policy]\nbudget = {budget}\n', "utf-8")
        _, out, _ = said(capsys, "--config", str(config))
        assert [line.split()[0] for line in out.splitlines() if "your budget" in line] == [budget]
        _, out, _ = said(capsys, "--config", str(config), "--json")
        assert budget in json.loads(out)["ask_at"]
        assert list(json.loads(out)["ask_at"].values()) == sorted(json.loads(out)["ask_at"].values(), reverse=True)


def test_exceptions_count_as_in_a_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "straymail.toml"
    exception = '[[policy.exceptions]]\nsender = "@mod.example"\nrecipient = "*"\n'
    config.write_text(f'data_dir = "{tmp_path}"\n{exception}', "utf-8")
    _, out, _ = said(capsys, "--json")
    free = json.loads(out)
    report = tmp_path / "report.html"
    code, out, _ = said(capsys, "--json", "--config", str(config), "--report", str(report))
    assert code in (0, None)
    held = json.loads(out)
    assert held["messages"] == free["messages"]
    assert held["ask_at"]["10"] == 0.0001 <= free["ask_at"]["10"]
    with pytest.raises(SystemExit) as ended:
        run(("train", str(EXAMPLE), "--own", "mod.example", "--config", str(config), "--out", str(tmp_path / "w.toml")))
    assert ended.value.code == 3
    assert "too little mail" in capsys.readouterr().err


def test_a_replay_counts_what_it_leaves_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = archive(tmp_path / "long.mbox", (*range(2000, 2027), *range(2000, 2027), *range(2000, 2027), 2043, 1970))
    with long.open("a", encoding="utf-8") as file:
        file.write("From x\nFrom: me@mod.example\nTo: you@firm.example\nSubject: undated\n\nText\n")
    with pytest.raises(SystemExit):
        run(("replay", str(long), "--own", "mod.example", "--json"))
    facts = json.loads(capsys.readouterr().out)
    assert facts["messages"] == 81
    assert (facts["misdated"], facts["undated"], facts["repeated"]) == (2, 1, 0)


def test_a_report_does_not_overwrite_the_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        run(("train", str(EXAMPLE), "--own", "mod.example", "--out", "w", "--report", str(tmp_path / "w")))
    assert ended.value.code == 3
    assert "overwrite" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_train_says_whether_the_fitted_weights_are_better(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = tmp_path / "weights.toml"
    with pytest.raises(SystemExit) as ended:
        run(("train", str(EXAMPLE), "--own", "mod.example", "--out", str(weights)))
    written = capsys.readouterr()
    assert ended.value.code in (0, None)
    assert Weights.read(weights.read_text("utf-8")).version.startswith("own-")
    assert "at 1 and 5 needless questions per 1,000 messages" in " ".join(written.err.split())
    heads, *rows = written.out.splitlines()
    assert heads.split() == ["in", "use,", "1", "fitted,", "1", "in", "use,", "5", "fitted,", "5"]
    assert [row.count("%") for row in rows] == [4] * len(rows)
    assert any("slip in the domain" in row for row in rows)


def test_training_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(("train", str(EXAMPLE), "--own", "mod.example", "--out", str(tmp_path / "w.toml"), "--json"))
    told = json.loads(capsys.readouterr().out)
    assert told["weights"] == str(tmp_path / "w.toml")
    assert set(told["fitted"]) == set(told["in_use"]) == {"1", "5"}


def test_the_page_of_commands_tells_the_options_of_log() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/cli.md").read_text()
    assert "--follow" in page.partition("## `straymail log`")[2].partition("\n## ")[0]
