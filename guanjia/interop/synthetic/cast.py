"""The people of the demonstration whose stories are told: made by hand, the same in every city."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from guanjia.interop.synthetic.children import parents
from guanjia.interop.synthetic.draft import FROM, REFERENCE, Draft, Home
from guanjia.interop.synthetic.health import SELF_CARE
from guanjia.interop.synthetic.numbers import Numbers
from guanjia.interop.synthetic.wealth import say
from guanjia.kit import days
from guanjia.people.records import NewHousehold, NewPerson

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
    about: str


STORIES = (
    Story(LI, "李月好", "独居，没有收入，从未申请：应享未享"),
    Story(CHEN, "陈大文", "一家三口，低保在享，2020年1月提标后补差随之增加"),
    Story(XIAOMING, "何小明", "父亲服刑、母亲失联，随祖母生活"),
    Story(LIN, "林炳坤", "家庭月收入比标准高一分钱：差一分钱未符合"),
    Story(YUAN, "袁福添", "一百岁，高龄津贴在享"),
    Story(MAI, "麦慧珊", "一级残疾，两项补贴"),
)


def everybody(numbers: Numbers, homes: Mapping[str, str], communities: list[str]) -> Iterator[Home]:
    """The households of the cast, where `homes` puts them; else in the first community."""
    makers = {LI: _li, CHEN: _chen, XIAOMING: _xiaoming, LIN: _lin, YUAN: _yuan, MAI: _mai}
    known = set(communities)
    for number, make in makers.items():
        place = homes.get(number, "")
        yield make(numbers, place if place in known else communities[0])


def _li(numbers: Numbers, place: str) -> Home:
    li = _one(numbers, "李月好", "2", date(1938, 3, 15), "0", place)
    _all(li, marital="30", supporters="none", able_to_work=False)
    _all(li, **dict.fromkeys(SELF_CARE, True))
    return _home(LI, place, [li], deposits=3_200_00)


def _chen(numbers: Numbers, place: str) -> Home:
    father = _one(numbers, "陈大文", "1", date(1978, 5, 4), "0", place)
    mother = _one(numbers, "何丽珍", "2", date(1981, 7, 9), "1", place)
    child = _one(numbers, "陈小星", "1", date(2012, 2, 29), "2", place)
    _all(father, marital="20", wages=1_999_00, able_to_work=True, social_insurance="employees")
    _all(mother, marital="20", serious_illness=True, able_to_work=False)
    _all(child, student_stage="compulsory")
    parents(child, "able", "serious_illness")
    return _home(CHEN, place, [father, mother, child], deposits=8_600_00, houses=1)


def _xiaoming(numbers: Numbers, place: str) -> Home:
    grandmother = _one(numbers, "黄桂兰", "2", date(1947, 10, 2), "0", place)
    child = _one(numbers, "何小明", "1", date(2011, 6, 18), "4", place)
    _all(grandmother, marital="30", transfers_in=1_480_00, supporters="unable")
    _all(child, student_stage="compulsory")
    parents(child, "prison", "lost_contact")
    return _home(XIAOMING, place, [grandmother, child], deposits=12_000_00)


def _lin(numbers: Numbers, place: str) -> Home:
    lin = _one(numbers, "林炳坤", "1", date(1969, 8, 20), "0", place)
    son = _one(numbers, "林志滘", "1", date(2007, 1, 5), "2", place)
    _all(lin, marital="40", wages=2_120_01, able_to_work=True)
    _all(son, student_stage="compulsory")
    parents(son, "able", "able")
    return _home(LIN, place, [lin, son], deposits=5_000_00, houses=1)


def _yuan(numbers: Numbers, place: str) -> Home:
    yuan = _one(numbers, "袁福添", "1", date(1919, 9, 9), "0", place)
    son = _one(numbers, "袁锦堃", "1", date(1950, 4, 1), "2", place)
    _all(yuan, marital="30", transfers_in=2_600_00, supporters="able")
    _all(son, marital="20", transfers_in=3_100_00)
    return _home(YUAN, place, [yuan, son], houses=1)


def _mai(numbers: Numbers, place: str) -> Home:
    mai = _one(numbers, "麦慧珊", "2", date(1988, 12, 3), "0", place)
    mother = _one(numbers, "祁少媚", "2", date(1960, 6, 6), "5", place)
    _all(mai, marital="10", disability_kind="limb", disability_level=1, able_to_work=False)
    _all(mai, supporters="able", **{item: item == "eats_alone" for item in SELF_CARE})
    _all(mother, marital="40", transfers_in=1_250_00)
    return _home(MAI, place, [mai, mother], deposits=6_400_00, houses=1)


def _one(numbers: Numbers, name: str, sex: str, born_on: date, relation: str, place: str) -> Draft:
    number = numbers.local(born_on, sex)
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
