"""Who asked, as the desk may know: the person, the household, what they may miss, what they asked before."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from guanjia.cases.models import Case
from guanjia.concerns import queries
from guanjia.entitlements import leads_of
from guanjia.entitlements.leads_of import Missed
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.people.models import Membership
from guanjia.people.words import Chip


@dataclass(frozen=True, slots=True)
class Asker:
    """`hidden`: a person is linked whom this post may not see."""

    chip: Chip | None
    hidden: bool
    household: int | None
    missed: list[Missed]
    earlier: list[Case]
    voices: list[Case]


def asker_of(case: Case, names: Mapping[str, str]) -> Asker:
    """What stands beside a case about its asker, its person read with it; three reads at most."""
    voices, earlier = queries.beside(case, case.concern.phone_index)
    person = case.person  # None, too, where the post may not see them
    if person is None:
        return Asker(None, case.person_id is not None, None, [], earlier, voices)
    today = clock.today()
    lives = Membership.objects.filter(person=person, superseded_at=None, since__lte=today)
    lives = lives.filter(Q(until=None) | Q(until__gt=today)).select_related("household")
    home = lives.first()
    household = home.household_id if home else None
    place = home.household.place_id if home else case.place_id
    chip = people_words.chip(person, place, names, today)
    return Asker(chip, False, household, leads_of.missed(person.pk, household), earlier, voices)
