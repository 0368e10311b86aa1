"""Flights told in a sentence: hits and near misses. Every journey is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id == "travel.journey"}


@pytest.mark.parametrize(
    "text",
    [
        "Hotel Bristol, room 412, arriving Tue 14th 18:20 on LH1172, back Thu",
        "Landing 14:05 Heathrow T5, BA 297 from Chicago, staying at the Strand Palace until Friday",
        "Flying out Monday 6am, EZY 8421 to Malaga, back the Sunday after",
        "Ankunft Freitag 21:15 mit LH 2034 in Berlin",
        "J'arrive mardi à 18h20 par AF1148, je repars jeudi matin",
        "Llego el martes a las 18:20 en el IB3163, vuelvo el jueves",
        "My flight BA117 is delayed, I am landing at 18:20 now",
        "Can you pick me up? KL-1023, tomorrow at 9.40",
    ],
)
def test_a_flight_in_a_sentence(text: str) -> None:
    assert ids(text) == {"travel.journey"}


@pytest.mark.parametrize(
    "text",
    [
        "The bill HB1172 arriving in committee on Tuesday at 18:20",
        "The parcel arrives Tuesday 14:20 with UPS 1172 tracking",
        "Room LH1172 is booked for the seminar on Tuesday, please bring laptops",
        "The OS 2000 update lands on Monday at 9:00",
        "Flight BA 297 crashed on Tuesday at 14:05, Reuters says",
        "Flight BA117 from Boston on Tuesday was delayed by nine hours, passengers said.",
        "Flight LH1172 made an emergency landing on Tuesday",
        "Fares on LH 1172 from $ 99, fly on Tuesday!",
        "We leave on Tuesday at 9:30.\nInvoice AA 1204",
        "The flight number is LH1172.",
    ],
)
def test_what_is_no_flight_of_somebody(text: str) -> None:
    assert ids(text) == set()
