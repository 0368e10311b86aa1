"""The command line as a whole: errors in one line, exit codes, lazy loading."""

from __future__ import annotations

import subprocess
import sys

import pytest

from straymail import __version__
from straymail.cli.main import COMMANDS, load_command, run


def outcome(*arguments: str) -> int:
    """Exit code of a run."""
    with pytest.raises(SystemExit) as caught:
        run(arguments)
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chekc"], "No such command 'chekc'. Did you mean 'check'? (see `straymail --help`)"),
        (["version", "--loud"], "No such option: --loud (see `straymail version --help`)"),
        (["completion", "ksh"], "'ksh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, and where to read more."""
    assert outcome(*arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert written.err.startswith("straymail: ")
    assert words in written.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """As a command and as an option."""
    assert outcome("version") == 0
    assert outcome("--version") == 0
    assert capsys.readouterr().out.count(f"straymail {__version__}") == 2


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """All commands stand in the help."""
    assert outcome("--help") == 0
    text = capsys.readouterr().out
    assert [name for name in COMMANDS if f" {name} " not in text] == []


def test_completion_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    """Each shell gets its script."""
    for shell in ("bash", "zsh", "fish"):
        assert outcome("completion", shell) == 0
        assert "_STRAYMAIL_COMPLETE" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    """`straymail --help` must be quick: no settings, store or detectors are imported for it."""
    code = (
        "import sys, straymail.cli.main as m\n"
        "try: m.run(['--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('pydantic', 'sqlalchemy', 'numpy', 'cryptography', 'jinja2') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    """The one-line help in the table is the first line of the command's own."""
    command = load_command(name)
    first = (command.help or "").strip().splitlines()[0]
    assert COMMANDS[name].help == first
