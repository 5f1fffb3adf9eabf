"""Answers that cannot all be true, each with the question to look at again, in words that blame nobody."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guanjia.kit import days
from guanjia.policy.facts import UNKNOWN, Value
from guanjia.web.due import words
from guanjia.web.due.answers import Key

YOUNGEST_MARRIED = 16
YOUNGEST_EARNER = 16
YOUNGEST_AT = {"compulsory": 4, "senior": 11, "college": 14, "postgraduate": 17}
AWAY = {"dead", "missing", "prison", "drug_rehab", "lost_contact", "expelled"}
PARENTS = {"father": "father_state", "mother": "mother_state"}
CHILDREN = ("son", "daughter")
Found = Iterator[tuple[Key, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a household has said so far: who is who, the answers, and the ages that follow."""

    kin: list[str]
    said: Mapping[Key, Value]
    called: list[str]
    births: dict[int, date]
    ages: dict[int, int]


def contradictions(kin: list[str], said: Mapping[Key, Value], today: date) -> dict[Key, str]:
    """What cannot be, by the question to look at again."""
    known = ((unit, said.get(("born_on", unit))) for unit in range(len(kin)))
    births = {unit: born for unit, born in known if isinstance(born, date)}
    ages = {unit: days.age(born, today) for unit, born in births.items()}
    told = Told(kin, said, words.names(kin), births, ages)
    checks: Iterable[Callable[[Told], Found]] = (_married, _generations, _schools, _wages, _away)
    wrong: dict[Key, str] = {}
    for check in checks:
        for key, text in check(told):
            wrong.setdefault(key, text)
    return wrong


def _married(told: Told) -> Found:
    """Neither of a couple is a child."""
    if words.SPOUSE not in told.kin:
        return
    for unit in (0, told.kin.index(words.SPOUSE)):
        age = told.ages.get(unit)
        if age is not None and age < YOUNGEST_MARRIED:
            yield (
                ("born_on", unit),
                _(
                    "按这个日期%(who)s今年 %(age)d 岁，而家里有“%(spouse)s”。"
                    "请核对出生日期，或返回上一步改称呼。"
                )
                % {
                    "who": told.called[unit],
                    "age": age,
                    "spouse": words.KIN[words.SPOUSE].word,
                },
            )


def _generations(told: Told) -> Found:
    """Parents are older than the asker, children younger."""
    births = told.births
    for unit, code in enumerate(told.kin):
        side = words.KIN[code].elder
        if not side or unit not in births or 0 not in births:
            continue
        if (births[unit] < births[0]) != (side > 0):
            text = _("比您年轻") if side > 0 else _("不比您年轻")
            yield (
                ("born_on", unit),
                _("按这个日期，%(who)s%(text)s。请核对两个人的出生日期，或返回上一步改称呼。")
                % {"who": told.called[unit], "text": text},
            )


def _schools(told: Told) -> Found:
    """Nobody is at a school years before one can be."""
    for unit, age in told.ages.items():
        stage = told.said.get(("student_stage", unit))
        if isinstance(stage, str) and age < YOUNGEST_AT.get(stage, 0):
            yield (
                ("student_stage", unit),
                _(
                    "按出生日期%(who)s今年 %(age)d 岁，还没到上这一级学校的年纪。"
                    "请核对在读的学校；还没上学的选“不在读”。"
                )
                % {"who": told.called[unit], "age": age},
            )


def _wages(told: Told) -> Found:
    """A child draws no wages."""
    for unit, age in told.ages.items():
        if age < YOUNGEST_EARNER and _some(told.said.get(("wages", unit))):
            yield (
                ("wages", unit),
                _(
                    "按出生日期%(who)s今年 %(age)d 岁，未满 %(least)d 岁不能领工资。"
                    "请核对是不是写到了别人名下；抚养费、赡养费请写在下面“收到的赡养费、退休金等”里。"
                )
                % {"who": told.called[unit], "age": age, "least": YOUNGEST_EARNER},
            )


def _away(told: Told) -> Found:
    """A parent who lives in the household is neither dead nor gone."""
    for code, fact in PARENTS.items():
        if code in told.kin and told.said.get((fact, 0)) in AWAY:
            yield (fact, 0), _here(words.KIN[code].word)
    for unit, code in enumerate(told.kin):
        gone = {told.said.get((fact, unit)) for fact in PARENTS.values()} <= AWAY
        if gone and code in CHILDREN:
            yield ("mother_state", unit), _orphan(told.called[unit])
        elif gone and told.said.get(("care_form", unit)) == "parents":
            yield (
                ("care_form", unit),
                _(
                    "父母两个人现在都不在%(who)s身边，不会由父母抚养。"
                    "请核对父母的状况，或改选实际抚养的人。"
                )
                % {"who": told.called[unit]},
            )


def _here(who: object) -> str:
    return _("您说过%(who)s和家里人一起生活。请核对这一项，或返回上一步改“谁和您一起生活”。") % {
        "who": who
    }


def _orphan(who: str) -> str:
    return _(
        "您选了%(who)s：按这个称呼，父母中有一位就是您，这里却写父母两个人都不在身边。"
        "请核对父亲、母亲的状况，或返回上一步改称呼。"
    ) % {"who": who}


def _some(value: Value) -> bool:
    """Whether a monthly sum is more than nothing."""
    return isinstance(value, tuple) and any(fen not in (UNKNOWN, 0) for _from, _until, fen in value)
