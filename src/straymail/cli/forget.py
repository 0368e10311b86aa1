"""``straymail forget``: remove an address."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.text import Text

from straymail.cli.common import ConfigOption, JsonOption, console, print_json, say, settings_from
from straymail.cli.opening import open_store
from straymail.config import Settings
from straymail.correspondence import Correspondence
from straymail.errors import Conflict, Outdated
from straymail.message import Address, parse_address
from straymail.record import Record, custody, history, log, outbound, tokens

_AFTER = " (one that has expired is settled when the notice about it has been delivered)"


def forget(
    address: Annotated[str, typer.Argument(help="The address to forget.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Remove an address from the learned history, and erase it elsewhere.

    Log and settled messages lose it too: in any case of letters, with any plus-tag. Notices to or about it that are
    still queued are dropped.

    The log's chain still verifies, and says that something was erased. A message that still waits is refused: settle
    it first. A running guard forgets too, within seconds.
    """
    who = parse_address(address)
    settings = settings_from(config)
    with open_store(settings) as record:
        facts, settled, entries = _forget(record, settings, who)
        scrubbed = record.scrub()
    if not scrubbed:
        say("The database is being read: what was erased stands in its -wal file until `forget` is given again.")
    if json:
        print_json({"address": str(who), "facts": facts, "settled_messages": settled, "log_entries": entries})
    else:
        out = console()
        if facts or settled or entries:
            out.print(Text(f"{who} is forgotten.", style="bold green"))
            out.print(f"{facts} learned facts, {settled} settled messages, {entries} entries of the log.")
        else:
            out.print(f"Nothing was known of {who}.")


def _forget(record: Record, settings: Settings, who: Address) -> tuple[int, int, int]:
    """Learned facts, settled messages and log entries that are gone; again when others have learned meanwhile."""
    for last in (False, False, True):
        with record.reading() as connection:  # long, where much was learned: nobody must wait for it to write
            model = history.load_history(connection, settings.organisation.domains, record.keys.words)
        try:
            return _write(record, model, who)
        except Outdated:
            if last:
                raise
    raise AssertionError  # the last round returns or raises


def _write(record: Record, model: Correspondence, who: Address) -> tuple[int, int, int]:
    model.forget(who.person)
    rows = model.drain()
    with record.writing() as connection:
        waiting = custody.naming(connection, who, settled=False)
        if waiting:
            raise Conflict(f"{who} is in messages that wait ({', '.join(waiting)}): settle them first{_AFTER}")
        if under_way := outbound.must_arrive(connection, who):
            raise Conflict(f"{who} is in mail on its way ({', '.join(under_way)}): wait until it has arrived")
        about = custody.naming(connection, who, settled=True)
        facts = history.save_rows(connection, rows, time.time(), since=model.revision)
        settled = custody.erase(connection, who)
        outbound.erase(connection, who, about)
        tokens.erase(connection, who)
        entries = log.erase(connection, record.keys, who, time.time())
        payload = {"who": record.keys.mark(who.person), "revision": model.revision + 1}
        told = log.Entry(time.time(), log.FORGOTTEN, payload)
        log.append(connection, record.keys, [told])
    return facts, settled, entries
