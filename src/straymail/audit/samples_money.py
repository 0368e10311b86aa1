"""Cards and accounts made with their check digits, and with one digit changed, in the ways people write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from stdnum import iban, luhn
from stdnum.us import rtn

from straymail.audit.samples import Sample

_MADE = 500
_COUNTRIES = {"DE": 18, "AT": 16, "CH": 17, "PL": 24, "SE": 20, "DK": 14, "CZ": 20, "LU": 16, "LT": 16}
_BANKS = {"NL": "ABNA{10}", "GB": "NWBK{14}", "IE": "AIBK{14}"}
_AROUND = (
    "Please charge {x} for the room.",
    "card: {x}\nexp 09/29",
    "Zahlung an {x} bis Freitag",
    "| Voss | {x} | paid |",
    "My visa is {x}, thank you.",
    "Bank account {x}",
    "wire transfer to {x} today",
)


def samples(_folder: Path) -> Iterator[Sample]:
    """Made numbers only; the folder is not needed."""
    rng = Random(20260303)  # noqa: S311  (samples, not secrets)
    for number in range(_MADE):
        yield from _pair(rng, f"card {number}", "cards", _card(rng), "money.card", named=number % 2 == 0)
        yield from _pair(rng, f"iban {number}", "IBAN", _iban(rng), "money.iban", named=True)
        digits = f"{rng.choice(('01', '02', '03', '05', '07', '11', '12', '26', '31'))}{rng.randrange(10**6):06}"
        routing = digits + str(rtn.calc_check_digit(digits))
        text = f"ABA routing {routing}, account 000{rng.randrange(10**6)}\n"
        yield Sample(f"routing {number}", f"r{number}", "US routing", text, wanted=("money.account",))


def _pair(rng: Random, name: str, kind: str, written: str, identifier: str, *, named: bool) -> Iterator[Sample]:
    around = rng.choice(_AROUND) if named else rng.choice((_AROUND[0], _AROUND[3]))
    text = f"{around.replace('{x}', written)}\n"
    yield Sample(name, name, kind, text, wanted=(identifier,))
    places = [at for at, letter in enumerate(written) if letter.isdigit()]
    at = rng.choice(places[4:])
    other = str((int(written[at]) + rng.randrange(1, 10)) % 10)
    wrong = f"{around.replace('{x}', written[:at] + other + written[at + 1 :])}\n"
    yield Sample(f"{name} changed", name, f"{kind}, one digit changed", wrong, unwanted=(identifier,))


def _card(rng: Random) -> str:
    start, size = rng.choice((("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("6011", 16), ("37", 15), ("34", 15)))
    digits = start + "".join(str(rng.randrange(10)) for _ in range(size - len(start) - 1))
    digits += str(luhn.calc_check_digit(digits))
    mark = rng.choice((" ", "-", " "))
    if size == 15:
        return mark.join((digits[:4], digits[4:10], digits[10:]))
    return mark.join(digits[at : at + 4] for at in range(0, 16, 4))


def _iban(rng: Random) -> str:
    country = rng.choice(sorted({*_COUNTRIES, *_BANKS}))
    if country in _BANKS:
        bank, _, size = _BANKS[country].partition("{")
        body = bank + "".join(str(rng.randrange(10)) for _ in range(int(size.rstrip("}"))))
    else:
        body = "".join(str(rng.randrange(10)) for _ in range(_COUNTRIES[country]))
    number = country + iban.calc_check_digits(f"{country}00{body}") + body
    return number if rng.random() < 0.4 else " ".join(number[at : at + 4] for at in range(0, len(number), 4))
