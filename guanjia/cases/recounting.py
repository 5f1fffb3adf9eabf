"""暂定 deadlines worked out again once the year they reach into has its calendar; the timeline says old and new."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanjia.cases import clock, queries, terms
from guanjia.cases.calendar import DAY
from guanjia.cases.models import Case, Clock, Event
from guanjia.cases.promises import Promises
from guanjia.cases.records import end_of
from guanjia.cases.writing import write_aside


def counted_in(one: Clock, promises: Promises) -> bool:
    """Whether the year in which a clock ends has its calendar by now: a look that asks no row."""
    return promises.days.published(queries.moment(one.due_at).day)


@transaction.atomic
def recount(one: Clock, promises: Promises, at: datetime) -> bool:
    """Work out a provisional clock by the calendar as it is; of two sweeps one does it: True there.

    A moment that would be over by now is left as it was: nobody is late by a count made afterwards.
    """
    found = counted(one, promises)
    if found.provisional:
        return False
    due_at = found.at if found.at > at else one.due_at
    same = Clock.objects.filter(pk=one.pk, due_at=one.due_at, provisional=True, met_at=None)
    if not same.update(due_at=due_at, provisional=False):
        return False
    if due_at == one.due_at:
        return True
    case = Case.objects.select_for_update(no_key=True).get(pk=one.case_id)
    Case.objects.filter(pk=case.pk).update(step=F("step") + 1)
    case.refresh_from_db()
    note = _("%(what)s：原来到 %(was)s，现在到 %(now)s。") % {
        "what": one.get_kind_display(),
        "was": terms.told_deadline(queries.moment(one.due_at)),
        "now": terms.told_deadline(queries.moment(due_at)),
    }
    write_aside(case, "recount", at, one.kind, note)
    return True


def counted(one: Clock, promises: Promises) -> clock.Deadline:
    """A clock counted again from its beginning: with its pauses; an extension rolls on to a working day."""
    days, period = promises.days, terms.read_period(one.period)
    if one.extended_at is not None:
        day = queries.moment(one.due_at).day
        on = days.next_working(day)
        return clock.Deadline(end_of(on), on, not days.known_through(day - DAY, on))
    found = clock.due(one.started_at, period, days)
    due_at, since = found.at, None
    moves = Event.objects.filter(case=one.case_id, round=one.round, verb__in=("pause", "resume"))
    for event in moves.filter(at__gte=one.started_at).order_by("step"):
        if event.verb == "pause":
            since = event.at
        elif since is not None:
            due_at, since = promises.resumed(one.period, due_at, since, event.at), None
    day = queries.moment(due_at).day
    unknown = found.provisional or not days.known_through(found.day - DAY, day)
    return clock.Deadline(due_at, day, unknown)
