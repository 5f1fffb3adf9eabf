"""莞家速递 as lists: what stands under each policy, who is competent, how far each matter is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from guanjia.cases.models import Case
from guanjia.concerns.matters.queries import WAITING
from guanjia.concerns.models import Sorting
from guanjia.staff import lists
from guanjia.staff.lists import Key, Sight

PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How many matters of a policy wait for an answer, and how many of them are late."""

    waiting: int
    late: int


def followed() -> QuerySet[Any]:
    """Every case in sight that stands under a policy, with `policy` and `department` of its latest word."""
    words = Sorting.objects.filter(case=OuterRef("pk")).order_by("-pk")
    found: QuerySet[Any] = Case.objects.select_related("concern").annotate(
        policy=Subquery(words.values("policy")[:1]),
        department=Subquery(words.values("department")[:1]),
    )
    return found.filter(policy__gt="")


def standings(at: datetime) -> dict[str, Standing]:
    """By policy: of the matters in sight that wait."""
    late = Count("pk", filter=Q(due_at__lt=at))
    open_ones = followed().filter(closed_at=None, state__in=WAITING)
    rows = open_ones.values("policy").annotate(waiting=Count("pk"), late=late)
    return {row["policy"]: Standing(row["waiting"], row["late"]) for row in rows}


def page(
    policy: str, department: str, state: str, seen: Sight, at: datetime
) -> tuple[list[Case], tuple[Key, int] | None]:
    """One page of the matters under policies; then where the next begins."""
    found = followed()
    if policy:
        found = found.filter(policy=policy)
    if department:
        found = found.filter(department=department)
    if state in ("", "late"):
        found = found.filter(closed_at=None, state__in=WAITING)
    if state == "late":
        found = found.filter(due_at__lt=at)
    if state == "answered":
        found = found.filter(answered_at__isnull=False)
    return lists.page(found, seen, PAGE)
