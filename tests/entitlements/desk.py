"""The months of the page tests: December to February paid, March to approve, and who works there."""

from dataclasses import dataclass, replace
from datetime import date

from django.test import Client
from django.urls import reverse

from guanjia.entitlements.models import Determination, Lead, LeadState, Run
from guanjia.kit import scope
from guanjia.people.records import NewFact
from tests import town
from tests.doors import at_desk
from tests.entitlements import office


@dataclass
class Worked:
    """December to February paid, March to approve. 何金水 of 虎门 died in February."""

    cast: town.Cast
    paid: list[Run]
    ready: Run
    chen: Determination
    ho: Determination

    @property
    def wang(self) -> Client:
        return at_desk(self.cast.wang)

    @property
    def huang(self) -> Client:
        return at_desk(self.cast.huang)

    @property
    def zhou(self) -> Client:
        return at_desk(self.cast.zhou)

    @property
    def liang(self) -> Client:
        return at_desk(self.cast.liang)


def as_job() -> scope.Scope:
    return scope.job("test", town.CITY, town.TODAY)


def work(cast: town.Cast) -> Worked:
    """Months at work, and then nobody's eyes: doors bring their own scope."""
    with scope.hold(as_job()):
        office.open_house(cast)
        office.award_chen(cast)
        ho = replace(office.LI, number="L-2", place=town.ELSEWHERE, payee="何金水", granted=10000)
        office.grant(cast, replace(ho, person=cast.ho.id))
        paid = list(office.months(cast, office.DECEMBER, office.JANUARY, office.FEBRUARY))
        dead = NewFact("alive", 0, date(2020, 2, 20))
        office.learn(cast.ho, dead, office.moment(office.MARCH, 1))
        ready = office.determine(cast, office.MARCH)
        chen = Determination.objects.get(household=cast.chen_home.id, what="changed")
        doubt = Determination.objects.get(person=cast.ho.id, what="doubtful")
    return Worked(cast, paid, ready, chen, doubt)


def state_of(run: Run) -> str:
    with scope.hold(as_job()):
        return Run.objects.get(pk=run.pk).state


def lead_of(kind: str) -> Lead:
    with scope.hold(as_job()):
        return Lead.objects.get(kind=kind, state=LeadState.OPEN)


def places_of(worked: Worked) -> list[str]:
    """Every page that tells of 长安's people, or of its money."""
    missed = lead_of("missed")
    return [
        reverse("why", args=[worked.chen.pk]),
        reverse("why_now", args=[worked.cast.chen.id, "dibao"]),
        reverse("lead", args=[missed.pk]),
    ]
