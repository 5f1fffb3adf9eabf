"""The people of the demonstration whose stories are told: made by hand, the same in every city."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from guanjia.interop.synthetic.children import parents
from guanjia.interop.synthetic.draft import FROM, REFERENCE, Draft, Home
from guanjia.interop.synthetic.health import SELF_CARE
from guanjia.interop.synthetic.numbers import LOCAL_AREA, Numbers
from guanjia.interop.synthetic.wealth import say
from guanjia.kit import days
from guanjia.people.records import NewHousehold, NewPerson

CHANGAN, HUMEN, GAOBU = "441900119002", "441900121004", "441900129213"

LI, CHEN, XIAOMING, LIN, YUAN, MAI = (f"DEMO-{n:03d}" for n in range(1, 7))
"""Numbers of their households."""

NUMBERS = frozenset({LI, CHEN, XIAOMING, LIN, YUAN, MAI})
NEVER_ASKED = frozenset({LI})
"""Households that are owed something and never applied for anything."""


@dataclass(frozen=True, slots=True)
class Story:
    """A household of the cast and, in a sentence, why somebody should look at it."""

    number: str
    who: str
    town: str
    about: str


STORIES = (
    Story(LI, "李月好", "441900119", "独居，没有收入，从未申请：应享未享"),
    Story(CHEN, "陈大文", "441900119", "一家三口，低保在享，2020年1月提标后补差随之增加"),
    Story(XIAOMING, "何小明", "441900121", "父亲服刑、母亲失联，随祖母生活"),
    Story(LIN, "林炳坤", "441900119", "家庭月收入比标准高一分钱：差一分钱未符合"),
    Story(YUAN, "袁福添", "441900129", "一百岁，高龄津贴在享"),
    Story(MAI, "麦慧珊", "441900121", "一级残疾，两项补贴"),
)


def everybody(numbers: Numbers, communities: list[str]) -> Iterator[Home]:
    """The households of the cast, at their places where the city has them."""
    known = set(communities)
    for make in (_li, _chen, _xiaoming, _lin, _yuan, _mai):
        yield make(numbers, lambda code: code if code in known else communities[0])


At = Callable[[str], str]


def _li(numbers: Numbers, at: At) -> Home:
    li = _one(numbers, "李月好", "2", date(1938, 3, 15), "0", at(CHANGAN))
    _all(li, marital="30", supporters="none", able_to_work=False)
    return _home(LI, at(CHANGAN), [li], deposits=3_200_00)


def _chen(numbers: Numbers, at: At) -> Home:
    place = at(CHANGAN)
    father = _one(numbers, "陈大文", "1", date(1978, 5, 4), "0", place)
    mother = _one(numbers, "何丽珍", "2", date(1981, 7, 9), "1", place)
    child = _one(numbers, "陈小星", "1", date(2012, 2, 29), "2", place)
    _all(father, marital="20", wages=1_999_00, able_to_work=True, social_insurance="employees")
    _all(mother, marital="20", serious_illness=True, able_to_work=False)
    _all(child, student_stage="compulsory")
    parents(child, "able", "serious_illness")
    return _home(CHEN, place, [father, mother, child], deposits=8_600_00, houses=1)


def _xiaoming(numbers: Numbers, at: At) -> Home:
    place = at(HUMEN)
    grandmother = _one(numbers, "黄桂兰", "2", date(1947, 10, 2), "0", place)
    child = _one(numbers, "何小明", "1", date(2011, 6, 18), "4", place)
    _all(grandmother, marital="30", transfers_in=1_480_00, supporters="unable")
    _all(child, student_stage="compulsory")
    parents(child, "prison", "lost_contact")
    return _home(XIAOMING, place, [grandmother, child], deposits=12_000_00)


def _lin(numbers: Numbers, at: At) -> Home:
    place = at(CHANGAN)
    lin = _one(numbers, "林炳坤", "1", date(1969, 8, 20), "0", place)
    son = _one(numbers, "林志滘", "1", date(2007, 1, 5), "2", place)
    _all(lin, marital="40", wages=2_120_01, able_to_work=True)
    _all(son, student_stage="compulsory")
    parents(son, "able", "able")
    return _home(LIN, place, [lin, son], deposits=5_000_00, houses=1)


def _yuan(numbers: Numbers, at: At) -> Home:
    place = at(GAOBU)
    yuan = _one(numbers, "袁福添", "1", date(1919, 9, 9), "0", place)
    son = _one(numbers, "袁锦堃", "1", date(1950, 4, 1), "2", place)
    _all(yuan, marital="30", transfers_in=2_600_00, supporters="able")
    _all(son, marital="20", transfers_in=3_100_00)
    return _home(YUAN, place, [yuan, son], houses=1)


def _mai(numbers: Numbers, at: At) -> Home:
    place = at(HUMEN)
    mai = _one(numbers, "麦慧珊", "2", date(1988, 12, 3), "0", place)
    mother = _one(numbers, "祁少媚", "2", date(1960, 6, 6), "5", place)
    _all(mai, marital="10", disability_kind="limb", disability_level=1, able_to_work=False)
    _all(mai, **{item: item == "eats_alone" for item in SELF_CARE})
    _all(mother, marital="40", transfers_in=1_250_00)
    return _home(MAI, place, [mai, mother], deposits=6_400_00, houses=1)


def _one(numbers: Numbers, name: str, sex: str, born_on: date, relation: str, place: str) -> Draft:
    number = numbers.of_area(LOCAL_AREA, born_on, sex)
    person = NewPerson(name, sex, born_on, number, since=max(FROM, born_on))
    draft = Draft(person, days.age(born_on, REFERENCE), relation, local=True)
    draft.say("hukou", place)
    draft.say("relation", relation)
    return draft


def _all(draft: Draft, **facts: int | str) -> None:
    for kind, value in facts.items():
        draft.say(kind, value)


def _home(number: str, place: str, drafts: list[Draft], **facts: int) -> Home:
    household = NewHousehold(number, place, [draft.person for draft in drafts])
    home = Home(household, drafts, local=True, poor=True)
    for kind, value in facts.items():
        say(home, kind, value)
    return home
