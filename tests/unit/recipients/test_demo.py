"""The four messages of the demo, judged with the history that ships beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from straymail.audit.archives import read_raw
from straymail.correspondence import Correspondence, observation
from straymail.evidence import Assessment
from straymail.message import Envelope, parse_message
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

DEMO = Path(__file__).parents[3] / "examples/demo"


@pytest.fixture(scope="module")
def history() -> Correspondence:
    model = Correspondence(["mod.example"])
    for raw in read_raw([DEMO / "history.mbox"], []):
        model.observe(observation(parse_message(raw), model.own_domains))
    return model


def judged(history: Correspondence, name: str) -> list[Assessment]:
    message = parse_message((DEMO / "messages" / name).read_bytes())
    recipients = tuple(box.address for box in (*message.to, *message.cc))
    context = Context(
        history, Envelope(message.from_[0].address, recipients), message, datetime(2026, 11, 18, tzinfo=UTC)
    )
    return [assess(Weights.shipped(), each, observe(context, each)) for each in recipients]


def test_the_right_message_is_not_suspect(history: Correspondence) -> None:
    assert max(each.probability for each in judged(history, "1-right.eml")) < 0.01


@pytest.mark.parametrize(
    ("name", "meant"),
    [("2-wrong-domain.eml", "robert.holt@army.mil"), ("3-namesake.eml", "mark.fisher@mod.example")],
)
def test_a_slip_and_a_namesake_are_asked_about(history: Correspondence, name: str, meant: str) -> None:
    wrong, right = judged(history, name)
    assert wrong.probability > 1 / 11
    assert str(wrong.meant[0].address) == meant
    assert right.probability < 0.01
