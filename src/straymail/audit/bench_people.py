"""Benches on an archive: untouched mail, typed slips, wrong people, and what each family of evidence adds.

The archive is replayed once. Its first quarter is only learned; the weights that are shipped were fitted on what came
before 65 % of it, so the counts here are of the last 35 %. The threshold is the highest probability that keeps
questions on the untouched messages of that part within the budget: it measures ranking, not the choice of threshold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from straymail.audit.bench import Corpus, Table, interval, is_newcomer, per_thousand, share
from straymail.audit.inject import DOMAIN, KINDS, LISTS, MAILBOX, PERSON
from straymail.audit.mailbox import Spool, archives_of
from straymail.audit.measure import FAMILIES, score, threshold, without
from straymail.audit.trial import Case, Trial
from straymail.correspondence import Correspondence
from straymail.verdict import Weights

BUDGETS = (0.1, 1.0, 5.0)
LEARN, FITTED = 0.25, 0.65
_LISTED = 50
_ASKED_AT = (0.5, 0.2, 0.091, 0.05, 0.02)
_TELLING = 0.5  # log-odds
_HEADS = ("kind", *(f"caught at {budget:g} per 1,000" for budget in BUDGETS), "right one first (of caught at 1)")


def cases_of(corpus: Corpus, kinds: Sequence[str], *, adding: bool = False, masking: bool = False) -> list[Case]:
    """Judged cases of the last part of an archive; with ``masking`` without their greetings too."""
    with closing(Spool(faults=corpus.faults)) as spool:
        corpus.progress("reading the archive")
        spool.fill(archives_of(corpus.folder))
        times = spool.times()
        if not times:
            return []
        since, later = times[int(len(times) * LEARN)], times[int(len(times) * FITTED)]
        corpus.progress("replaying")
        history, begins = Correspondence(corpus.own), datetime.fromtimestamp(since, UTC)
        weights = Weights.shipped()
        trial = Trial(history, weights, begins, 1, kinds=kinds, adding=adding, told_from=later, masking=masking)
        return list(trial.run(spool))


def thresholds(cases: Sequence[Case], weights: Weights) -> dict[float, float]:
    """For each budget the log-odds above which no more untouched messages lie than it allows."""
    clean = [score(case, weights) for case in cases if not case.kind]
    return {budget: threshold(clean, budget) for budget in BUDGETS}


def natural(corpus: Corpus) -> Table:
    """Table 1: untouched mail, the most confident questions listed for a person to read."""
    cases = cases_of(corpus, ())
    worst = sorted(cases, key=lambda case: -case.probability)[:_LISTED]
    listed = [_listed(case) for case in worst]
    counts = {t: sum(case.probability >= t for case in cases) for t in _ASKED_AT}
    rates = {
        str(t): {"per_1000": 1000 * count / len(cases), "interval": [1000 * end for end in interval(count, len(cases))]}
        for t, count in counts.items()
        if cases
    }
    facts: dict[str, object] = {
        "messages": len(cases),
        "questions_at": {str(t): count for t, count in counts.items()},
        "rates_at": rates,
        "worst": listed,
    }
    told = "; ".join(f"{t:g}: {count} = {per_thousand(count, len(cases))} per 1,000" for t, count in counts.items())
    asked, note = _every_newcomer(cases)
    facts["baseline_every_newcomer_per_1000"] = asked
    title = f"Natural replay: {len(cases)} untouched messages; {note}; questions at p >= {told}"
    heads = {
        "p": "p",
        "date": "date",
        "message_id": "Message-ID",
        "sender": "sender",
        "recipient": "recipient",
        "meant": "meant?",
        "because": "because",
    }
    rows = [[f"{each['p']:.3f}", *(str(each[key]) for key in heads if key != "p")] for each in listed]
    return Table("natural", title, tuple(heads.values()), rows, facts)


def _listed(case: Case) -> dict[str, str | float]:
    """A message's most suspect recipient, and where to find the message."""
    each = max(case.assessments, key=lambda assessment: assessment.probability)
    return {
        "p": round(each.probability, 3),
        "date": f"{datetime.fromtimestamp(case.time, UTC):%Y-%m-%d}",
        "message_id": case.message_id,
        "sender": case.sender,
        "recipient": str(each.address),
        "meant": str(each.meant[0].address) if each.meant else "",
        "because": ", ".join(item.id for item in each.evidence if item.weight > _TELLING),
    }


def typos(corpus: Corpus) -> Table:
    """Table 2: slips in the domain, its end, or the mailbox of known correspondents."""
    return _recall(cases_of(corpus, (*DOMAIN, *MAILBOX)), "typos", "Injected typos")


def person(corpus: Corpus) -> Table:
    """Table 3: a wrong person in the place of the right one, and beside the right ones; a wrong mailing list.

    Each stands there twice, as it is and without the greeting, for the strays put in greet who was meant.
    """
    drawn = {
        "replaced": cases_of(corpus, tuple(PERSON), masking=True),
        "added": cases_of(corpus, tuple(PERSON), adding=True, masking=True),
        "lists": cases_of(corpus, tuple(LISTS), masking=True),
    }
    rows: list[Sequence[str]] = []
    facts: dict[str, object] = {}
    title = ""
    for name, cases in drawn.items():
        said = _recall(cases, "person", "Wrong person")
        unsaid = _recall([case.unsaid for case in cases], "person", "Wrong person")
        title = title or said.title
        label = "added: " if name == "added" else ""
        for told, hidden in zip(said.rows, unsaid.rows, strict=True):
            rows += [(f"{label}{told[0]}", *told[1:]), (f"{label}{hidden[0]}, no greeting", *hidden[1:])]
        greeted = sum(case.masked is not None for case in cases if case.kind)
        facts |= {name: {**said.facts, "greeted": greeted}, f"{name}, greeting masked": unsaid.facts}
    return Table("person", title, _HEADS, rows, facts)


def _recall(cases: Sequence[Case], name: str, title: str) -> Table:
    weights = Weights.shipped()
    limits = thresholds(cases, weights)
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.kind:
            by_kind[case.kind].append(case)
            by_kind[case.kind.partition(".")[0] + " (all)"].append(case)
    rows, facts = [], {}
    for kind, found in sorted(by_kind.items()):
        caught = {budget: [c for c in found if score(c, weights) > limit] for budget, limit in limits.items()}
        right = sum(case.suggested for case in caught[1.0])
        newcomer = sum(is_newcomer(case.assessments[0]) for case in found)
        facts[kind] = {
            "cases": len(found),
            "caught": {str(budget): len(hits) for budget, hits in caught.items()},
            "right_first": right,
            "baseline_every_newcomer": newcomer,
        }
        recalls = [share(len(caught[budget]), len(found)) for budget in BUDGETS]
        rows.append((kind, *recalls, share(right, len(caught[1.0]))))
    clean = [case for case in cases if not case.kind]
    asked, note = _every_newcomer(clean)
    facts["untouched"] = {"messages": len(clean), "baseline_every_newcomer_per_1000": asked}
    return Table(name, f"{title}: {len(clean)} untouched messages; {note}", _HEADS, rows, facts)


def _every_newcomer(clean: Sequence[Case]) -> tuple[float, str]:
    """How many questions per 1,000 untouched messages the trivial baseline asks, and that in words."""
    asked = 1000 * sum(any(map(is_newcomer, case.assessments)) for case in clean) / max(1, len(clean))
    return asked, f"baseline 'ask of every newcomer' asks {asked:.0f} per 1,000"


def ablations(corpus: Corpus) -> Table:
    """Table 8: recall by family of strays at 1 per 1,000 when a family of evidence is left out."""
    full = Weights.shipped()
    cases = cases_of(corpus, tuple(KINDS))
    rows, facts = [], {}
    for label, prefixes in {"nothing left out": ("\0",), **FAMILIES}.items():
        weights = without(full, prefixes)
        limit = thresholds(cases, weights)[1.0]
        line = {}
        for family in ("domain", "mailbox", "person"):
            found = [case for case in cases if case.kind.startswith(family)]
            line[family] = (sum(score(case, weights) > limit for case in found), len(found))
        facts[label] = line
        rows.append((label, *(share(*line[family]) for family in ("domain", "mailbox", "person"))))
    return Table("ablations", "Recall at 1 per 1,000 without a family of evidence",
                 ("left out", "domain", "mailbox", "person"), rows, facts)  # fmt: skip
