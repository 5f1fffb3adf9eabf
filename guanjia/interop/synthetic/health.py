"""Disability, illness, self-care and what is held elsewhere, at rates of a certified register."""

from random import Random

from guanjia.interop.synthetic.draft import Draft, Home
from guanjia.interop.synthetic.shapes import weighted

KINDS = (
    *(("limb", 0.45), ("hearing", 0.14), ("sight", 0.12), ("intellect", 0.10), ("mental", 0.13)),
    *(("speech", 0.02), ("multiple", 0.04)),
)
LEVELS = ((1, 0.13), (2, 0.25), (3, 0.27), (4, 0.35))
SELF_CARE = (
    *("eats_alone", "dresses_alone", "leaves_bed_alone"),
    *("uses_toilet_alone", "walks_indoors_alone", "bathes_alone"),
)
LIKELY = 0.021
LIKELY_POOR = 0.24


def fall_ill(random: Random, home: Home) -> None:
    """Certificates and illnesses of the members."""
    for draft in home.drafts:
        weight = 0.5 if draft.age < 18 else 2.0 if draft.age >= 60 else 1.0
        if random.random() < weight * (LIKELY_POOR if home.poor else LIKELY):
            disable(random, draft)
        if random.random() < (0.10 if home.poor else 0.0025):
            draft.say("serious_illness", True)
        if home.poor and draft.grown and not draft.has("able_to_work"):
            draft.say("able_to_work", not (draft.has("serious_illness") or random.random() < 0.2))


def disable(random: Random, draft: Draft) -> None:
    """A certificate: kind and level, and for the heavier ones what the person does alone."""
    if draft.has("disability_level"):
        return
    level = weighted(random, LEVELS)
    draft.say("disability_kind", weighted(random, KINDS))
    draft.say("disability_level", level)
    if draft.grown and not draft.has("able_to_work"):
        draft.say("able_to_work", level >= 3 and random.random() < 0.7)
        draft.say("social_insurance", "residents")
    if level <= 2:
        unable = random.randint(0, 5) if level == 2 else random.randint(2, 6)
        for number, item in enumerate(reversed(SELF_CARE)):
            draft.say(item, number >= unable)
    _held_elsewhere(random, draft)


def _held_elsewhere(random: Random, draft: Draft) -> None:
    draw = random.random()
    if draw < 0.02 and draft.age >= 25:
        draft.say("injury_nursing", True)
    elif draw < 0.04:
        draft.say("same_kind_care", random.choice((120_00, 220_00, 350_00)))
    elif draw < 0.05:
        draft.say("same_kind_living", random.choice((100_00, 165_00, 260_00)))
