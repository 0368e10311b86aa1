"""Travel: hits and near misses. Every journey is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine, examine_file, examine_text
from straymail.evidence import Sensitivity
from straymail.message import parse_message


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("travel.")}


FLIGHT = (
    "Booking reference: Q7XV2M\nPassenger: VOSS/CLARA MS\nFlight LX 963 BER-ZRH\n"
    "Departure 10.09.2027 06:45\nArrival 10.09.2027 08:15\ne-ticket, economy class\n"
)
BCBP = "M1VOSS/CLARA          EQ7XV2M BERZRHLX 0963 253Y012A0025 100"


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        (FLIGHT, "travel.flight"),
        (BCBP, "travel.boarding-pass"),
        ('{"@type": "LodgingReservation", "reservationNumber": "Q7XV2M"}', "travel.hotel"),
        ('<div itemtype="http://schema.org/TrainReservation">', "travel.rail"),
        (
            "BEGIN:VEVENT\nSUMMARY:Visit\nDTSTART:20270910T080000Z\nLOCATION:Harbour Light\nEND:VEVENT\n",
            "travel.calendar",
        ),
        (
            (
                "Ihre Buchung ist bestätigt. Buchungsnummer: Q7XV2M\nHinfahrt 10.09.2027 ab 06:45 ICE 593 Wagen 7\n"
                "Ankunft 10.09.2027 11:02, Sitzplatz 41, 2. Klasse\n"
            ),
            "travel.rail",
        ),
        (
            (
                "Your booking is confirmed. Confirmation number: HL48213\nGuest: Clara Voss\n"
                "Check-in: 10 Sep 2027, arrival 3 pm\nCheck-out: 12 Sep 2027, 2 nights, double room\n"
            ),
            "travel.hotel",
        ),
    ],
)
def test_travel(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "The flight of capital continued; arrivals of gas fell.",
        "Let us meet at the hotel bar at 7.",
        "Fares from $79, book your eTicket today! Sale fares, blackout dates apply.",
        "The train of thought departed.",
        "BEGIN:VEVENT\nSUMMARY:Tea\nEND:VEVENT\n",
        "Flight simulator 2000 is on sale",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_movements_of_senior_people_weigh_more() -> None:
    (plain,) = [each for each in examine_text(FLIGHT, "body") if each.id == "travel.flight"]
    (senior,) = [each for each in examine_text(f"For General Holt:\n{FLIGHT}", "body") if each.id == "travel.flight"]
    assert (plain.sensitivity, senior.sensitivity) == (Sensitivity.ELEVATED, Sensitivity.HIGH)
    assert "VOSS" not in senior.excerpt


def test_a_booking_for_programs_in_an_html_mail() -> None:
    raw = (
        b"From: a@mod.example\r\nTo: b@army.mil\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
        b'<html><script type="application/ld+json">{"@context": "http://schema.org", "@type": "FlightReservation"}'
        b"</script><body>See you.</body></html>"
    )
    assert "travel.flight" in {finding.id for finding in examine(parse_message(raw))}


def test_the_bar_code_of_a_rail_ticket() -> None:
    (finding,) = examine_file("ticket", "code.bin", b"#UT01" + b"0" * 60, "code.bin")
    assert finding.id == "travel.rail"
