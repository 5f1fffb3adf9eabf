"""Filling a house: with a made-up city, or with a city's own files. All of it or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby, islice
from pathlib import Path
from random import Random

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.entitlements.families import snapshot
from guanjia.entitlements.records import NewAward
from guanjia.entitlements.runs import actions as entitlements
from guanjia.interop import folder as folders
from guanjia.interop import folder_awards
from guanjia.interop.synthetic import cast, sources, sudden
from guanjia.interop.synthetic.awards import Office
from guanjia.interop.synthetic.city import Town, make
from guanjia.interop.synthetic.dates import FIRST
from guanjia.interop.synthetic.draft import KNOWN
from guanjia.interop.synthetic.scene import Scene
from guanjia.kit import scope
from guanjia.people import actions as people
from guanjia.people.models import Household
from guanjia.people.records import NewHousehold, NewPerson
from guanjia.places import queries as places
from guanjia.policy.book import Book
from guanjia.policy.city.layout import Told
from guanjia.staff.models import User

CHUNK = 1_000
"""Households written at once: memory stays flat however large the city."""
FILES, FILES_NAME = "files", gettext_lazy("本市提供的文件")
MOVING_SHARE = 0.0006
MOVED_ON = date(2020, 2, 1)
MOVE_KNOWN = datetime(2020, 2, 5, 2, tzinfo=UTC)


class AlreadyPeopled(RuntimeError):
    """There are people already, and a whole city is loaded into an empty house only."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "库里已经登记有家庭，没有写入任何内容。整城装入只用于空库：请换一个空的数据目录再装。"
            )
        )


class NobodyNamed(RuntimeError):
    """The files hold awards, and two staff members must stand for them."""

    def __init__(self) -> None:
        super().__init__(
            _("文件里有已批准的待遇，须写明经办人和审批人（两个不同的账号）。没有写入任何内容。")
        )


@dataclass(slots=True)
class Summary:
    """What was written."""

    households: int = 0
    persons: int = 0
    awards: int = 0


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def towns(city: str) -> list[Town]:
    """The city's towns that have a census population, with their communities."""
    communities: dict[str, list[str]] = {}
    for place in places.below(city, places.COMMUNITY):
        communities.setdefault(place.code[: places.TOWN], []).append(place.code)
    return [
        Town(place.code, place.population, tuple(communities[place.code]))
        for place in places.towns(city)
        if place.population and place.code in communities
    ]


def load_synthetic(
    book: Book,
    scene: Scene,
    residents: int,
    prepared_by: User,
    approved_by: User,
    progress: Told = silent,
) -> Summary:
    """Write a made-up city of `residents` persons with their awards, decided by `book`.

    All or nothing. Raises AlreadyPeopled where households stand already.
    """
    random, summary = Random(f"{scene.seed} awards"), Summary()  # noqa: S311 - a toy city
    office = Office(book, random)
    with scope.hold(scope.job("synthetic", book.city, FIRST)):
        _refuse_peopled()
        for code, name in sources.NAMES.items():
            people.ensure_source(code, name, synthetic=True)
        for chunk in _chunks(make(scene, towns(book.city), residents)):
            people.register(chunk, sources.POLICE, KNOWN)
            granted = _grant(office, book, chunk, prepared_by, approved_by)
            _move_some(random, chunk)
            _check_now()
            summary.households += len(chunk)
            summary.persons += sum(len(home.members) for home in chunk)
            summary.awards += granted
            progress(min(summary.persons, residents), residents)
    return summary


def load_folder(
    book: Book,
    folder: Path,
    at: datetime,
    office: tuple[User, User] | None = None,
    progress: Told = silent,
) -> Summary:
    """Write the people and awards of a folder made by `guanjia template`, recorded at `at`.

    `office`: who prepared and who approved the awards. All or nothing. Raises BadFolder,
    AlreadyPeopled, NobodyNamed.
    """
    known = frozenset(place.code for place in places.under(book.city))
    city = folders.read(folder, book, known)
    folder_awards.read(folder, city)
    folders.refuse_problems(city)
    if city.awards and office is None:
        raise NobodyNamed
    summary = Summary(awards=len(city.awards))
    with scope.hold(scope.job("load", book.city, at.date())):
        _refuse_peopled()
        people.ensure_source(FILES, str(FILES_NAME))
        for chunk in _chunks(city.households.values()):
            people.register(chunk, FILES, at)
            _check_now()
            summary.households += len(chunk)
            summary.persons += sum(len(home.members) for home in chunk)
            progress(summary.persons, len(city.persons))
        for move in city.moves:
            people.move(move.person, move.to, move.since, FILES, at)
        if office is not None:
            entitlements.grant(_with_ids(city), *office, at)
    return summary


def _with_ids(city: folders.City) -> list[NewAward]:
    """The awards, each with the key of its household or person, now that these are written."""
    for award, number in city.awards:
        if city.book.chapter(award.benefit).unit == "household":
            award.household = city.households[number].id
        else:
            award.person = city.persons[number].id
    return [award for award, _number in city.awards]


def _refuse_peopled() -> None:
    if Household.objects.exists():
        raise AlreadyPeopled


def _chunks(homes: Iterable[NewHousehold]) -> Iterator[list[NewHousehold]]:
    feed = iter(homes)
    while chunk := list(islice(feed, CHUNK)):
        yield chunk


def _grant(
    office: Office, book: Book, chunk: list[NewHousehold], prepared_by: User, approved_by: User
) -> int:
    """Awards of the local households of a chunk, and of all who were struck by an emergency.

    Each is recorded when it was approved.
    """
    local = {home.id: home for home in chunk if any(map(_may_hold, home.members))}
    awards: list[NewAward] = []
    for frozen in snapshot.read(book, list(local), FIRST, KNOWN):
        home = local[frozen.household]
        asked = home.number not in cast.NEVER_ASKED if home.number in cast.NUMBERS else None
        awards += office.grant(home, frozen, asked)
    awards.sort(key=_recorded_at)
    for at, those in groupby(awards, key=_recorded_at):
        entitlements.grant(list(those), prepared_by, approved_by, at)
    return len(awards)


def _may_hold(person: NewPerson) -> bool:
    return sudden.struck(person) or any(
        f.kind == "hukou" and isinstance(f.value, str) and f.value.isdecimal() for f in person.facts
    )


def _recorded_at(award: NewAward) -> datetime:
    day = award.approved_on
    return max(KNOWN, datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def _move_some(random: Random, chunk: list[NewHousehold]) -> None:
    """Some who live alone move to another community of the same chunk."""
    for home in chunk:
        if len(home.members) == 1 and random.random() < MOVING_SHARE:
            to = NewHousehold(f"{home.number}-2", random.choice(chunk).place, [], home.collective)
            people.register([to], sources.POLICE, MOVE_KNOWN)
            people.move(home.members[0], to, MOVED_ON, sources.POLICE, MOVE_KNOWN)


def _check_now() -> None:
    """Check foreign keys of the chunk now: the list of deferred checks stays short."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
