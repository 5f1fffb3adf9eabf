"""合理 or not: what stands, what waits for another desk's review, the monthly sample; the one writer of reviews."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import (
    Exists,
    OuterRef,
    QuerySet,
)
from django.utils.translation import gettext as _

from guanjia.cases import actions as cases
from guanjia.cases.actions import By, Given
from guanjia.cases.errors import CaseError, Missing, NotYours
from guanjia.cases.models import Case as Matter
from guanjia.cases.models import Event, State
from guanjia.cases.promises import Promises
from guanjia.concerns.models import Draw, Drawn, Review
from guanjia.concerns.rules.brand import Sample
from guanjia.concerns.rules.workflow import CONCERN, JUDGE, UNFAIR
from guanjia.kit import days
from guanjia.kit.days import SHANGHAI
from guanjia.staff import roles
from guanjia.staff.models import Post

CITY = 6
OVER = (State.ANSWERED, State.CLOSED)
LISTED = 50


class ReviewedAlready(CaseError):
    """A judgement is reviewed once."""

    def __init__(self) -> None:
        super().__init__(_("这一件已经复核过了，没有改动。"))


@dataclass(frozen=True, slots=True)
class Said:
    """What a review says."""

    upheld: bool
    note: str


def waiting(post: Post) -> QuerySet[Event]:
    """Judgements that this post may review and nobody has, the oldest first; `in_sample` on those of a sample."""
    found = Event.objects.filter(
        verb=JUDGE, reason__in=UNFAIR, desk__code__startswith=post.place_id
    )
    if len(post.place_id) > CITY or post.role != roles.CITY_CHIEF:
        found = found.exclude(desk=post.place_id)
    drawn = Exists(Drawn.objects.filter(event=OuterRef("pk")))
    found = found.annotate(
        in_sample=drawn, was_seen=Exists(Review.objects.filter(event=OuterRef("pk")))
    )
    found = found.filter(was_seen=False).exclude(by=post.user_id)
    return found.select_related("case__concern", "by").order_by("-in_sample", "at", "pk")


def may_review(event: Event, post: Post) -> bool:
    """Another person, at a desk above; what the city's own desk judged, its chief."""
    above = event.desk_id.startswith(post.place_id) and event.desk_id != post.place_id
    at_city = len(event.desk_id) == CITY == len(post.place_id) and post.role == roles.CITY_CHIEF
    return event.by_id != post.user_id and (above or at_city)


@transaction.atomic
def review(event: Event, said: Said, promises: Promises, by: By, at: datetime) -> Review:
    """Uphold a judgement, or overturn it: then it counts again, and what was answered is opened again.

    Raises NotYours, ReviewedAlready, Missing, and what reopening raises.
    """
    assert by.post is not None
    assert by.user is not None
    if event.verb != JUDGE or event.reason not in UNFAIR or not may_review(event, by.post):
        raise NotYours
    if not said.note.strip():
        raise Missing("note")
    matter = Matter.objects.select_for_update().get(pk=event.case_id)
    if Review.objects.filter(event=event).exists():
        raise ReviewedAlready
    made = Review.objects.create(
        event=event,
        case=matter,
        by=by.user,
        post=by.post,
        at=at,
        upheld=said.upheld,
        note=said.note.strip(),
    )
    if not said.upheld and matter.state in OVER and matter.round == event.round:
        why = _("复核认为您说的事合理，重新办理。%(note)s") % {"note": said.note.strip()}
        cases.make(CONCERN, promises, matter.pk, matter.step, "reopen", by, at, Given(note=why))
    return made


@transaction.atomic
def draw(city: str, month: date, share: Sample, seed: str, at: datetime) -> Draw:
    """The sample of a month, once; a second call gives back the first."""
    before = Draw.objects.filter(place=city, month=month).first()
    if before is not None:
        return before
    judged = judged_in(month)
    chosen = sampled(judged, share.percent, seed)
    made = Draw.objects.create(
        place_id=city,
        month=month,
        seed=seed,
        percent=share.percent,
        judged=len(judged),
        drawn=len(chosen),
        at=at,
    )
    Drawn.objects.bulk_create(Drawn(draw=made, event_id=number) for number in chosen)
    return made


def judged_in(month: date) -> list[int]:
    """The judgements 不合理 of a month, in sight, by number."""
    begins = datetime.combine(month, time(), SHANGHAI)
    ends = datetime.combine(days.add_months(month, 1), time(), SHANGHAI)
    found = Event.objects.filter(verb=JUDGE, reason__in=UNFAIR, at__gte=begins, at__lt=ends)
    return list(found.order_by("pk").values_list("pk", flat=True))


def sampled(numbers: Sequence[int], percent: int, seed: str) -> list[int]:
    """So many hundredths of them, rounded up, chosen by the seed alone; in order."""
    count = -(-len(numbers) * percent // 100)
    return sorted(random.Random(seed).sample(list(numbers), count))  # noqa: S311 - made again from its seed
