"""Answers that cannot all be true: who is older than whom, who is too young to be married."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext as _

from guanjia.kit import days
from guanjia.policy.facts import Value
from guanjia.web import due_words
from guanjia.web.due_answers import Key

YOUNGEST_MARRIED = 16


def contradictions(kin: list[str], said: Mapping[Key, Value], today: date) -> dict[Key, str]:
    """What cannot be, by the question to look at again; in words that blame nobody."""
    found = [(unit, said.get(("born_on", unit))) for unit in range(len(kin))]
    births = {unit: born for unit, born in found if isinstance(born, date)}
    wrong: dict[Key, str] = {}
    for unit, text in (*_married(kin, births, today), *_generations(kin, births)):
        wrong.setdefault(("born_on", unit), text)
    return wrong


def _married(kin: list[str], births: dict[int, date], today: date) -> Iterator[tuple[int, str]]:
    """Neither of a couple is a child."""
    if due_words.SPOUSE not in kin:
        return
    called = due_words.names(kin)
    for unit in (0, kin.index(due_words.SPOUSE)):
        if unit in births and (age := days.age(births[unit], today)) < YOUNGEST_MARRIED:
            yield (
                unit,
                _(
                    "按这个日期%(who)s今年 %(age)d 岁，而家里有“%(spouse)s”。"
                    "请核对出生日期，或返回上一步改称呼。"
                )
                % {"who": called[unit], "age": age, "spouse": due_words.KIN[due_words.SPOUSE].word},
            )


def _generations(kin: list[str], births: dict[int, date]) -> Iterator[tuple[int, str]]:
    """Parents are older than the asker, children younger."""
    called = due_words.names(kin)
    for unit, code in enumerate(kin):
        side = due_words.KIN[code].elder
        if not side or unit not in births or 0 not in births:
            continue
        if (births[unit] < births[0]) != (side > 0):
            text = _("比您年轻") if side > 0 else _("不比您年轻")
            yield (
                unit,
                _("按这个日期，%(who)s%(text)s。请核对两个人的出生日期，或返回上一步改称呼。")
                % {"who": called[unit], "text": text},
            )
