"""Movements of senior people: hits and near misses. Everybody and every journey is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text
from straymail.evidence import Finding, Sensitivity


def found(text: str) -> list[Finding]:
    return [finding for finding in examine_text(text, "body") if finding.id == "travel.movement"]


@pytest.mark.parametrize(
    "text",
    [
        "The Minister will arrive at Northolt at 0930 on 12 March and travel by car to Chequers.",
        "The General departs Ramstein at 0715 on 4 May, lands Kabul 1540 local, and will be met by the envoy.",
        "General Holt's itinerary: 0900 arrive Northolt, 1900 dinner. He stays in room 1402, Hotel Adlon.",
        "The Prime Minister lands at Heathrow at 18:45 on Tuesday and goes by convoy to the house.",
        "The Ambassador will leave the house at 0800 and arrive at the ministry at 0830.",
        "Admiral Voss is due to arrive at Faslane on 3 June at 1100. Car to collect him from the station.",
        "Programme for the visit of the Chief of Staff\n0930 Arrive Northolt\n1000 Depart by car\n",
        "Our CEO flies to Zurich on Tuesday, LX 963 at 06:45, staying at the Grand Hotel until Thursday.",
        "His Excellency arrives at Terminal 5 at 10:20 on 9 September.",
        "VIP movement: COL Brandt ETA 1410 at HLS 2, ETD 1530 to Camp Harbour.",
        "Minister's travel: dep. Berlin 12.03. 07:10, arr. Brussels 08:35.",
        "Itinerary for MG Harris: wheels up Andrews 0600, wheels down Stuttgart 1930. Lodging at bldg 3.",
        "Der Minister landet am 12. März um 9.30 Uhr in Köln und fährt mit dem Wagen nach Bonn.",
    ],
)
def test_movements(text: str) -> None:
    (finding,) = found(text)
    assert finding.sensitivity is Sensitivity.HIGH


@pytest.mark.parametrize(
    "text",
    [
        "The President arrived in Paris on Monday for talks with the Chancellor.",
        "The minister will leave office on 12 March, the party said.",
        "General Motors will depart from its plan at 0930; the hotel is closed.",
        "The General Assembly arrives at a vote at 0930 on 12 March in room 12.",
        "Secretary of State Holt leaves for Jordan at 0900 GMT by helicopter, AP reports.",
        "The President of the club will arrive late; start without him at 7:30.",
        "The Colonel's chicken arrives at your door by 18:30!",
        "General admission: doors open at 18:30; arrive early, by 18:00, at the hotel.",
        "The minister will arrive at the church at 9:45 for the wedding.",
        "CEO departs: Harbour Light said on 4 May that its chief executive leaves on 30 June.",
        "The Chairman opened the meeting at 9:30 and left at 11:00 by car.",
        "The vice president will be out of the office on 3 June and return on 5 June.",
        "I leave at 5:30 and arrive home at 6:15; shall we meet at the hotel?",
        "Major General Holt (1840-1901) arrived at Moorhaven on 12 March 1870.",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert found(text) == []


def test_who_when_and_where_are_said() -> None:
    (finding,) = found("Admiral Voss will arrive at Faslane on 3 June at 1100. Car to collect him.")
    assert finding.excerpt == "admiral V.: 1 movement, 1100, Faslane"
