"""Hints: cheaper patterns that must match wherever the rule does."""

from __future__ import annotations

import re
from random import Random

import hyperscan
import pytest
import re2
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from straymail.content import DETECTORS
from straymail.content import scan as scan_module
from straymail.content.hints import apart, hint
from straymail.content.scan import Rule, Scan
from straymail.content.syntax import read

# A telephone number or an address counts only in a row that begins with a name, which is what their hints look for.
IN_ROWS = ("phoned", "mailed")
RULES = [rule for each in DETECTORS for rule in each.rules if rule.name not in IN_ROWS]
NAMES = [f"{each.name} {rule.name}" for each in DETECTORS for rule in each.rules if rule.name not in IN_ROWS]
PLAIN = Scan(DETECTORS)  # has seen too little text to make hints
# Their check digits ask for more digits than their patterns do.
CHECKED = ("word", "iban")


def matches(pattern: str, text: bytes) -> bool:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_PREFILTER
    database.compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=[flags])
    found: list[int] = []
    database.scan(text, match_event_handler=lambda number, *_: found.append(number), context=None)
    return bool(found)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bAKIA[0-9A-Z]{16}\b", r"(?i)(?:\bakia)"),
        (r"(?i)\b(?:train|bus) station\b", r"(?i)(?:\bbus station\b|\btrain station\b)"),
        (r"colou?r chart", r"(?i)(?:color chart|colour chart)"),
        (r"\b[0-9]{3}-[0-9]{2}\b", r"[0-9]{3}\x2d[0-9]{2}\b"),
        (r"\b[0-9]{2,40}x", r"[0-9]{2,}x"),
        (r"(?m)^SECRET$", r"(?m)SECRET$"),
        ("schl(?:ü|u)ssel", r"(?i)(?:schlussel|schl(?:\xc3\x9c|\xc3\xbc)ssel)"),
        (r"https?://[^\s]{3,9}@", r"https?\x3a\x2f\x2f[^\s]+\x40"),
        (r"\b(?:[0-9]{1,3} months old|[a-z]{3}\.)", r"(?: months old|[a-z]{3}\x2e)"),  # what begins it is left out
        (r"(?m)^\s{0,8}(?:[0-9] )?(Plan|Exam)\s?:", r"(?m)(?:Plan|Exam)[\s]?\x3a"),  # nor what begins its line
        (r"[^0-9][0-9]{4}", r"[^0-9][0-9]{4}"),  # one byte does for the character before
    ],
)
def test_hint(pattern: str, expected: str) -> None:
    assert hint(pattern) == expected


def test_words_apart_begin_alternatives_of_their_own() -> None:
    assert apart("tax id|r[éc]", r" ?[0-9]{2,9}") == (
        r"(?i:(?:tax id))(?: ?[0-9]{2,})|(?i:(?:r(?:(?:\xc3\x89|\xc3\xa9)|c)))(?: ?[0-9]{2,})"
    )


def test_hint_of_common_words_keeps_what_follows() -> None:
    assert hint(r"(?i)\bleave\b[^\n]{0,9}[0-9]", whole=True) == r"(?i)\bleave\b[^\x0a]*[0-9]"


@pytest.mark.parametrize("pattern", [r"(?<name>x)", r"a(b", r"a)b", r"\Qx\E", r"(?=x)"])
def test_syntax_not_known_is_refused(pattern: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        read(pattern)


def spelled(pattern: str) -> str:
    """An RE2 pattern in the syntax of ``re``."""
    pattern = pattern.replace(r"\p{Lu}", "A-Z").replace(r"\p{L}", "A-Za-z").replace(r"\pL", "A-Za-z")
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), pattern)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_hint_matches_what_the_rule_matches(rule: Rule) -> None:
    """Texts made from each rule's own pattern: where RE2 finds it, its hint and what must stand near are found."""
    compiled = re2.compile(rule.pattern.encode())
    gate = "" if rule.name in CHECKED else rule.near

    @seed(1)
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.from_regex(re.compile(spelled(rule.pattern))))
    def check(made: str) -> None:
        text = made.encode("utf-8", "replace")
        if compiled.search(text):
            assert matches(rule.cheaper, text), made
            assert not gate or matches(gate, text), made

    check()


@pytest.fixture(scope="module")
def hinted() -> Scan:
    scan = Scan(DETECTORS)
    scan.prepare()
    return scan


def test_pieces_hide_nothing(hinted: Scan) -> None:
    """The same findings in a long text as in its parts, wherever the borders of the pieces fall."""
    random = Random(5)
    lines = ["Nothing of note on this line, as so often."] * 40
    for _ in range(20):
        filler = "\n".join(lines * random.randrange(1, 12))[random.randrange(60) :]
        text = f"{filler}\nThe password is Tr0ub4dor&3x\n{filler}\nGB82 WEST 1234 5698 7654 32\n{filler}"
        assert {finding.id for finding in hinted.examine(text, "body")} == {"secret.password", "money.iban"}


@pytest.mark.parametrize("filler", [0, 150, 400])
def test_what_must_stand_often_is_counted_in_the_whole_text(hinted: Scan, filler: int) -> None:
    """Rows of addresses spread over pieces, a few in each."""
    names = ("Anna", "Bert", "Carla", "Dirk", "Emma", "Fred", "Gina", "Hans", "Ida", "Jan", "Kim", "Lars")
    between = "\n".join(["nothing of note on this line"] * filler)[: 2_400 * min(filler, 1)]
    text = f"\n{between}\n".join(f"{name} Smith {name.lower()}@mod.example" for name in names)
    found = hinted.examine(text, "body")
    assert found == PLAIN.examine(text, "body")
    assert [each.id for each in found] == ["person.list"]


@pytest.mark.parametrize(
    "text", ["the API token is now:\n  k3Jd9fQ2mN8xV5bT7wZ1rL4c", "API key\n\nk3Jd9fQ2mN8xV5bT7wZ1rL4c"]
)
def test_a_hint_reaches_over_line_ends_as_far_as_its_rule(hinted: Scan, text: str) -> None:
    assert [finding.id for finding in hinted.examine(text, "body")] == ["secret.token"]
    assert [finding.id for finding in PLAIN.examine(text, "body")] == ["secret.token"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_hints_change_nothing(hinted: Scan, text: str) -> None:
    assert list(hinted.examine(text, "body")) == list(PLAIN.examine(text, "body"))


def test_without_hyperscan_every_rule_is_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor it does not run on nothing is lost but time."""

    def refuse(*_: object, **__: object) -> None:
        raise hyperscan.error("no such processor")

    monkeypatch.setattr(scan_module, "Sieve", refuse)
    scan = Scan(DETECTORS)
    scan.prepare()
    assert [each.id for each in scan.examine("The password is Tr0ub4dor&3x", "body")] == ["secret.password"]
