"""A second look at an address that an officer has typed: it can be as wrong as the one it corrects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import typer
from rich.text import Text

from straymail.cli.common import console
from straymail.cli.opening import open_guard
from straymail.cli.present import percent
from straymail.config import Settings
from straymail.desk import Desk
from straymail.errors import BadInput
from straymail.evidence import Action, RecipientVerdict
from straymail.message import Address, Envelope, parse_address, parse_message
from straymail.record import custody
from straymail.record.custody import Held


def look_again(settings: Settings, desk: Desk, held: Held, typed: Iterable[str], *, ask: bool) -> None:
    """Have whoever typed these addresses confirm those that look wrong themselves.

    Suggestions of ours were judged before. With ``ask`` the officer is asked, else it is an error.

    Raises:
        BadInput: one looks wrong, and nobody can be asked.
        typer.Abort: the officer says no.
    """
    suggested = {parse_address(each).key for waiting in held.recipients for each in waiting.meant}
    unknown = [address for address in map(parse_address, typed) if address.key not in suggested]
    if not unknown:
        return
    for each in _doubtful(settings, desk, held, unknown):
        said = f"{each.address.readable} looks wrong itself ({percent(each.probability)})"
        meant = f"did you mean {each.meant[0].readable}?"
        if not ask:
            raise BadInput(f"{said}: {meant}", field="--to", allowed="another address, or --yes beside this one")
        console().print(Text.assemble((said, "yellow"), f": {meant}"))
        typer.confirm(f"Send it to {each.address.readable} all the same?", abort=True)


def _doubtful(settings: Settings, desk: Desk, held: Held, typed: list[Address]) -> Iterator[RecipientVerdict]:
    """Those of the addresses for which the sender would be asked, and somebody else suggested."""
    with desk.record.reading() as connection:
        message = parse_message(custody.body(connection, desk.record.keys, held.id))
    others = [parse_address(each.address) for each in held.recipients if not each.suspect]
    sender = parse_address(held.sender) if held.sender else None
    with open_guard(settings, quiet=True) as guard:
        verdict = guard.judge(Envelope(sender, (*others, *typed)), message, datetime.now(UTC), ())
    for each in verdict.recipients:
        stopped = max(each.action.severity, each.would.severity if each.would else 0) >= Action.ASK.severity
        if each.address in typed and stopped and each.meant:
            yield each
