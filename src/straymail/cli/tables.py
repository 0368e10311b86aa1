"""Small tables that every listing uses: no frame, dim heads, columns that fold rather than cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from straymail.cli.present import STYLES
from straymail.evidence import Action


def listing(heads: Sequence[str], rows: Iterable[Sequence[RenderableType]], *, wide: Sequence[str] = ()) -> Table:
    """A table with a head; the columns named in ``wide`` share what room is left and fold."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for head in heads:
        if head in wide:
            table.add_column(head, overflow="fold", ratio=1, min_width=8)
        else:
            table.add_column(head, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def facts(out: Console, pairs: Mapping[str, RenderableType]) -> None:
    """Print names and values below each other."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, show_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for name, value in pairs.items():
        table.add_row(name, value)
    out.print(table)


def action_text(action: Action) -> Text:
    """The action in its colour."""
    return Text(action, style=STYLES[action])


def moment(unix: float) -> str:
    """A time in UTC for people: ``2026-11-25 06:20``."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M")


def moment_json(unix: float) -> str:
    """A time for programs: RFC 3339 in UTC, whole seconds."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
