"""Other scanners measured beside ours, where they are installed (dependency group ``peers``); nothing needs them."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

import re2

Scanner = Callable[[str], int]
"""Text to the number of findings."""

_WORDS = {
    "marking": r"\b(?:classified|secret|confidential|restricted|official|sensitive|protected|noforn|cui|fouo|tlp)\b",
    "secret": r"\b(?:password|passwd|pwd|secret|token|api[_ -]?key|private key|credentials?|login)\b",
    "health": r"\b(?:patient|diagnos\w+|medical|medication|doctor|hospital|allerg\w+|symptoms?|surgery|history of)\b",
    "travel": r"\b(?:flight|booking|itinerary|hotel|reservation|boarding|e-?ticket|passenger|departure|arrival)\b",
    "person": r"\b(?:passport|social security|ssn|date of birth|crew|staff list|payroll|salary|national id)\b",
    "money": r"\b(?:visa|mastercard|credit card|card|iban|account|routing|wire transfer|bank)\b",
    "place": r"\b(?:latitude|longitude|coordinates|grid|gps|mgrs|utm|map|waypoint)\b",
}
"""A word search such as administrators set up by hand: what it costs nothing to have."""

_NOT_PERSONAL = ("URL", "EMAIL_ADDRESS", "DATE_TIME", "PERSON", "LOCATION", "NRP", "IP_ADDRESS", "PHONE_NUMBER")


def scanners() -> Iterator[tuple[str, Scanner | None]]:
    """Name and scanner of each peer whose speed is measured; None for one that is not installed."""
    yield from _made((("Presidio (regex recognisers)", _presidio), ("detect-secrets", _detect_secrets)))


def rivals_of(cls: str) -> Iterator[tuple[str, Scanner | None]]:
    """Name and scanner of what may be set beside ours for one class of content; None for one that is not installed."""
    if cls == "secret":
        yield from _made((("CredSweeper", _credsweeper), ("detect-secrets", _detect_secrets)))
    if cls in ("person", "money"):
        yield from _made((("Presidio", _presidio_numbers),))
    words = re2.compile(f"(?i){_WORDS[cls]}")
    yield "a word search", lambda text: sum(1 for _ in words.finditer(text))


def _made(peers: Iterable[tuple[str, Callable[[], Scanner]]]) -> Iterator[tuple[str, Scanner | None]]:
    for name, make in peers:
        try:
            yield name, make()
        except ImportError:
            yield name, None


def _credsweeper() -> Scanner:
    """All rules and the model that comes with it, at its usual threshold."""
    logging.getLogger("credsweeper").setLevel(logging.CRITICAL + 1)  # it tells of every text that is not ASCII
    sweeper: Any = import_module("credsweeper").CredSweeper(ml_threshold="medium")
    provider: Any = import_module("credsweeper.file_handler.string_content_provider").StringContentProvider

    def count(text: str) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            content = provider(text.splitlines())
        sweeper.credential_manager.set_credentials(sweeper.file_scan(content))
        sweeper.post_processing(None)
        return len(sweeper.credential_manager.get_credentials())

    return count


def _presidio_numbers() -> Scanner:
    """Presidio without what any mail holds: names, addresses, dates, telephone numbers."""
    analyse = _presidio_results()
    return lambda text: sum(each.entity_type not in _NOT_PERSONAL for each in analyse(text))


def _presidio() -> Scanner:
    analyse = _presidio_results()
    return lambda text: len(analyse(text))


def _presidio_results() -> Callable[[str], list[Any]]:
    """All predefined recognisers for English but those that need a language model; its domain list as shipped."""
    analyzer: Any = import_module("presidio_analyzer")
    spacy: Any = import_module("spacy")
    tldextract: Any = import_module("tldextract.tldextract")
    tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # no network
    engine = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine(
        models=[{"lang_code": "en", "model_name": "blank"}]
    )
    engine.nlp = {"en": spacy.blank("en")}
    registry = analyzer.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [each for each in registry.recognizers if "Spacy" not in type(each).__name__]
    presidio = analyzer.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    return lambda text: list(presidio.analyze(text, "en"))


def _detect_secrets() -> Scanner:
    """As it scans files: all plugins and filters of its default settings."""
    scan: Any = import_module("detect_secrets.core.scan")
    settings: Any = import_module("detect_secrets.settings")

    def count(text: str) -> int:
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            with settings.default_settings():
                return sum(1 for _ in scan.scan_file(file.name))

    return count
