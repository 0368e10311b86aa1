"""Who, where and when in what is told of a booking. Every person and journey is invented."""

from __future__ import annotations

import json
import time

import pytest

from straymail.content import examine_text
from straymail.content.itinerary import initials, item_properties, leg, ranked, town
from straymail.evidence import Finding, Sensitivity

FLIGHT = {
    "@type": "FlightReservation",
    "underName": {"@type": "Person", "name": "James Holt"},
    "reservationFor": {
        "@type": "Flight",
        "airline": {"@type": "Airline", "name": "Harbour Air", "iataCode": "HQ"},
        "departureAirport": {"@type": "Airport", "name": "Paris", "iataCode": "CDG"},
        "arrivalAirport": {"@type": "Airport", "iataCode": "DKR"},
        "departureTime": "2026-12-03T10:40:00+01:00",
    },
}
LODGING = {
    "@type": "LodgingReservation",
    "checkinTime": {"@type": "QDateTime", "@value": "2027-06-15T14:00:00"},
    "checkoutTime": "2027-06-18",
    "reservationFor": {
        "name": "Quay Inn",
        "address": {"streetAddress": "5 Quay Road", "addressLocality": "Moorhaven"},
    },
    "underName": {"givenName": "Clara", "familyName": "Voss"},
}
BOOKED = (
    "Booking reference: Q7XV2M\nPassenger: {}\nFlight LX 963 BER-ZRH\n"
    "Departure 10.09.2027 06:45\nArrival 10.09.2027 08:15\ne-ticket, economy class\n"
)


def found(text: str, identifier: str) -> Finding:
    (finding,) = [each for each in examine_text(text, "body") if each.id == identifier]
    return finding


def event(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


@pytest.mark.parametrize(
    ("text", "identifier", "excerpt"),
    [
        (json.dumps(FLIGHT), "travel.flight", "J. H., CDG to DKR, 2026-12-03 10:40"),
        (json.dumps(FLIGHT, indent=2), "travel.flight", "J. H., CDG to DKR, 2026-12-03 10:40"),
        (json.dumps(dict(reversed(FLIGHT.items()))), "travel.flight", "J. H., CDG to DKR, 2026-12-03 10:40"),
        (json.dumps(FLIGHT)[:190], "travel.flight", "J. H."),
        (
            json.dumps([FLIGHT, {**FLIGHT, "reservationFor": {"departureDay": "2026-12-09"}}]),
            "travel.flight",
            "J. H., CDG to DKR, 2026-12-03 10:40 and 1 more",
        ),
        (json.dumps(LODGING), "travel.hotel", "C. V., Moorhaven, 2027-06-15 14:00 to 2027-06-18"),
        (
            "M1VOSS/CLARA          EQ7XV2M BERZRHLX 0963 253Y012A0025 100",
            "travel.boarding-pass",
            "C. V., BER to ZRH, day 253 of the year",
        ),
        (
            event("SUMMARY:Visit", "DTSTART;TZID=Europe/Oslo:20270910T080000", 'ATTENDEE;CN="Holt, James":mailto:j@x.y',
                  "ATTENDEE;CN=Clara Voss:mailto:c@x.y", "LOCATION:Quay Road 5\\, 12345 Moor", " haven"),
            "travel.calendar",
            "J. H. and 1 more, Moorhaven, 2027-09-10 08:00",
        ),
        (
            event("SUMMARY:Moorhaven -> Quay", "DTSTART:20270910T080000Z"),
            "travel.booking",
            "Moorhaven to Quay, 2027-09-10 08:00Z",
        ),
        (BOOKED.format("VOSS/CLARA MS"), "travel.flight", "C. V., BER to ZRH, 10.09.2027 06:45"),
        (BOOKED.format("Clara Voss"), "travel.flight", "C. V., BER to ZRH, 10.09.2027 06:45"),
        (
            (
                "Your booking is confirmed. Confirmation number: HL48213\nGuest: Clara Voss\n"
                "Check-in: 10 Sep 2027, arrival 3 pm\nCheck-out: 12 Sep 2027, 2 nights, double room\n"
            ),
            "travel.hotel",
            "C. V., 10 Sep 2027 to 12 Sep 2027",
        ),
        (
            (
                "Ihre Reiseverbindung, Auftragsnummer: Q7XV2M\nHerr James Holt\nHinfahrt am 28.12.2027\n"
                "Moorhaven Hbf    28.12.   ab 15:06   3\nQuay Hbf    28.12.   an 15:28   14\n"
                "Quay Hbf    28.12.   ab 15:52   19   ICE 943\nHarbour Hbf    28.12.   an 20:09   6\n2. Klasse"
            ),
            "travel.rail",
            "J. H., Moorhaven Hbf to Harbour Hbf, 28.12.2027 15:06",
        ),
        (
            " 1.1HOLT/JAMES MR\n 1. DL   38 Y  20JAN HKGSEA HS3  1145   0811  O           SA\n",
            "travel.flight",
            "J. H., HKG to SEA, 20JAN 1145",
        ),
        ("BA 297 from Quay to Moor leaves Tuesday 9:05", "travel.journey", "flight, Quay to Moor, Tuesday 9:05"),
        (
            "General James Holt will arrive at Northolt at 0930. Car to collect.",
            "travel.movement",
            "general J. H.: 1 movement, 0930, Northolt",
        ),
    ],
)  # fmt: skip
def test_who_where_and_when(text: str, identifier: str, excerpt: str) -> None:
    assert found(text, identifier).excerpt == excerpt


@pytest.mark.parametrize(
    ("plain", "senior", "identifier"),
    [
        (BOOKED.format("Clara Voss"), BOOKED.format("Brigadier Clara Voss"), "travel.flight"),
        (
            "M1VOSS/CLARA MS       EQ7XV2M BERZRHLX 0963 253Y012A0025 100",
            "M1VOSS/CLARA GEN      EQ7XV2M BERZRHLX 0963 253Y012A0025 100",
            "travel.boarding-pass",
        ),
        (
            json.dumps(FLIGHT),
            json.dumps({**FLIGHT, "underName": {"name": "James Holt", "jobTitle": "Permanent Secretary"}}),
            "travel.flight",
        ),
        (
            event("SUMMARY:Visit", "ATTENDEE;CN=James Holt:mailto:j@x.y", "LOCATION:Quay"),
            event("SUMMARY:Visit", "ATTENDEE;CN=Lt Col James Holt:mailto:j@x.y", "LOCATION:Quay"),
            "travel.calendar",
        ),
    ],
)
def test_a_passenger_of_rank_weighs_one_step_more(plain: str, senior: str, identifier: str) -> None:
    usual = found(plain, identifier).sensitivity
    assert found(senior, identifier).sensitivity == Sensitivity(usual + 1)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Gen. James Holt", "J. H."),
        ("HOLT/JAMES MR", "J. H."),
        ("Holt, James", "J. H."),
        ("Dr. Anna-Maria van der Kost", "A. K."),
        ("Vice Admiral J Kost", "J. K."),
        ("张三", "张."),
        ("Mr", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize("name", ["Clara Voss", "VOSS/CLARA MS", "Generali Holt", "Colin Holt", ""])
def test_no_rank(name: str) -> None:
    assert not ranked(name)


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("Main St 5, 10115 Moorhaven, Norland", "Moorhaven"),
        ("10 Quay Street, Moorhaven SW1A 2AA, UK", "Moorhaven"),
        ("Sea Club (Quay Road 5\\, Moorhaven\\, Norland)", "Moorhaven"),
        ("Harbour Light", "Harbour Light"),
        ("5 Quay Road", ""),
        ("https://meet.example/x", ""),
        ("j.holt@x.example", ""),
        ("", ""),
    ],
)
def test_a_town_without_its_street(place: str, named: str) -> None:
    assert town(place) == named


def test_a_line_without_a_journey() -> None:
    assert leg("see you then") == ("", "")


def test_pages_without_reservations_say_nothing() -> None:
    assert not item_properties('<div itemtype="http://schema.org/Product"><b itemprop="name">Tea</b></div>')


@pytest.mark.parametrize(
    "text",
    [
        '"@type":"FlightReservation"',
        '{"@type":"FlightReservation"',
        '{"@type":"FlightReservation","underName":{"name":"\\u12"}}',
        '{"@type":"FlightReservation","underName":[[[]]],"departureAirport":{}}',
        '<div itemtype="http://schema.org/FlightReservation',
    ],
)
def test_malformed_bookings_are_bookings(text: str) -> None:
    assert found(text, "travel.flight").sensitivity == Sensitivity.ELEVATED


@pytest.mark.parametrize(
    "text",
    ['"@type":"Event",' * 2_000, '{"@type":"Event",' * 2_000, "}" * 4_000 + '{"@type":"Event"}' * 2_000],
)
def test_many_bookings_are_read_in_bounded_time(text: str) -> None:
    began = time.monotonic()
    examine_text(text, "body")
    assert time.monotonic() - began < 10
