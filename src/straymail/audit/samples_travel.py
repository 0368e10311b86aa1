"""Bookings, tickets and events with what KDE's itinerary extractor expects to find in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from straymail.audit.samples import Sample

_PREFIX = ("travel.",)


def samples(folder: Path) -> Iterator[Sample]:
    """A file with a reservation or ticket is a booking; with an event, an event; with neither, a near miss."""
    for file in sorted((folder / "travel").rglob("*")):
        expected = next((each for each in (Path(f"{file}.json"), file.with_suffix(".json")) if each.is_file()), None)
        if file.suffix in (".json", ".md") or not file.is_file() or expected is None or expected == file:
            continue
        kinds = {str(item.get("@type")) for item in _list(expected) if isinstance(item, dict)}
        booked = any(kind.endswith(("Reservation", "Ticket")) for kind in kinds)
        event = "Event" in kinds
        name = f"{file.parent.name}/{file.name}"
        kind = f"{'bookings' if booked else 'events' if event else 'near misses'} ({file.suffix.lstrip('.')})"
        data = file.read_bytes()
        wanted, unwanted = (_PREFIX, ()) if booked or event else ((), _PREFIX)
        yield Sample(name, name, kind, file=data, wanted=wanted, unwanted=unwanted)


def _list(file: Path) -> list[object]:
    value = json.loads(file.read_text("utf-8"))
    return value if isinstance(value, list) else [value]
