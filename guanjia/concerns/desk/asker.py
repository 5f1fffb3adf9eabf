"""Who asked, as the desk may know: the person, the household, what they may miss, what they asked before."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from guanjia.cases.models import Case
from guanjia.concerns.matters import queries
from guanjia.entitlements.leads import leads_of
from guanjia.entitlements.leads.leads_of import Missed
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.people.models import Membership
from guanjia.people.words import Chip

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Asker:
    """`hidden`: a person is linked whom this post may not see. `earlier`: the newest SHOWN of them;
    `more` how many there are beyond, None where they are too many to be counted.
    """

    chip: Chip | None
    hidden: bool
    household: int | None
    missed: list[Missed]
    earlier: list[Case]
    more: int | None
    voices: list[Case]


def asker_of(case: Case, names: Mapping[str, str]) -> Asker:
    """What stands beside a case about its asker, its person read with it; three reads at most."""
    voices, found = queries.beside(case)
    earlier, beyond = found[:SHOWN], len(found[SHOWN:])
    more = beyond if len(voices) + len(found) < queries.MOST_BESIDE else None
    person = case.person  # None, too, where the post may not see them
    if person is None:
        return Asker(None, case.person_id is not None, None, [], earlier, more, voices)
    today = clock.today()
    lives = Membership.objects.filter(person=person, superseded_at=None, since__lte=today)
    lives = lives.filter(Q(until=None) | Q(until__gt=today)).select_related("household")
    home = lives.first()
    household = home.household_id if home else None
    place = home.household.place_id if home else case.place_id
    chip = people_words.chip(person, place, names, today)
    missed = leads_of.missed(person.pk, household)
    return Asker(chip, False, household, missed, earlier, more, voices)
