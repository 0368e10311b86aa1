"""``money.card``, ``.iban``, ``.account``, ``.tax``, ``.statement``: what opens a purse, or shows what is in it.

Cards: issuer's range (ISO/IEC 7812), length, Luhn's digit, and either the grouping people write or a word beside, for
one in ten long numbers passes Luhn. IBAN: ISO 13616, modulo 97 and the country's length. US routing numbers: ABA digit.
"""

from __future__ import annotations

from collections.abc import Iterator

from stdnum import iban, luhn
from stdnum.us import rtn

from straymail.content.scan import DIGITS, Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_GAP = r"(?:[ \-]| ?\r?\n)?"  # between groups of figures, one of which may be the end of a line
_RULES = (
    Rule("card", r"(?:^|[^0-9.\-/=_])((?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|4[4-9][0-9]|5[0-9]{2})"
           rf"|35[2-8][0-9]){_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
           rf"|3[47][0-9]{{2}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{5}}|3(?:0[0-5]"
           rf"|[68][0-9])[0-9]{_GAP}[0-9]{{6}}{_GAP}[0-9]{{4}})(?:[^0-9]|$)", near=DIGITS,
         hint=r"[0-9](?:[ \-]*(?:\r?\n)?[0-9]){12}"),
    # Ranges that overlap with other numbers: China's UnionPay, Maestro. A word beside is needed.
    Rule("card-said", rf"(?:^|[^0-9.\-/=_])((?:62[0-9]{{2}}|50[0-9]{{2}}|5[6-8][0-9]{{2}}|6(?:304|759|76[1-3]))"
           rf"{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?:{_GAP}[0-9]{{3}})?)(?:[^0-9]|$)", near=DIGITS,
         hint=r"(?:62|50|56|57|58|63|67)[0-9]{2}(?:[ \-]*(?:\r?\n)?[0-9]){12}"),
    Rule("iban", rf"\b([A-Z]{{2}}[0-9]{{2}}(?:{_GAP}[A-Z0-9]{{4}}){{2,7}}(?:{_GAP}[A-Z0-9]{{1,3}})?)\b", near=DIGITS,
         hint=r"[A-Z]{2}[0-9]{2}[ \-]*(?:\r?\n)?[A-Z0-9]{4}[ \-]*(?:\r?\n)?[A-Z0-9]{4}"),
    Rule("routing", r"(?i)\b(?:routing|aba|rtn|transit)\b[^\n0-9]{0,24}([0-9]{9})\b"),
    Rule("sort", r"(?i)\b(?:sort ?code|s/c)\b[^\n0-9]{0,6}([0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2})\b"
         r"[\s\S]{0,80}?\b([0-9]{8})\b"),
    Rule("sort-last", r"(?i)\b(?:account|acct|a/c)\b[^\n0-9]{0,16}([0-9]{8})\b[^0-9]{1,60}?"
         r"\b(?:sort ?code|s/c)\b[^\n0-9]{0,6}[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}\b",
         hint=r"(?i)(?:sort ?code|\bs/c\b)[^\n0-9]*[0-9]{2}"),
    Rule("account", r"(?i)\b(?:account|acct|a/c|konto|compte|cuenta)\b\.?(?: ?(?:number|no\.?|num\.?|#|nr\.?"
           r"|nummer))?[^\n0-9A-Za-z]{1,5}([0-9][0-9\-]{5,15}[0-9])\b", whole=True),
    Rule("bank", r"(?i)\b(?:wire (?:transfer|instructions?)|beneficiary|swift|bic|bank (?:name|transfer|account"
           r"|of)|for credit to|credit to|(?:n\.a\.|bank,)|kontoinhaber|bankverbindung)\b"),
    Rule("tax-form", r"(?i)\b(?:form (?:1040|w-?2|w-?9|1099)|w-2 (?:form|wage)|p60|p45|p11d|self[ -]assessment"
           r"|tax return|steuerbescheid|lohnsteuerbescheinigung|avis d'imposition|adjusted gross income"
           r"|taxable income)\b"),
    Rule("tax-line", r"(?i)\b(?:wages,? tips|federal income tax withheld|adjusted gross income|taxable income"
           r"|tax withheld|filing status|exemptions claimed|refund due|bruttoarbeitslohn"
           r"|einbehaltene lohnsteuer|tax code \d{3,4}[a-z]|total pay)\b[^\n]{0,30}?[0-9][0-9.,]{2,}"),
    Rule("statement", r"(?i)\b(?:(?:opening|closing|beginning|ending|previous|new|available) balance"
           r"|balance brought forward|total (?:deposits|withdrawals)|statement (?:period|date)|account summary"
           r"|kontostand|solde)\b[^\n]{0,30}?[0-9][0-9.,]{2,}"),
)  # fmt: skip
_CARD_WORDS = ("card", "visa", "master", "amex", "american express", "credit", "cc ", "cc#", "exp", "cvv", "karte",
               "carte", "tarjeta", "debit", "discover", "maestro", "unionpay")  # fmt: skip


def _judge(text: Text) -> Iterator[Finding]:
    seen: set[str] = set()
    for finding in (*_numbers(text), *_papers(text)):
        if finding.digest not in seen:
            seen.add(finding.digest)
            yield finding


def _numbers(text: Text) -> Iterator[Finding]:
    for hit in text.hits("card", "card-said", "iban", "routing", "sort", "sort-last", "account"):
        value = hit.groups[0]
        if hit.rule.startswith("card"):
            yield from _card(text, hit, value)
        elif hit.rule == "iban":
            number = _iban(value)
            if number:
                said = "it holds a bank account (IBAN)"
                excerpt = f"{number[:2]}… ending {number[-2:]}"
                yield text.finding("money.iban", Sensitivity.ELEVATED, 0.99, said, hit, secret=number, excerpt=excerpt)
        elif hit.rule == "routing" and rtn.is_valid(value):
            yield _account(text, hit, value, 0.9)
        elif hit.rule.startswith("sort") or (hit.rule == "account" and text.hits("bank", "routing", "sort")):
            yield _account(text, hit, value, 0.85 if hit.rule.startswith("sort") else 0.75)


def _account(text: Text, hit: Hit, value: str, sure: float) -> Finding:
    excerpt = "sort code and number" if hit.rule.startswith("sort") else f"number ending {value[-2:]}"
    return text.finding(
        "money.account", Sensitivity.ELEVATED, sure, "it holds a bank account", hit, secret=value, excerpt=excerpt
    )


def _iban(written: str) -> str:
    """The IBAN, trying shorter readings: it may run into the word after it, and is on two lines at the most."""
    pieces = " ".join(written.split("\n")[:2]).split()
    for end in range(len(pieces), 0, -1):
        number = "".join(pieces[:end]).replace("-", "")
        if len(number) >= 15 and iban.is_valid(number, check_country=False):
            return number
    return ""


def _card(text: Text, hit: Hit, value: str) -> Iterator[Finding]:
    digits = "".join(filter(str.isdigit, value))
    if len(set(digits)) < 4 or value.count("\n") > 1 or not luhn.is_valid(digits):
        return
    near = (text.before(hit, 80) + text.after(hit, 60)).lower()
    grouped = len(digits) != len(value)
    named = any(word in near for word in _CARD_WORDS)
    if named or (grouped and "\n" not in value and hit.rule == "card"):  # lines of a table hold numbers too
        sure = 0.97 if named else 0.85
        excerpt = f"card ending {digits[-2:]}"
        yield text.finding(
            "money.card", Sensitivity.HIGH, sure, "it holds a payment card number", hit, secret=digits, excerpt=excerpt
        )


def _papers(text: Text) -> Iterator[Finding]:
    lines = text.hits("tax-line")
    if lines and len({hit.text[:12].lower() for hit in (*lines, *text.hits("tax-form"))}) > 1:
        yield text.finding(
            "money.tax", Sensitivity.HIGH, 0.8, "it holds somebody's tax papers", lines[0], secret=lines[0].text
        )
    balances = text.hits("statement")
    if len({hit.text[:10].lower() for hit in balances}) > 2:
        said = "it holds a statement of account"
        yield text.finding("money.statement", Sensitivity.ELEVATED, 0.8, said, balances[0], secret=balances[0].text)


DETECTOR = Detector("money", _RULES, _judge)
