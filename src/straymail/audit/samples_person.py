"""Personal numbers made with their check digits, passport lines, and lists of people; and near misses of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from straymail.audit.samples import Sample

_MADE = 40  # of each country's number
_NUMBERS = {
    "us.ssn": ("SSN: {x}", 9), "gb.utr": ("UTR {x}", 10), "de.idnr": ("Steuer-ID {x}", 11), "nl.bsn": ("BSN {x}", 9),
    "be.nn": ("Rijksregisternummer {x}", 11), "pl.pesel": ("PESEL {x}", 11), "se.personnummer": ("personnr {x}", 10),
    "no.fodselsnummer": ("fødselsnummer {x}", 11), "ro.cnp": ("CNP {x}", 13), "bg.egn": ("ЕГН {x}", 10),
    "gr.amka": ("AMKA {x}", 11), "at.vnr": ("SVNR {x}", 10), "au.tfn": ("tax file number {x}", 9),
    "ca.sin": ("social insurance number {x}", 9), "br.cpf": ("CPF {x}", 11), "ar.cuit": ("CUIT {x}", 11),
    "za.idnr": ("identity number {x}", 13), "in_.aadhaar": ("Aadhaar {x}", 12), "il.idnr": ("ID number {x}", 9),
    "tr.tckimlik": ("TC kimlik no {x}", 11), "hr.oib": ("OIB {x}", 11), "is_.kennitala": ("kennitala {x}", 10),
    "ru.inn": ("ИНН {x}", 12), "th.pin": ("national ID {x}", 13),
}  # fmt: skip
_WEIGHTS = (7, 3, 1)
_FIRST = ("Clara", "Tom", "Hanna", "Ines", "Ivo", "Lena", "Omar", "Mei", "Ravi", "Sofia", "Juri", "Nils")
_LAST = ("Voss", "Okafor", "Lind", "Duarte", "Ebel", "Quill", "Tarn", "Brandt", "Harlow", "Moreau", "Sato", "Holt")
_TRIES = 40_000


def samples(_folder: Path) -> Iterator[Sample]:
    """Made samples only; the folder is not needed."""
    rng = Random(20260404)  # noqa: S311  (samples, not secrets)
    for module, (around, size) in _NUMBERS.items():
        check: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
        for number in range(_MADE):
            made = _made(rng, check, size, module)
            if made:
                text = f"For the visit: {around.replace('{x}', made)} as asked.\n"
                yield Sample(f"{module} {made}", made, "identity numbers", text, wanted=("person.id-number",))
                wrong = _changed(rng, made)
                if not check(wrong):
                    text = f"For the visit: {around.replace('{x}', wrong)} as asked.\n"
                    yield Sample(f"{module} {wrong}", made, "identity numbers, one digit changed", text,
                                 unwanted=("person.id-number",))  # fmt: skip
            yield Sample(f"bare {module} {number}", f"b{module}{number}", "bare digits", f"{_digits(rng, size)}\n",
                         unwanted=("person.id-number",))  # fmt: skip
    for number in range(300):
        first, second = _passport(rng)
        yield Sample(f"mrz {number}", second, "passport lines", f"{first}\n{second}\n", wanted=("person.passport",))
        wrong = second[:13] + str((int(second[13]) + 1) % 10) + second[14:]
        yield Sample(f"mrz wrong {number}", second, "passport lines, one digit changed", f"{first}\n{wrong}\n",
                     unwanted=("person.passport",))  # fmt: skip
        kind, text = _list(rng)
        yield Sample(f"list {number}", f"list {number}", kind, text, wanted=("person.list", "person.payroll"))


def _digits(rng: Random, size: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(size))


def _made(rng: Random, check: Callable[[str], bool], size: int, module: str) -> str:
    """A valid number found by trying: dates are put in front where the number begins with one."""
    for _ in range(_TRIES):
        year, month, day = rng.randrange(50, 99), rng.randrange(1, 13), rng.randrange(1, 29)
        start = {
            "be.nn": f"{year}{month:02}{day:02}", "pl.pesel": f"{year}{month:02}{day:02}",
            "se.personnummer": f"{year}{month:02}{day:02}-", "no.fodselsnummer": f"{day:02}{month:02}{year}",
            "ro.cnp": f"1{year}{month:02}{day:02}", "bg.egn": f"{year}{month:02}{day:02}",
            "gr.amka": f"{day:02}{month:02}{year}", "za.idnr": f"{year}{month:02}{day:02}",
            "is_.kennitala": f"{day:02}{month:02}{year}",
        }.get(module, "")  # fmt: skip
        number = start + _digits(rng, size - len(start.replace("-", "")))
        if module == "us.ssn":
            number = f"{number[:3]}-{number[3:5]}-{number[5:]}"
        if check(number):
            return number
    return ""


def _changed(rng: Random, number: str) -> str:
    places = [at for at, letter in enumerate(number) if letter.isdigit()]
    at = rng.choice(places)
    return number[:at] + str((int(number[at]) + rng.randrange(1, 10)) % 10) + number[at + 1 :]


def _passport(rng: Random) -> tuple[str, str]:
    """ICAO 9303-4: two lines of 44."""
    country = rng.choice(("GBR", "USA", "DEU", "FRA", "UTO", "D<<"))
    name = f"{rng.choice(_LAST).upper()}<<{rng.choice(_FIRST).upper()}"
    number, born, ends = f"X{_digits(rng, 8)}", f"{_digits(rng, 2)}0{rng.randrange(1, 9)}1{rng.randrange(9)}", "310912"
    line = f"{number}{_check(number)}{country}{born}{_check(born)}{rng.choice('MF')}{ends}{_check(ends)}{'<' * 14}0"
    whole = line[:10] + line[13:20] + line[21:43]
    return f"P<{country}{name}".ljust(44, "<"), line + _check(whole)


def _check(text: str) -> str:
    values: dict[str, Any] = {letter: at for at, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
    return str(sum(values[letter] * _WEIGHTS[at % 3] for at, letter in enumerate(text)) % 10)


def _list(rng: Random) -> tuple[str, str]:
    count = rng.randrange(8, 40)
    people = [(rng.choice(_FIRST), rng.choice(_LAST)) for _ in range(count)]
    born = [f"{rng.randrange(1, 28):02}.{rng.randrange(1, 12):02}.19{rng.randrange(50, 99)}" for _ in range(count)]
    form = rng.choice(("crew", "csv", "payroll", "contacts"))
    if form == "crew":
        rows = [f"{a} {b}  {day}  X{_digits(rng, 7)}" for (a, b), day in zip(people, born, strict=True)]
        return "crew lists", "Crew list, MV Harbour Light\n" + "\n".join(rows) + "\n"
    if form == "csv":
        rows = [f"{b}, {a},{day},{_digits(rng, 7)}" for (a, b), day in zip(people, born, strict=True)]
        return "staff tables", "name,date of birth,number\n" + "\n".join(rows) + "\n"
    if form == "payroll":
        rows = [f"{a} {b}\t{rng.randrange(2, 9)},{_digits(rng, 3)}.00" for a, b in people]
        return "payrolls", "Salaries for May\n" + "\n".join(rows) + "\n"
    rows = [f"{a} {b} {n}  0{_digits(rng, 2)} 555 {_digits(rng, 4)}" for n, (a, b) in enumerate(people)]
    return "contact lists", "Staff list\n" + "\n".join(rows) + "\n"
