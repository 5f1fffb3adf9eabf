"""Trying other figures on everybody: asked for, worked off month by month, stopped. Nothing is decided."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from guanjia.entitlements import queries
from guanjia.entitlements.errors import (
    AlreadyDecided,
    EndedBefore,
    NoBook,
    NoSuchTown,
    TooManyMonths,
)
from guanjia.entitlements.records import Wish
from guanjia.entitlements.tables.books import AT_WORK, MOST_MONTHS, WhatIf, WhatIfState
from guanjia.kit import bulk, days
from guanjia.places import queries as places
from guanjia.policy.city.comparing import Toll
from guanjia.policy.proposing import propose
from guanjia.staff.models import User

TRY = "entitlements.try_figures"
"""Name of the job; it carries a what-if's number and nothing else."""

COLUMNS = {
    "what_if_id": "bigint",
    "month": "date",
    "place": "text",
    "benefit": "text",
    "held": "boolean",
    "before_units": "bigint",
    "after_units": "bigint",
    "gainers": "bigint",
    "losers": "bigint",
    "before_fen": "bigint",
    "after_fen": "bigint",
}


def first_undecided(place: str, today: date) -> date:
    """The first day of the month after the last one paid; of the next month where none was."""
    last = queries.last_paid_run(place)
    return days.add_months(last.month if last else today, 1)


@transaction.atomic
def ask_what_if(wish: Wish, place: str, by: User, at: datetime, today: date) -> WhatIf:
    """Other figures to be tried on everybody of `place`, as known at `at`.

    Raises NoBook, AlreadyDecided, TooManyMonths, NoSuchTown; BadProposal where the book cannot be
    changed so.
    """
    base = queries.newest_revision()
    if base is None:
        raise NoBook
    since = wish.since or first_undecided(place, today)
    last = queries.last_paid_run(place)
    if last is not None and since <= last.month:
        raise AlreadyDecided(since, last.month)
    if not 1 <= wish.months <= MOST_MONTHS:
        raise TooManyMonths(wish.months, MOST_MONTHS)
    new = propose(queries.book_of(base.revision), wish.changes, since)
    _check_towns(wish)
    what_if = WhatIf.objects.create(
        place_id=place,
        base=base,
        changes="\n".join(map(str, wish.changes)),
        revision=new.revision,
        since=since,
        months=wish.months,
        known_at=at,
        by=by,
        asked_at=at,
    )
    go_on(what_if)
    return what_if


@transaction.atomic
def cancel_what_if(what_if_id: int, by: User, at: datetime) -> WhatIf:
    """Stop a what-if; the months tried so far stay. Raises EndedBefore."""
    what_if = WhatIf.objects.select_for_update().get(pk=what_if_id)
    if what_if.state not in AT_WORK:
        raise EndedBefore(str(what_if.get_state_display()))
    what_if.state, what_if.ended_by, what_if.ended_at = WhatIfState.CANCELLED, by, at
    what_if.save(update_fields=["state", "ended_by", "ended_at"])
    return what_if


@transaction.atomic
def record_month(what_if_id: int, month: date, tolls: Sequence[Toll], at: datetime) -> bool:
    """Write what one month comes to; whether another is to be tried.

    Nothing is written where the what-if was stopped meanwhile, or the month was written before.
    """
    what_if = WhatIf.objects.select_for_update().get(pk=what_if_id)
    if what_if.state not in AT_WORK:
        return False
    if month == days.add_months(what_if.since, what_if.done):
        bulk.insert("entitlements_whatiffigure", COLUMNS, [(what_if_id, *t) for t in tolls])
        what_if.done += 1
        over = what_if.done == what_if.months
        what_if.state = WhatIfState.DONE if over else WhatIfState.WORKING
        what_if.ended_at = at if over else None
        what_if.save(update_fields=["state", "done", "ended_at"])
    return what_if.state in AT_WORK


@transaction.atomic
def fail_what_if(what_if_id: int, trouble: str, at: datetime) -> None:
    """Say why a what-if stopped. Months tried stay; one that has ended is left alone."""
    at_work = WhatIf.objects.filter(pk=what_if_id, state__in=AT_WORK)
    at_work.update(state=WhatIfState.FAILED, trouble=trouble, ended_at=at)


def go_on(what_if: WhatIf) -> None:
    """Ask for the job that tries the months that are left."""
    app.configure_task(TRY, lock=f"what_if/{what_if.pk}").defer(what_if_id=what_if.pk)


def _check_towns(wish: Wish) -> None:
    named = {change.place for change in wish.changes} - {""}
    unknown = named - set(places.names(named))
    if unknown:
        raise NoSuchTown(min(unknown))
