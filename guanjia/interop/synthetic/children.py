"""Children whose parents are gone: orphans and those whom in fact nobody brings up."""

from random import Random

from guanjia.interop.synthetic.draft import Draft, Home

UNABLE = (
    "dead",
    "missing",
    "severe_disability",
    "serious_illness",
    "prison",
    "drug_rehab",
    "lost_contact",
)


def orphan(random: Random, home: Home) -> None:
    """In the care of a grandmother: both parents dead, or in a state in which they cannot care."""
    for draft in home.drafts:
        if draft.age < 18:
            both_dead = random.random() < 0.4
            father = "dead" if both_dead else random.choice(UNABLE)
            mother = "dead" if both_dead else random.choice(UNABLE[1:])
            parents(draft, father, mother)


def parents(draft: Draft, father: str | None, mother: str | None) -> None:
    """The state of each parent, and who brings the child up; None: nobody knows."""
    draft.say("father_state", father)
    draft.say("mother_state", mother)
    cared = "able" in (father, mother)
    draft.say("care_form", "parents" if cared else "relatives")
