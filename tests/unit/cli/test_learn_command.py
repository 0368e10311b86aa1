"""What ``straymail learn`` says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from straymail.cli.main import run

MAIL = b"Message-ID: <1@mod.example>\nFrom: a@mod.example\nTo: b@x.example\n\nhello\n"


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        run(arguments)
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"a.eml": MAIL}, 0, "Learned."),
        ({"a.eml": MAIL, "b.bin": b"\0"}, 0, "Could not be read: 1"),
        ({"a.bin": b"\0", "b.bin": b"\1"}, 3, "Nothing could be read."),
        ({}, 0, "Learned."),
    ],
)
def test_learning_says_whether_it_could_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, bytes], code: int, said: str
) -> None:
    config, mail = str(tmp_path / "straymail.toml"), tmp_path / "mail"
    ended("init", "--own", "mod.example", "--config", config, "--data-dir", str(tmp_path))
    mail.mkdir()
    for name, data in files.items():
        (mail / name).write_bytes(data)
    capsys.readouterr()
    assert ended("learn", str(mail), "-c", config) == code
    assert said in capsys.readouterr().out


def test_a_directory_of_nobody_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(tmp_path / "straymail.toml")
    ended("init", "--own", "mod.example", "--config", config, "--data-dir", str(tmp_path))
    (tmp_path / "a.vcf").write_text("nothing\n")
    assert ended("learn", "--directory", str(tmp_path / "a.vcf"), "-c", config) == 3
    assert "holds no card" in capsys.readouterr().out
