"""One small town with a cast: who lives there, who works there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password

from guanjia.kit import scope
from guanjia.people import actions as people
from guanjia.people.documents import check_digit
from guanjia.people.records import NewFact, NewHousehold, NewPerson
from guanjia.places import actions as places
from guanjia.staff import roles
from guanjia.staff.models import Post, User

TODAY = date(2020, 4, 1)
START = date(2019, 1, 1)
KNOWN = datetime(2019, 1, 2, tzinfo=UTC)
CITY, CHANGAN, HUMEN = "441900", "441900119", "441900121"
COMMUNITY, ELSEWHERE = "441900119002", "441900121004"


def number(born_on: date, order: int) -> str:
    """A synthetic citizen number with a right check digit."""
    first = f"441900{born_on:%Y%m%d}{order:03d}"
    return first + check_digit(first)


def resident(name: str, born_on: date, order: int, place: str, **facts: int | str) -> NewPerson:
    """A person of local 户籍 with constant facts since 2019."""
    held = [NewFact("hukou", place, START)]
    held += [NewFact(kind, value, START) for kind, value in facts.items()]
    sex = "1" if order % 2 else "2"
    return NewPerson(name, sex, born_on, number(born_on, order), since=START, facts=held)


@dataclass
class Cast:
    """Everybody the tests speak of."""

    li: NewPerson
    chen: NewPerson
    chen_home: NewHousehold
    ho: NewPerson
    wang: User
    huang: User
    zhou: User
    liang: User


def settle() -> Cast:
    """Write the places, the people and the staff."""
    places.load_city(settings.GUANJIA_CITY)
    li = resident("李月好", date(1938, 3, 15), 2, COMMUNITY, supporters="able")
    chen = resident("陈大文", date(1978, 5, 4), 11, COMMUNITY, relation="0", wages=199900)
    wife = resident("何丽珍", date(1981, 7, 9), 12, COMMUNITY, relation="1")
    child = resident("陈小星", date(2012, 2, 29), 13, COMMUNITY, relation="2")
    ho = resident("何金水", date(1945, 1, 1), 21, ELSEWHERE, supporters="able")
    chen_home = NewHousehold("T-2", COMMUNITY, [chen, wife, child])
    homes = [NewHousehold("T-1", COMMUNITY, [li]), chen_home, NewHousehold("T-3", ELSEWHERE, [ho])]
    with scope.hold(scope.job("settle", CITY, TODAY)):
        people.ensure_source("test", "测试", synthetic=True)
        people.register(homes, "test", KNOWN)
    return Cast(
        *(li, chen, chen_home, ho),
        wang=desk("wang", "王", roles.TOWN_CLERK, CHANGAN),
        huang=desk("huang", "黄", roles.TOWN_CLERK, HUMEN),
        zhou=desk("zhou", "周", roles.CITY_CLERK, CITY),
        liang=desk("liang", "梁", roles.CITY_CHIEF, CITY),
    )


def desk(name: str, full_name: str, role: str, place: str) -> User:
    """A user with one post since 2019."""
    user = User.objects.create(username=name, password=hashed(), full_name=full_name)
    Post.objects.create(user=user, role=role, place_id=place, since=START)
    return user


@cache
def hashed() -> str:
    """The password of everybody here; a real hash takes a fourth of a second, so there is one."""
    return make_password("a long enough word")


def eyes(user: User) -> scope.Scope:
    """The scope of a user's only post."""
    post = user.posts.get()
    return scope.staff(post.pk, post.role, post.place_id, TODAY)
