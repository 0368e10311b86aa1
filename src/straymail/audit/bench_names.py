"""Benches on lists of names: "did you mean" for mail domains, and .mil typed as .ml and its like."""

from __future__ import annotations

import csv
import importlib
import json as jsonlib
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from straymail.audit.bench import Corpus, Table, is_newcomer, share
from straymail.audit.lists import legitimate_domains
from straymail.correspondence import Correspondence, Observation
from straymail.errors import AddressError
from straymail.evidence import Assessment
from straymail.message import Address, Envelope, normalise_domain, parse_address
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

THRESHOLD = 0.091
"""The policy's bound for a budget of one question per 1,000 messages."""

_SLIPPED = "`'\",;:>)]}"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SENDER = "someone@own.example"
_ML_CORRESPONDENTS = 200
_LEGITIMATE = 20_000
_SHOWN = 200
_ENDS = ("ml", "mi", "mill", "mli")
_FEW_DOTS = 2
_SUGGEST_FROM = 0.7  # strength of a domain slip from which a bare suggestion (no history at all) is made


def suggest(history: Correspondence, address: Address) -> str:
    """The domain suggested for an address that is known to nobody; "" for none."""
    envelope = Envelope(parse_address(_SENDER), (address,))
    for signal in observe(Context(history, envelope, None, _NOW), address):
        if signal.id in ("typo.domain", "typo.tld") and signal.strength >= _SUGGEST_FROM:
            return signal.meant[0].address.domain
    return ""


def didyoumean(corpus: Corpus) -> Table:
    """Table 5: misspelt mail domains of sign-up forms, and suggestions for domains that are right."""
    with (corpus.folder / "typos" / "domain_typos.tsv").open(encoding="utf-8") as stream:
        pairs = [(row["typed"], row["intended"]) for row in csv.DictReader(stream, delimiter="\t")]
    right = [name for name in _legitimate(corpus) if name not in {typed for typed, _ in pairs}]
    wide = [name for name in legitimate_domains(_LEGITIMATE) if name not in {typed for typed, _ in pairs}]
    history = Correspondence(["own.example"])
    asked = [*(typed for typed, _ in pairs), *right, *wide]
    tools: dict[str, Callable[[str], str]] = {"straymail": lambda name: _ours(history, name), **_peers(asked)}
    rows, facts = [], {}
    for name, tool in tools.items():
        hits = sum(tool(typed) == intended for typed, intended in pairs)
        wrong = sum(tool(domain) not in ("", domain) for domain in right)
        wider = [domain for domain in wide if tool(domain) not in ("", domain)]
        facts[name] = {
            "right": hits,
            "of": len(pairs),
            "wrong_suggestions": wrong,
            "legitimate": len(right),
            "wrong_on_wide": len(wider),
            "wide": len(wide),
            "examples": wider[:_SHOWN],
        }
        rows.append((name, share(hits, len(pairs)), share(wrong, len(right)), share(len(wider), len(wide))))
    heads = ("tool", "right", "wrong, popular and .mil", "wrong, countries and universities")
    return Table("didyoumean", "Did you mean, without any history", heads, rows, facts)


def _ours(history: Correspondence, name: str) -> str:
    try:
        return suggest(history, Address("someone", normalise_domain(name)))
    except AddressError:
        bare = name.rstrip(_SLIPPED)  # no domain at all: what is left without a key that was hit beside Enter
        return (_ours(history, bare) or bare) if bare != name else ""


_MAILCHECK = """
const mailcheck = require("mailcheck");
const names = JSON.parse(require("fs").readFileSync(0, "utf8"));
const said = names.map((name) => [name, mailcheck.run({ email: "a@" + name }) || {}]);
console.log(JSON.stringify(Object.fromEntries(said.map(([name, found]) => [name, found.domain || ""]))));
"""


def _mailcheck(names: Sequence[str]) -> dict[str, str]:
    """What npm's mailcheck suggests for each name; empty where Node.js or the package (below NODE_PATH) is missing."""
    node = shutil.which("node")
    if node is None:
        return {}
    command, given = [node, "-e", _MAILCHECK], jsonlib.dumps(list(names))
    said = subprocess.run(command, input=given, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603
    return dict(jsonlib.loads(said.stdout)) if said.returncode == 0 else {}


def _peers(names: Sequence[str]) -> dict[str, Callable[[str], str]]:
    """Other tools, where they are installed; ``names`` are all that will be asked for."""
    found: dict[str, Callable[[str], str]] = {}
    if said := _mailcheck(names):
        found["mailcheck (npm)"] = said.__getitem__
    try:
        mailcheck: Any = importlib.import_module("pymailcheck")
        found["pymailcheck"] = lambda name: (mailcheck.suggest(f"a@{name}") or {}).get("domain", "")
    except ImportError:
        pass
    try:
        fixer: Any = importlib.import_module("email_typo_fixer").EmailTypoFixer()
        found["email-typo-fixer"] = lambda name: _fixed(fixer, name)
    except ImportError:
        pass
    return found


def _fixed(fixer: Any, name: str) -> str:  # noqa: ANN401  (no types)
    try:
        return str(fixer.normalize(f"a@{name}")).rpartition("@")[2]
    except ValueError:
        return ""


def _legitimate(corpus: Corpus) -> list[str]:
    ranked = (corpus.folder / "domains" / "opendns-top-10k-2014.txt").read_text(encoding="utf-8").split()
    return list(dict.fromkeys([*ranked, *_military(corpus)]))


def _military(corpus: Corpus) -> list[str]:
    with (corpus.folder / "domains" / "dotmil.csv").open(encoding="utf-8", errors="replace") as stream:
        cells = (cell.strip().lower() for row in csv.reader(stream) for cell in row)
        names = (cell.rstrip(".") for cell in cells if cell.rstrip(".").endswith(".mil") and " " not in cell)
        return list(dict.fromkeys(names))


def writes_to_mil() -> Correspondence:
    """An organisation that writes to .mil, but to none of the names that are tried."""
    history = Correspondence(["own.example"])
    boxes = [(f"officer{n}@unit{n % 7}.elsewhere-known.mil", "") for n in range(60)]
    _exchange(history, boxes)
    return history


def _exchange(history: Correspondence, boxes: Iterable[tuple[str, str]]) -> None:
    """One message to each, and an answer."""
    for number, box in enumerate(boxes):
        key = box[0]
        history.observe(
            Observation(f"out-{key}", 1e9 + number, _SENDER, "", (box,), False, f"{number}o", (), "", False)
        )
        history.observe(
            Observation(f"in-{key}", 1e9 + number + 60, key, "", ((_SENDER, ""),), True, f"{number}i", (), "", False)
        )


def milml(corpus: Corpus) -> Table:
    """Table 6: every .mil name typed under a wrong end, and honest correspondents under .ml."""
    history, weights = writes_to_mil(), Weights.shipped()
    rows: list[tuple[str, str, str]] = []
    facts: dict[str, dict[str, int]] = {}
    for case, pairs in _mistyped(_military(corpus)).items():
        judged = [(_assessed(history, weights, Address("someone.new", typed)), right) for typed, right in pairs]
        asked = sum(_asked(each, right) for each, right in judged)
        newcomers = sum(is_newcomer(each) for each, _ in judged)
        counts = {"asked_right": asked, "of": len(judged), "baseline_every_newcomer": newcomers}
        facts[case.removeprefix(".mil typed .")] = counts
        rows.append((case, share(asked, len(judged)), share(newcomers, len(judged))))
    boxes = [(f"friend{n}@bureau{n}.ml", "") for n in range(_ML_CORRESPONDENTS)]
    before = [_assessed(history, weights, parse_address(key)) for key, _ in boxes]
    _exchange(history, boxes)
    again = [_assessed(history, weights, parse_address(key)) for key, _ in boxes]
    honest = {"of": len(boxes)}
    for name, found in (("first message", before), ("after an answer", again)):
        asked, newcomers = sum(each.probability >= THRESHOLD for each in found), sum(map(is_newcomer, found))
        honest["asked_at_first" if found is before else "asked_after_an_answer"] = asked
        rows.append((f"honest .ml, {name}, asked", share(asked, len(boxes)), share(newcomers, len(boxes))))
    facts["honest ml"] = honest
    heads = ("case", "asked (with the right suggestion)", "asking of every newcomer")
    return Table("milml", ".mil and .ml", heads, rows, facts)


def _mistyped(names: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What is typed and what is right, by the kind of slip."""
    cases = {f".mil typed .{end}": [(f"{name.removesuffix('mil')}{end}", name) for name in names] for end in _ENDS}
    few = [name for name in names if name.count(".") == _FEW_DOTS]
    more = [name for name in names if name.count(".") > _FEW_DOTS]
    cases["a dot left out, three labels (usarmy.mil)"] = [(_without_a_dot(name), name) for name in few]
    cases["a dot left out, more labels"] = [(_without_a_dot(name), name) for name in more]
    bare = [short for name in names if (short := _without_a_label(name))]
    cases[".ml and the first label left out"] = [(short, f"{short.removesuffix('ml')}mil") for short in bare]
    return cases


def _without_a_dot(name: str) -> str:
    return name.replace(".", "", 1)


def _without_a_label(name: str) -> str:
    _, _, rest = name.partition(".")
    return f"{rest.removesuffix('mil')}ml" if "." in rest else ""


def _assessed(history: Correspondence, weights: Weights, address: Address) -> Assessment:
    return assess(weights, address, observe(_context(history, address), address))


def _asked(assessment: Assessment, right: str) -> bool:
    """Whether it is asked about, and the right domain is suggested first."""
    meant = assessment.meant
    return assessment.probability >= THRESHOLD and bool(meant) and meant[0].address.domain == right


def _context(history: Correspondence, address: Address) -> Context:
    return Context(history, Envelope(parse_address(_SENDER), (address,)), None, _NOW)
