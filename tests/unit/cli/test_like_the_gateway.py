"""``check`` and ``policy explain`` do as the gateway does; small promises of other commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from straymail.cli.main import run

HEAD = b"From: a@mod.example\nTo: b@x.example\nSubject: berth\n"
MANY = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 1_500 + b"--b--\n"
LARGE = b"X-Long: " + b"x" * 1_000_000 + b"\n\nhello\n"
DEEP = (
    b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(300)) + b"\nhello\n"
)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        run(arguments)
    caught = capsys.readouterr()
    return int(end.value.code or 0), caught.out + caught.err


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    file = str(tmp_path / "straymail.toml")
    said(capsys, "init", "--own", "mod.example", "--config", file, "--data-dir", str(tmp_path))
    return file


@pytest.mark.parametrize("rest", [MANY, LARGE, DEEP])
@pytest.mark.parametrize("command", [("check", "--message"), ("policy", "explain")])
def test_over_a_limit_the_failure_policy_decides(
    tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str], rest: bytes, command: tuple[str, str]
) -> None:
    (tmp_path / "m.eml").write_bytes(HEAD + rest)
    code, out = said(capsys, *command, str(tmp_path / "m.eml"), "--json", "-c", config)
    assert (code, json.loads(out)["action"]) == (10, "defer")


@pytest.mark.parametrize(("sender", "action", "code"), [("a@mod.example", "ask", 10), ("a@else.example", "tag", 0)])
def test_a_stranger_is_not_asked(
    config: str, capsys: pytest.CaptureFixture[str], sender: str, action: str, code: int
) -> None:
    ended, out = said(capsys, "check", "clara@gmial.com", "--from", sender, "--json", "-c", config)
    assert (ended, json.loads(out)["action"]) == (code, action)


@pytest.mark.parametrize("beside", [("b@x.example",), ("--from", "a@mod.example"), ("--message", "m.eml")])
def test_a_batch_stands_alone(config: str, capsys: pytest.CaptureFixture[str], beside: tuple[str, ...]) -> None:
    code, out = said(capsys, "check", "--batch", "-", *beside, "-c", config)
    assert (code, "--batch" in out) == (3, True)


def test_an_unknown_kind_of_entry_is_no_answer(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "log", "--kind", "nonsense", "-c", config)
    assert (code, "judged, refused" in out) == (3, True)


@pytest.mark.parametrize("group", ["held", "policy", "log", "documents"])
def test_groups_offer_no_completion_of_their_own(capsys: pytest.CaptureFixture[str], group: str) -> None:
    code, out = said(capsys, group, "--help")
    assert (code, "install-completion" in out) == (0, False)


def test_a_failed_init_can_be_given_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, data = tmp_path / "straymail.toml", tmp_path / "data"
    data.write_text("in the way")
    given = ("init", "--own", "mod.example", "--config", str(config), "--data-dir", str(data))
    assert said(capsys, *given)[0] == 3
    assert not config.exists()
    data.unlink()
    assert said(capsys, *given)[0] == 0


def test_replay_takes_the_domains_of_the_settings(
    tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.eml").write_bytes(HEAD + b"Date: Mon, 06 Jan 2025 10:00:00 +0000\n\nhello\n")
    assert said(capsys, "replay", str(tmp_path / "m.eml"), "-c", config)[0] == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[gateway]\nlisten = "127.0.0.1:99999"', '"host:port" (port 0 to 65535) or "off"'),
        ('[organisation]\ncountry = "Germany"', "two capital letters"),
    ],
)
def test_faults_in_settings_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (tmp_path / "bad.toml").write_text(text)
    code, out = said(capsys, "policy", "check", "-c", str(tmp_path / "bad.toml"))
    assert (code, told in out, "unix" in out) == (3, True, False)
