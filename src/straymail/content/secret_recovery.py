"""What opens something again when the password is gone: recovery keys of disks, phrases of wallets, links that log in.

A BitLocker recovery key is eight groups of six digits, each a multiple of 11 below 720,896; a phrase (BIP 39) is twelve
to twenty-four words of a list that has no articles, conjunctions or prepositions such as "with".
"""

from __future__ import annotations

from straymail.content.hints import hint
from straymail.content.scan import Hit, Rule
from straymail.content.secret_values import odd, placeholder

_OPENS = r"/(?:reset|recover|magic|magic[_\-]?(?:link|login)|login[_\-]?link)"
_WORDS = r"(?:(?:[0-9]{1,2}[.):]?\s{0,3})?[a-z]{3,8}[ ,;\r\n\t|]{1,4})"
RULES = (
    Rule("bitlocker", r"\b([0-9]{6}(?:-\s{0,2}[0-9]{6}){7})\b", hint=r"[0-9]{6}(?:-\s*[0-9]{6}){3}"),
    Rule("phrase", r"(?i)\b(?:(?:seed|recovery|mnemonic|backup|wallet) (?:phrase|words)|mnemonic)"
         rf"(?: (?:for|of) [\w '’\-]{{2,30}}?)?(?:(?: is| are)?:| is| are| -)\s{{1,4}}({_WORDS}{{11,23}}"
         r"(?:[0-9]{1,2}[.):]?\s{0,3})?[a-z]{3,8})\b"),
    Rule("shared", r"(?i)\b(?:(?:pre-?shared (?:key|secret)|shared secret|psk)(?: ?\([^)\n]{1,30}\))?"
         r"(?: (?:for|of|to) [\w .\-]{2,30}?)?\s{0,3}[:=]"
         r"|pre-?shared (?:key|secret)(?: (?:for|of|to) [\w .\-]{2,30}?)? is:?)\s{1,4}[\"'“`]?([^\s\"'”`<>,;]{8,64})"),
    Rule("opens", rf"(?i)https?://[^\s\"'<>]{{3,200}}?{_OPENS}(?:/[\w\-]{{1,24}}){{0,2}}/?(?:\?[^\s\"'<>]{{0,60}}?=|/)"
         r"((?:[0-9a-z]{1,13}-)?[0-9a-z]{20,200}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b",
         hint=hint(rf"(?i){_OPENS}", whole=True)),
)  # fmt: skip
NAMES = frozenset(rule.name for rule in RULES)
_NO_PHRASE = frozenset(
    ("the", "your", "and", "for", "with", "not", "are", "was", "our", "from", "been", "its", "words", "which", "them")
)
_FEW_DIGITS = 4


def sure(hit: Hit, value: str) -> float:
    """How sure a value found by one of these rules is what it looks like."""
    if hit.rule == "bitlocker":
        groups = [int(group) for group in value.split("-")]
        return 0.97 if all(group % 11 == 0 and group < 11 << 16 for group in groups) else 0.8
    if hit.rule == "phrase":
        return 0.9 if _NO_PHRASE.isdisjoint(value.lower().replace(",", " ").split()) else 0.0
    if hit.rule == "shared":
        return 0.9 if odd(value) and not placeholder(value) and "://" not in value else 0.0
    return 0.9 if sum(map(str.isdigit, value)) >= _FEW_DIGITS and not value.isdigit() else 0.0


def what(hit: Hit) -> tuple[str, str]:
    """The finding's id, and what is said of it."""
    return {
        "bitlocker": ("secret.key", "it holds the key that unlocks a disk"),
        "phrase": ("secret.key", "it holds the words that open a wallet"),
        "shared": ("secret.password", "it holds a shared key"),
    }.get(hit.rule, ("secret.reset-link", "it holds a link that logs in or sets a password"))
