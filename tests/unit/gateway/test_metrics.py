"""What Prometheus sees, as the administrator's guide says it."""

from __future__ import annotations

from pathlib import Path

from straymail.gateway.metrics import Metrics

GUIDE = Path(__file__).parents[3] / "docs" / "operations.md"


def test_every_metric_stands_in_the_guide() -> None:
    told = GUIDE.read_text()
    for metric in Metrics().registry.collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        assert f"`{name}" in told
