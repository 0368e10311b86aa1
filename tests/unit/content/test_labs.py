"""Results of blood tests: hits and near misses. Every value is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("health.")}


@pytest.mark.parametrize(
    "text",
    [
        "Hi Clara, your HbA1c came back at 58 mmol/mol and creatinine 112 umol/L, please book to discuss.",
        "HbA1c 8.2%",
        "Hi, just got labs back: A1c 9.1, LDL 162, creat 1.8. Not great.",
        "WBC 12.3",
        "WBC 12.3, Hb 9.8, Plt 210",
        "Na 138 K 4.2",
        "Na 138, K 4.2, Cl 101, HCO3 24, urea 5.6, creatinine 88",
        "Bloods today: CRP 112, WCC 15.4, Na 131.",
        "Troponin 0.45 ng/mL, repeat 1.2",
        "TSH 0.02, fT4 34 - start carbimazole",
        "Her ferritin is 6 ug/L and vitamin B12 is 140 pg/mL.",
        "Her WBC is 12.3 and platelets are 90.",
        "CD4 210 cells/mm3, viral load 45,000 copies/mL",
        "eGFR 28 mL/min/1.73m2",
        "glucose was 18.4 mmol/L this morning",
        "ABG: pH 7.21 pCO2 8.1 pO2 7.4 HCO3 18 lactate 4.2",
        "Test         Result   Units\nHaemoglobin  98       g/L\nWBC          12.3     10^9/L\nCRP          86\n",
        "Glucose;7.9;mmol/L;3.9-5.6;H\nCholesterol;6.1;mmol/L;<5.0;H\n",
        "Test,Result,Unit,Flag\nHbA1c,7.9,%,H\nLDL,3.9,mmol/L,H\n",
        "TSH\t6.8\tmIU/L\t0.4-4.0\tHigh",
        "Bilirubin 45 \u00b5mol/l, albumin 28 g/l: please repeat",
    ],
)
def test_labs(text: str) -> None:
    assert "health.lab" in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sodium 138 mg, potassium 420 mg, cholesterol 30 mg per serving",
        "Nutrition facts: Calories 210, Total fat 8 g, Cholesterol 30 mg, Sodium 470 mg",
        "Na and K are the symbols of sodium and potassium; Na is 11, K is 19.",
        "Glucose prices rose 4.2 % and potassium chloride 3 % on the week.",
        "WBC 12.3, W 4 L 2 - standings after week 6",
        "The WBC title bout of 2026 ends in round 12.",
        "PSA 4.2 released: the new version of our photo suite",
        "Potash K 4.2, Na 138 index, Cl 101: fertilizer prices",
        "TSH 450.10, ALT 12.30, CRP 8.15, AST 3.20, LDH 5.10 closing prices of shares",
        "PTS 20 REB 5 AST 12 STL 3 BLK 2",
        "press ALT 3 then CK 2",
        "Hb 9 class locomotive, Plt 210 platform, WCC 15 Westminster City Council",
        "Spec: ALT 33 mm, CK 12, ESR 0.02 ohm capacitor 470 uF",
        "ESR 12 mOhm, INR 3.2, Hb 120 Brinell",
        "INR 83.20 to the dollar, EUR 0.92",
        "Ca 42 Mg 12 Na 38 K 4 HCO3 180 Cl 21 mg/l",
        "Boiler feed: iron 0.02 mg/L, phosphate 12 mg/L, chloride 4 mg/L. Results attached.",
        "Protein 12 g/l, albumin 3 g/l in the whey of our cheese",
        "Keep your LDL under 100 mg/dL, doctors say.",
        "A cholesterol of 240 mg/dL or higher is high.",
        "The reference range for TSH is 0.4-4.0 mIU/L.",
        "HbA1c fell by 0.8 % in the trial group, shares rose 5 %.",
        "A1c building, room 12; desk A1C 24",
        "Caffeine 80 mg, Vitamin B12 2.4 mcg per can",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_no_value_is_kept() -> None:
    (finding,) = [each for each in examine_text("Her ferritin is 6 ug/L, TSH 6.8 mIU/L", "body") if "lab" in each.id]
    assert finding.excerpt == "ferritin, tsh"
