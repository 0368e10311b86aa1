"""What Prometheus sees. No addresses, no domains."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """Counters of one running guard, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "straymail_messages", "Messages by what became of them.", ["outcome"], registry=self.registry
        )
        self.failures = Counter(
            "straymail_failures", "Messages a failure policy decided about.", ["kind"], registry=self.registry
        )
        self.refused = Counter("straymail_recipients_refused", "Recipients refused at RCPT TO.", registry=self.registry)
        self.answers = Counter("straymail_answers", "Answers to notices.", ["kind"], registry=self.registry)
        self.seconds = Histogram(
            "straymail_judge_seconds",
            "Time to judge a message.",
            buckets=(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1, 5, 30),
            registry=self.registry,
        )
        self.unwritten = Gauge(
            "straymail_log_entries_unwritten", "Decisions not in the log yet.", registry=self.registry
        )
