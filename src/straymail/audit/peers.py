"""Other scanners measured beside ours, where they are installed (dependency group ``peers``); nothing needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

Scanner = Callable[[str], int]
"""Text to the number of findings."""


def scanners() -> Iterator[tuple[str, Scanner | None]]:
    """Name and scanner of each peer; None for one that is not installed."""
    for name, make in (("Presidio (regex recognisers)", _presidio), ("detect-secrets", _detect_secrets)):
        try:
            yield name, make()
        except ImportError:
            yield name, None


def _presidio() -> Scanner:
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
    return lambda text: len(presidio.analyze(text, "en"))


def _detect_secrets() -> Scanner:
    scan: Any = import_module("detect_secrets.core.scan")
    settings: Any = import_module("detect_secrets.settings")

    def count(text: str) -> int:
        with settings.default_settings():
            return sum(1 for line in text.splitlines() for _ in scan.scan_line(line))

    return count
