"""Who stands by a person, what the person does alone, what was chosen, and what strikes suddenly."""

from datetime import date
from random import Random

from guanjia.interop.synthetic.draft import Draft, Home
from guanjia.interop.synthetic.health import SELF_CARE
from guanjia.interop.synthetic.later import MONTHS, known
from guanjia.interop.synthetic.scene import Rates
from guanjia.kit import days

GONE = ("dead", "missing")
LASTS = 3
"""Months that an emergency goes on."""
SUDDEN = ("fire", "traffic", "illness", "illness", "other")
CONTRIBUTIONS = (180_00, 360_00, 600_00)
"""Fen a year that one insured as a resident pays, by the level chosen."""


def stand_by(random: Random, home: Home, rates: Rates) -> None:
    """What a visit finds of those who may need others, and emergencies of anybody."""
    for draft in home.drafts:
        if home.local and _matters(draft) and not draft.has("supporters"):
            _support(random, home, draft, rates)
        if draft.has("social_insurance") and random.random() < rates.contributes:
            draft.say("insurance_contribution", random.choice(CONTRIBUTIONS))
        for month in MONTHS:
            if random.random() < rates.emergency:
                _strike(random, draft, month)


def _matters(draft: Draft) -> bool:
    """Old, young or heavily disabled: others owe them support."""
    heavy = any(f.kind == "disability_level" and f.value in (1, 2) for f in draft.person.facts)
    return draft.age >= 60 or draft.age < 18 or heavy


def _support(random: Random, home: Home, draft: Draft, rates: Rates) -> None:
    if draft.age < 18:
        _of_child(random, draft, rates)
        return
    value = _kin(random, home, rates)
    if value != "able" and random.random() < rates.unasked:
        draft.say("supporters", None)
        return
    draft.say("supporters", value)
    if value != "able":
        _alone(random, draft, rates)


def _kin(random: Random, home: Home, rates: Rates) -> str:
    """Spouse, children or parents: none, unable or able."""
    none, unable = (rates.no_kin, rates.unable_kin) if home.poor else (0.0, 0.0)
    draw = random.random()
    if len(home.drafts) == 1 and draw < none:
        return "none"
    return "unable" if draw < none + unable else "able"


def _of_child(random: Random, draft: Draft, rates: Rates) -> None:
    """Of a child of able parents nothing is recorded; of others, what they chose to rely on."""
    states = [f.value for f in draft.person.facts if f.kind in ("father_state", "mother_state")]
    if "able" in states or not states:
        return
    orphaned = all(state in GONE for state in states)
    draft.say("supporters", "none" if orphaned else "unable")
    own = "orphan" if orphaned else "unattended"
    draft.say("chosen_benefit", "tekun" if random.random() < rates.chooses_tekun else own)
    _alone(random, draft, rates)


def _alone(random: Random, draft: Draft, rates: Rates) -> None:
    """What the person does alone, and whether an institution takes care."""
    draft.say("living_form", "institution" if random.random() < rates.institution else "scattered")
    if draft.has(SELF_CARE[0]):
        return
    weak = random.random() < (rates.weak if draft.age >= 60 else 0)
    unable = random.randint(1, 6) if weak else 0
    for number, item in enumerate(reversed(SELF_CARE)):
        draft.say(item, number >= unable)


def _strike(random: Random, draft: Draft, month: date) -> None:
    """An emergency is written down from the first day of its month, until life goes on."""
    later = known(random, "emergency", random.choice(SUDDEN), month)
    later.fact.until = days.add_months(month, LASTS)
    draft.person.later.append(later)
