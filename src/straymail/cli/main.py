"""``straymail``: the list of commands.

Commands are loaded when they are used, not before: the store, the detectors and the servers take half a second to
import, and ``straymail --help`` or a completion on the Tab key must not wait for them. So the one-line help of each
stands in the table below; a test holds it equal to the command's own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from straymail import __version__
from straymail.errors import BadInput, StraymailError

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_FAILED, EXIT_USAGE, EXIT_BAD_INPUT = 1, 2, 3
SETUP, DAILY, JUDGE, MODEL = "Set up and run", "Day to day", "Judge and explain", "Learn and measure"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives (``module:attribute``, a function or a Typer application), its help and its panel."""

    target: str
    help: str
    panel: str


COMMANDS = {
    "init": Entry("init:init", "Write straymail.toml, make the key and the database.", SETUP),
    "learn": Entry("learn:learn", "Learn who writes to whom from archives and directories.", SETUP),
    "serve": Entry("serve:serve", "Run the guard: milter, SMTP proxy and desk.", SETUP),
    "demo": Entry("demo:demo", "Try it: a guard with an invented organisation, and four messages.", SETUP),
    "status": Entry("status:status", "Show what is held, how old the queue and the model are, and failures.", DAILY),
    "held": Entry("held:app", "Messages in custody: list, show, release, correct, discard.", DAILY),
    "log": Entry("log:app", "The decision log: read it, follow it, verify it.", DAILY),
    "forget": Entry("forget:forget", "Remove an address from the learned history, and erase it elsewhere.", DAILY),
    "documents": Entry("documents:app", "Documents to be noticed wherever a part of them leaves.", DAILY),
    "check": Entry("check:check", "Judge a message before it is sent, and explain why.", JUDGE),
    "policy": Entry("policy:app", "The policy: check it, show it, explain what it does to a message.", JUDGE),
    "replay": Entry("replay:replay", "Judge an archive in time order, learning as it goes.", MODEL),
    "calibrate": Entry("replay:calibrate", "Find the thresholds that keep to the budget of questions.", MODEL),
    "train": Entry("replay:train", "Fit the weights to your own history.", MODEL),
    "bench": Entry("replay:bench", "Measure quality on an archive.", MODEL),
    "completion": Entry("version:completion", "Print the completion script of a shell.", SETUP),
    "version": Entry("version:version", "Print the version.", SETUP),
}


class LazyGroup(TyperGroup):
    """A command group whose members are imported when called; a listing shows stand-ins made of the table.

    Typer keeps click's types to itself, hence the ``Any``.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """The command if it has been loaded, else a stand-in that only has name, help and panel."""
        entry = COMMANDS.get(cmd_name)
        if cmd_name in self.commands or entry is None:
            return self.commands.get(cmd_name)
        return TyperCommand(name=cmd_name, help=entry.help, rich_help_panel=entry.panel)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Load the command that is meant, then resolve as usual; a near name is suggested for an unknown one."""
        if args and args[0] in COMMANDS:
            self.commands[args[0]] = load_command(args[0])
        elif args and (near := get_close_matches(args[0], COMMANDS)) and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


def load_command(name: str) -> Any:  # noqa: ANN401  (Typer's command type is not public)
    """Import a command and give it the name, help and panel of the table."""
    entry = COMMANDS[name]
    module, _, attribute = entry.target.partition(":")
    target = getattr(import_module(f"straymail.cli.{module}"), attribute)
    command = typer.main.get_command(target if isinstance(target, typer.Typer) else _single(name, target))
    command.name = name
    return command


def _single(name: str, function: Callable[..., Any]) -> typer.Typer:
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command(name)(function)
    return single


app = typer.Typer(
    cls=LazyGroup,
    name="straymail",
    help='Stops misdirected e-mail: asks "is this who you meant?" before a message leaves.',
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input, 10 check would ask, hold or refuse.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"straymail {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def run(arguments: Sequence[str] | None = None) -> None:
    """The console script: runs a command; every error is one clear line on standard error, and an exit code."""
    _open_streams()
    try:
        code = app(arguments, prog_name="straymail", standalone_mode=False)
    except TyperException as error:
        sys.exit(_usage(error))
    except typer.Abort:
        sys.exit(_fail("stopped", EXIT_FAILED))
    except BadInput as error:
        others = (str(other) for other in getattr(error, "others", ()))
        sys.exit(_fail("\n".join([str(error), *others]), EXIT_BAD_INPUT))
    except StraymailError as error:
        sys.exit(_fail(str(error) or type(error).__name__, EXIT_FAILED))
    except BrokenPipeError:
        _write_nothing_more()  # the reader has left
        sys.exit(0)
    except OSError as error:  # a full disk behind standard output, mostly
        _write_nothing_more()
        sys.exit(_fail(": ".join(filter(None, (str(error.filename or ""), error.strerror or str(error)))), EXIT_FAILED))
    sys.exit(code if isinstance(code, int) else 0)


def _open_streams() -> None:
    """Whoever closed a standard stream gets nothing from it, and the database does not get its descriptor."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (open to the end)


def _write_nothing_more() -> None:
    """Let what is still to be written to standard output go: it would raise once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: TyperException) -> int:
    """Wrong usage in one line; a bare group or command prints its help instead."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return EXIT_USAGE  # Typer has printed the help by making the error
    path = context.command_path if context is not None else "straymail"
    problem = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
    return _fail(f"{problem} (see `{path} --help`)", error.exit_code)


def _fail(problem: str, code: int) -> int:
    for line in problem.split("\n"):
        shown = "".join(sign if sign.isprintable() else " " for sign in line)  # it may quote mail
        sys.stderr.write(f"straymail: {shown}\n")
    return code
