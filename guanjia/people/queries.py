"""Questions about persons and households. Row security answers them; the filters are for the planner.

Only equality and comparisons of text, numbers and days stand here: others never reach an index.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from guanjia.kit import bulk
from guanjia.kit.scope import place_range
from guanjia.people import belief, documents, seal
from guanjia.people.models import (
    DocumentKind,
    Household,
    HouseholdFact,
    Membership,
    NameGram,
    Person,
    PersonFact,
    Reach,
)

PAGE = 50
LAST_SIGN = "\U0010ffff"
LONGEST_NAME = 30
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Mark(NamedTuple):
    """Where a page of names ended: the next one begins after it."""

    gram: str
    place: str
    person: int


class Page(NamedTuple):
    """Persons found, in order, with the place by which each was found; `after` is None at the end."""

    people: list[tuple[Person, str]]
    after: Mark | None


def tidy(words: str) -> str:
    """What somebody typed, as names and grams are written: no blanks, no full-width letters."""
    return "".join(words.translate(FULL_WIDTH).split())


def looks_like_a_number(words: str) -> bool:
    """Whether the words are meant as a document number: mostly digits, and long."""
    return len(words) >= 6 and sum(sign.isdecimal() for sign in words) * 2 > len(words)


def by_name(words: str, place: str, after: Mark | None = None, limit: int = PAGE) -> Page:
    """Persons whose name contains `words`, or whose pinyin initials begin with them.

    `place` is the code within which to look; names in order of their signs.
    """
    lo, hi = place_range(place)
    start = words.lower()[:LONGEST_NAME]
    rows = NameGram.objects.filter(
        gram__gte=start, gram__lt=start + LAST_SIGN, place__gte=lo, place__lt=hi
    )
    if after is not None:
        rows = rows.filter(gram__gte=after.gram).filter(_beyond(after))
    marks = [
        Mark(*row)
        for row in rows.order_by("gram", "place", "person_id").values_list(
            "gram", "place", "person_id"
        )[: limit + 1]
    ]
    return Page(_in_order(marks[:limit]), marks[limit - 1] if len(marks) > limit else None)


def _beyond(mark: Mark) -> Q:
    """Rows after the mark in the order of the index."""
    same_gram = Q(gram=mark.gram)
    return (
        Q(gram__gt=mark.gram)
        | (same_gram & Q(place__gt=mark.place))
        | (same_gram & Q(place=mark.place, person_id__gt=mark.person))
    )


def _in_order(marks: Iterable[Mark]) -> list[tuple[Person, str]]:
    """The persons of these marks, each once, in their order."""
    places: dict[int, str] = {}
    for mark in marks:
        places.setdefault(mark.person, mark.place)
    people = Person.objects.in_bulk(places)
    return [(people[number], place) for number, place in places.items() if number in people]


def by_document(number: str, on: date) -> list[tuple[Person, str]]:
    """The person with exactly this document number, with a place of reach; nobody is an empty list.

    Raises BadDocument where the number is written as a citizen's and cannot be right.
    """
    written = number.upper()
    if len(written) in (15, 18) and written[:-1].isdecimal():
        written = documents.citizen_number(written)
    kinds = [kind for kind in DocumentKind.values if kind != DocumentKind.NONE]
    found = Person.objects.filter(pk__in=with_document(written, kinds))
    return [(person, _first_place(person.pk, on)) for person in found[:5]]


def with_document(number: str, kinds: Sequence[str]) -> list[int]:
    """Whom this post reaches of those with this number on a document of these kinds.

    It takes as long for a number that nobody has as for one of somebody out of reach.
    """
    asked = [seal.indexes(number), list(kinds)]
    query = "SELECT people_by_document(%s::bytea[], %s::text[])"
    return [person for (person,) in bulk.rows(query, asked)]


def _first_place(person: int, on: date) -> str:
    reach = reach_of(person).filter(since__lte=on).order_by("-since").first()
    return reach.place_id if reach else ""


def reach_of(person: int) -> QuerySet[Reach]:
    """Why and from when this post's office may see the person."""
    return Reach.objects.filter(person_id=person).order_by("since", "id")


def person(number: int) -> Person:
    """One person. Raises Person.DoesNotExist, also where row security hides the row."""
    return Person.objects.get(pk=number)


def household(number: int) -> Household:
    """One household with its place. Raises Household.DoesNotExist."""
    return Household.objects.select_related("place").get(pk=number)


def home_of(person: int, on: date) -> int | None:
    """The household in which a person lives on a day, as believed now; None: in none."""
    living = Membership.objects.filter(person_id=person, superseded_at=None, since__lte=on)
    living = living.filter(Q(until__isnull=True) | Q(until__gt=on))
    return living.values_list("household_id", flat=True).first()


def lived_together(
    person: int, on: date, known_at: datetime | None = None
) -> list[tuple[Membership, str]]:
    """As `members_of`, for every household that a person lives or lived in; the person's own rows too."""
    own = belief.at(Membership.objects.filter(person_id=person), known_at)
    return _with_relation(Q(household_id__in=own.values("household_id")), on, known_at)


def members_of(
    household: int, on: date, known_at: datetime | None = None
) -> list[tuple[Membership, str]]:
    """Everybody who lives or lived in a household, in register order, as believed at a moment.

    With each the relation to the head of household on a day (GB/T 4761 codes); '' where not known.
    """
    return _with_relation(Q(household_id=household), on, known_at)


def _with_relation(where: Q, on: date, known_at: datetime | None) -> list[tuple[Membership, str]]:
    relation = PersonFact.objects.filter(person_id=OuterRef("person_id"), kind="relation")
    held = belief.at(relation, known_at).filter(Q(until__isnull=True) | Q(until__gt=on))
    word = held.filter(since__lte=on).order_by("-id").values("word")[:1]
    living = belief.at(Membership.objects.filter(where), known_at)
    rows = living.select_related("person", "source", "household__place")
    named = rows.annotate(relation=Subquery(word)).order_by("id")
    return [(row, row.relation or "") for row in named]


def facts_of_person(person: int) -> list[PersonFact]:
    """All facts of a person with their sources, superseded ones too, newest first."""
    held = PersonFact.objects.filter(person_id=person).select_related("source", "recorded_by__user")
    return list(held.order_by("kind", "key", "-since", "-id"))


def facts_of_household(household: int) -> list[HouseholdFact]:
    """All facts of a household with their sources, superseded ones too, newest first."""
    held = HouseholdFact.objects.filter(household_id=household).select_related(
        "source", "recorded_by__user"
    )
    return list(held.order_by("kind", "key", "-since", "-id"))
