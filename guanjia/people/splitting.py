"""Facts in one file that are another human being's: moved to his file by two people, undone likewise.

The facts are believed of the one no longer and of the other from then on, each with its own period,
value and source: what was believed before stays, and earlier decisions replay. Awards, payments and
the household stay with the file in which they are. `by` is a user's key.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guanjia.people import hand, queries, second
from guanjia.people.desk_models import POSTS, JoinState, Split, SplitFact
from guanjia.people.errors import NotBelieved, ReasonMissing
from guanjia.people.models import PersonFact, ThePost

STAYS = frozenset({"hukou"})
"""Kinds that decide who reaches a person: they change by a request of their own."""


@transaction.atomic
def prepare(
    person: int, other: int, chosen: Iterable[int], reason: str, by: int, at: datetime
) -> Split:
    """Ask that these facts of `person` be moved to `other`, both within reach.

    Raises Person.DoesNotExist, ReasonMissing, NotBelieved (the same person, no fact, not his now).
    """
    if not reason.strip():
        raise ReasonMissing
    if person == other:
        raise NotBelieved(_("这是同一份档案，资料不用移动。"))
    queries.person(person)
    queries.person(other)
    facts = {f.pk: f for f in believed(person)}
    wanted = [facts[n] for n in sorted(set(chosen)) if n in facts]
    if not wanted or len(wanted) != len(set(chosen)):
        raise NotBelieved(_("请从现在采信的资料里选，至少一条。"))
    row = Split.objects.create(
        person_id=person,
        other_id=other,
        reason=reason.strip(),
        prepared_by_id=by,
        prepared_at=at,
    )
    SplitFact.objects.bulk_create([SplitFact(split=row, fact=fact) for fact in wanted])
    return row


def believed(person: int) -> list[PersonFact]:
    """The facts of a person that may be moved: believed now, and not of who reaches him."""
    found = queries.facts_of_person(person)
    return [f for f in found if f.superseded_at is None and f.kind not in STAYS]


@transaction.atomic
def approve(number: int, by: int, at: datetime) -> Split:
    """The second person says yes: the facts move. Raises SamePerson, WrongState, NotBelieved."""
    row = second.asked(Split, number, by)
    facts = list(PersonFact.objects.select_for_update(of=("self",)).filter(splits__split=row))
    if len(facts) != row.lines.count() or any(f.superseded_at for f in facts):
        raise NotBelieved(_("提出之后，要移动的资料已经更正过。请退回，重新提出。"))
    with hand.of_the_register():
        _move(facts, row.other_id, at)
        return second.decide(row, JoinState.APPROVED, by, at)


@transaction.atomic
def undo(number: int, by: int, because: str, at: datetime) -> Split:
    """The facts go back. Raises ReasonMissing, WrongState, NotBelieved (corrected since)."""
    row = second.undo(Split, number, by, because, at)
    came = list(_came(row).select_for_update())
    if len(came) != row.lines.count():
        raise NotBelieved(_("移过去的资料后来更正过，不能整件撤销。请用“申请变更”逐条改。"))
    with hand.of_the_register():
        _move(came, row.person_id, at)
    return row


def _came(row: Split) -> QuerySet[PersonFact]:
    """The rows that stand in the other's file since the approval, as far as they are believed."""
    assert row.decided_at is not None  # a_decided_split_names_who_and_when
    return PersonFact.objects.filter(
        person_id=row.other_id, recorded_at=row.decided_at, superseded_at=None
    )


def _move(facts: list[PersonFact], to: int, at: datetime) -> None:
    """Cease to believe these of one and believe them of the other."""
    PersonFact.objects.filter(pk__in=[f.pk for f in facts]).update(superseded_at=at)
    for fact in facts:
        fact.pk, fact.person_id, fact.recorded_at, fact.superseded_at = None, to, at, None
        fact.recorded_by_id = ThePost()
        fact._state.adding = True
    try:
        with transaction.atomic():
            PersonFact.objects.bulk_create(facts)
    except IntegrityError as problem:
        if "person_facts_never_overlap" not in str(problem):
            raise
        taken = _("另一份档案里，同一事项同一时期已经有记录。请先更正那一条，再移动。")
        raise NotBelieved(taken) from None


def get(number: int) -> Split:
    """One split with both persons. Raises Split.DoesNotExist."""
    wanted = ("person", "other", "prepared_by", "decided_by", "undone_by", *POSTS, "undone_post")
    return Split.objects.select_related(*wanted).get(pk=number)


def facts_of(row: Split) -> list[PersonFact]:
    """The facts that were asked to move, as they stood in the first file."""
    found = PersonFact.objects.filter(splits__split=row).select_related("source")
    return list(found.order_by("kind", "key", "-since"))


def waiting(most: int) -> list[Split]:
    """Open splits within reach, the oldest first, at most so many."""
    found = Split.objects.filter(state=JoinState.OPEN)
    return list(
        found.select_related("person", "other", "prepared_by", "prepared_post").order_by("id")[
            :most
        ]
    )
