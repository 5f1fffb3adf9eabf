"""Where to look first: eight addresses of a demonstration, one for each thing it is about."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.urls import reverse

from guanjia.cases.models import Case
from guanjia.entitlements.models import Determination, Lead, LeadKind, LeadState
from guanjia.interop.synthetic import cast
from guanjia.kit import scope
from guanjia.ledger.models import Entry, EntryKind
from guanjia.people.models import Household, Membership
from guanjia.policy.words import word

BENEFIT = "dibao"


class Place(NamedTuple):
    """One line: what it shows, whom it is about, and where it stands."""

    what: str
    about: str
    path: str


def places_to_look(city: str, on: date, month: date) -> list[Place]:
    """Up to eight lines; what the data do not hold is left out. `month` is the last one paid."""
    finders: tuple[Callable[[date], Place | None], ...] = (
        _front,
        _requests,
        _person,
        _why,
        _yuan,
        _missed,
        _by_a_hair,
        _chapter,
    )
    with scope.hold(scope.job("looking", city, on)):
        return [found for find in finders if (found := find(month)) is not None]


def _front(_month: date) -> Place | None:
    return Place(
        word("居民首页"), word("说一件事、查进度、看能享受什么（不用登录）"), reverse("home")
    )


def _requests(_month: date) -> Place | None:
    if not Case.objects.exists():
        return None
    return Place(word("居民的诉求"), word("等本岗位办的，先到期的在前"), reverse("inbox"))


def _person(_month: date) -> Place | None:
    head = _head(cast.CHEN) or _anybody()
    if head is None:
        return None
    return Place(
        word("一个人"),
        word("{name}：资料、来源、待遇", name=head.person.name),
        _of("person", head.person_id),
    )


def _why(month: date) -> Place | None:
    decided = Determination.objects.filter(benefit=BENEFIT, since__lte=month, pays__gt=0)
    own = decided.filter(household__number=cast.CHEN)
    found = own.order_by("-since").first() or decided.order_by("-since").first()
    if found is None:
        return None
    return Place(word("一个为什么"), word("低保为什么是这个数，逐句看依据"), _of("why", found.pk))


def _yuan(month: date) -> Place | None:
    paid = Entry.objects.filter(kind=EntryKind.PAYMENT, benefit=BENEFIT, month=month)
    found = paid.filter(award__household__number=cast.CHEN).first() or paid.first()
    if found is None:
        return None
    return Place(word("一块钱的去向"), word("从转账到条文，四步走到底"), _of("entry", found.pk))


def _missed(_month: date) -> Place | None:
    waiting = Lead.objects.filter(kind=LeadKind.MISSED, state=LeadState.OPEN)
    waiting = waiting.select_related("person", "household").order_by("pk")
    found = waiting.filter(household__number=cast.LI).first() or waiting.first()
    if found is None:
        return None
    head = _head(found.household.number) if found.household else None
    who = found.person or (head and head.person) or ""
    return Place(
        word("一户应享未享"), word("{who}：符合条件，没有领取", who=who), _of("lead", found.pk)
    )


def _by_a_hair(month: date) -> Place | None:
    head = _head(cast.LIN)
    if head is None:
        return None
    path = reverse("why_now", args=[head.person_id, BENEFIT])
    return Place(
        word("差一分钱"),
        word("{name}：收入比标准高一分", name=head.person.name),
        f"{path}?month={month:%Y-%m}",
    )


def _chapter(_month: date) -> Place | None:
    return Place(
        word("政策簿一章"),
        word("最低生活保障：标准、句子、例子（不用登录）"),
        reverse("chapter", args=[BENEFIT]),
    )


def _head(household: str) -> Membership | None:
    lives = Membership.objects.filter(household__number=household, superseded_at=None)
    return lives.select_related("person").order_by("pk").first()


def _anybody() -> Membership | None:
    held = Household.objects.filter(awards__isnull=False).order_by("pk").first()
    return _head(held.number) if held else None


def _of(name: str, number: int) -> str:
    return reverse(name, args=[number])
