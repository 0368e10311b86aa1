"""Health: hits and near misses. Every patient is invented."""

from __future__ import annotations

import pytest
from stdnum.gb import nhs

from straymail.content import examine_text

NHS = next(f"943476{n:04}" for n in range(10_000) if nhs.is_valid(f"943476{n:04}"))


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("health.")}


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        (
            (
                "The patient is a 54-year-old male who presents with chest pain. He denies fever. "
                "Past medical history: hypertension, diabetes. Lisinopril 10 mg daily."
            ),
            "health.note",
        ),
        ("Doctor: What brings you in?\nPatient: My knee.\nDoctor: Does it hurt?\nPatient: Yes.\n", "health.note"),
        ("PMH: asthma. Allergies: penicillin. She does not smoke.", "health.note"),
        ("metoprolol 25 mg b.i.d. and aspirin 81 mg daily", "health.medication"),
        ("Labs: WBC 11.2, hemoglobin 9.8, creatinine 1.4. Afebrile, BP 130/85.", "health.note"),
        ("MRI shows a herniated disc; he underwent surgery and was discharged home.", "health.note"),
        ("Family history: Noncontributory.\n", "health.note"),
        ("Family and social history: She does not drink or smoke.", "health.note"),
        ("Chief complaint: Fall and laceration.", "health.note"),
        ("Exam: RECTAL: Examination was deferred.", "health.note"),
        ("3) Allergies: None.", "health.note"),
        ("Diagnosis: E11.9", "health.diagnosis"),
        ("ICD-10 J45", "health.diagnosis"),
        ("Mr Pratt: ICD-10 F32 is why he was signed off", "health.diagnosis"),
        ("Course of treatment of Mr Pratt: ICD-10 F32", "health.diagnosis"),
        (
            "My wife collapsed at the first-aid course: chest pain, BP 90/50, pulse 120, no known allergies.",
            "health.note",
        ),
        (f"NHS number {NHS}", "health.number"),
        (f"NHS number {NHS[:6]}\n{NHS[6:]}", "health.number"),
        (f"NHS no: {NHS[:3]} {NHS[3:6]} \r\n{NHS[6:]}", "health.number"),
        (f"NHS number:\n{NHS}", "health.number"),
        ("KVNR: A123456780", "health.number"),
        ("Versichertennummer A 123 456 780", "health.number"),
        ("MRN: 00482913", "health.number"),
        (f"CHI number {NHS}", "health.number"),
        (f"H&C No: {NHS}", "health.number"),
        ("Health card 1234 567 897 AB", "health.number"),
        ("BP 182/104, HR 98, Temp 38.4, SpO2 91% on RA", "health.note"),
        ("O/E: abdo soft, tender RIF, guarding. WCC 16. Imp: appendicitis.", "health.note"),
    ],
)
def test_health(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "I am out with the flu today, back on Monday.",
        "The race to cure diabetes starts at nine; bring your walking shoes.",
        "Health plan enrolment closes on Friday. Choose your doctor by the 14th.",
        "The patent is a nine-year-old filing about insulin pumps.",
        "Our father plant had a fever of activity this quarter.",
        "See room B12.4 and the diagnosis of the network fault.",
        "NHS number 9434765918",
        "NHS number 943476\n5918",
        "KVNR: A123456781",
        "Teil A123456780",
        "The new drug was approved, shares rose 4 %.",
        "Plan: discharge the barge before the evening tide.",
        "Disposition: home office. Findings: two invoices missing.",
        "We read 'Family history: a guide' in the archive course.",
        "The back: repaint it. The chest: lock it.",
        "Please have your vaccination at the clinic. Symptoms include fever and cough.",
        "My son has a fever, I will leave early and visit the clinic.",
        "Error code C12.5: replace toner",
        "In ICD-10, F32 is depression.",
        "ICD-10 training: F32, J45 and many others",
        "Pharmacy: Metformin 500 mg, 30 tablets 4.99, Ramipril 5 mg 3.49",
        "ICD-10 coding course: F32 is depression",
        "Webinar on Tuesday: ICD-10 for beginners, J45 stands for asthma",
        "First-aid course on Tuesday: how to treat a fracture, bleeding, burns and shock. CPR, chest pain and stroke.",
        "The project is on life support. The treatment so far: surgery on the budget, and it hurts.",
        "Charity run for cancer research on Sunday! Asthma, diabetes, stroke: we run for all who need treatment.",
        "Ibuprofen 400 mg tablets, 24 pack, only 3.99. Take one tablet 400 mg daily.",
        "",
        "CHI number 9434765918",
        f"the chi square is {NHS}",
        "Health card 1234 567 890 AB",
        "BP shares closed at 482/485, temperature of the market: 38",
        "O/E: two printers, one desk.",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_nothing_of_the_note_is_kept() -> None:
    text = "The patient is a 54-year-old male with hypertension. He denies chest pain."
    (finding,) = [each for each in examine_text(text, "body") if each.id == "health.note"]
    assert "hypertension" not in f"{finding.excerpt} {finding.text}"
