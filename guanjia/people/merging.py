"""Two files of one human being: merged by two people, shown under one, undone without a trace.

A merge writes one row and touches neither file, so undoing it restores both exactly. Whoever reads
persons for a decision leaves out those that are `gone` (`in_force` says when). `by` is a user's key.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanjia.people import hand, queries, second
from guanjia.people.desk_models import POSTS, JoinState, Merge
from guanjia.people.errors import NotBelieved, ReasonMissing


def prepare(kept: int, gone: int, reason: str, by: int, at: datetime) -> Merge:
    """Ask that `gone` be merged into `kept`, both within reach.

    Raises Person.DoesNotExist, ReasonMissing, NotBelieved (the same person, or part of another).
    """
    if not reason.strip():
        raise ReasonMissing
    if kept == gone:
        raise NotBelieved(_("这是同一份档案，不用合并。"))
    queries.person(kept)
    queries.person(gone)
    try:
        with transaction.atomic():
            return Merge.objects.create(
                kept_id=kept,
                gone_id=gone,
                reason=reason.strip(),
                prepared_by_id=by,
                prepared_at=at,
            )
    except IntegrityError as problem:
        if "merge" not in str(problem):
            raise
        part = _("其中一人已在另一件合并里。请先办完或撤销那一件。")
        raise NotBelieved(part) from None


@transaction.atomic
def approve(number: int, by: int, at: datetime, settled: Callable[[Merge], None]) -> Merge:
    """The second person says yes. `settled` raises where something is still owed under both.

    Raises SamePerson, WrongState.
    """
    row = second.asked(Merge, number, by)
    with hand.of_the_register():
        settled(row)
        return second.decide(row, JoinState.APPROVED, by, at)


def get(number: int) -> Merge:
    """One merge with both persons. Raises Merge.DoesNotExist."""
    wanted = ("kept", "gone", "prepared_by", "decided_by", "undone_by", *POSTS, "undone_post")
    return Merge.objects.select_related(*wanted).get(pk=number)


def waiting(most: int) -> list[Merge]:
    """Open merges within reach, the oldest first, at most so many."""
    found = Merge.objects.filter(state=JoinState.OPEN)
    return list(
        found.select_related("kept", "gone", "prepared_by", "prepared_post").order_by("id")[:most]
    )
