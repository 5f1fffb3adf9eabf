"""What the calculator says: the title of each screen, who lives together, what a right answer looks like."""

from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.policy import words
from guanjia.policy.facts import Fact, Value

Words = Promise | str
UNKNOWN = "unknown"
LEVEL = "disability_level"


class Screen(NamedTuple):
    """The title of a screen, and why it is asked or where one finds it."""

    title: Words
    why: Words


SCREENS = {
    "people": Screen(gettext_lazy("年龄和户籍"), gettext_lazy("身份证和户口簿上都有。")),
    "emergency": Screen(
        gettext_lazy("最近的急难"), gettext_lazy("遇到急难的，不分本地外地都可能得到救助。")
    ),
    "health": Screen(gettext_lazy("残疾和重病"), gettext_lazy("残疾等级写在残疾人证上。")),
    "elsewhere": Screen(
        gettext_lazy("残疾人证和已领的补贴"), gettext_lazy("同类补贴不能重复领，只发高的。")
    ),
    "parents": Screen(
        gettext_lazy("孩子由谁抚养"), gettext_lazy("父母不能抚养的孩子，另有基本生活保障。")
    ),
    "insurance": Screen(
        gettext_lazy("社会保险"), gettext_lazy("持残疾人证的，个人缴费由政府代缴。")
    ),
    "income": Screen(
        gettext_lazy("每月收入"), gettext_lazy("写最近半年平均每月的数，大约就可以。没有就写 0。")
    ),
    "property": Screen(
        gettext_lazy("存款、汽车和住房"), gettext_lazy("大约就可以。残疾人代步车不用算。")
    ),
    "support": Screen(
        gettext_lazy("赡养和抚养的人"), gettext_lazy("依法应当照顾的人：配偶、成年子女、父母等。")
    ),
    "spending": Screen(
        gettext_lazy("看病花的钱"), gettext_lazy("医保报销以后、自己付的部分。没有就写 0。")
    ),
    "selfcare": Screen(
        gettext_lazy("日常自理"), gettext_lazy("不用别人帮忙、能自己做到的，选“是”。")
    ),
    "choice": Screen(
        gettext_lazy("只能选一项的"), gettext_lazy("结果页会说明两项各多少，现在可以先不定。")
    ),
}


class Kin(NamedTuple):
    """How somebody is called from the asker's side; `elder`: 1 before the asker's birth, -1 after."""

    word: Words
    elder: int = 0


SELF = "self"
SPOUSE = "spouse"
KIN = {
    SELF: Kin(gettext_lazy("您")),
    SPOUSE: Kin(gettext_lazy("老伴（爱人）")),
    "son": Kin(gettext_lazy("儿子"), -1),
    "daughter": Kin(gettext_lazy("女儿"), -1),
    "father": Kin(gettext_lazy("父亲"), 1),
    "mother": Kin(gettext_lazy("母亲"), 1),
    "grandchild": Kin(gettext_lazy("孙辈"), -1),
    "grandparent": Kin(gettext_lazy("祖辈"), 1),
    "sibling": Kin(gettext_lazy("兄弟姐妹")),
    "other": Kin(gettext_lazy("其他亲属")),
}
MOST_PEOPLE = 8


def names(kin: list[str]) -> list[str]:
    """What each is called: “儿子”, or “儿子（2）” where there are several."""
    found = []
    for place, code in enumerate(kin):
        several = kin.count(code) > 1
        one = {"who": KIN[code].word, "n": kin[: place + 1].count(code)}
        found.append(_("%(who)s（%(n)d）") % one if several else str(one["who"]))
    return found


def choices(fact: Fact) -> list[tuple[str, str]]:
    """What can be chosen, as (answer, word), `unknown` not among them; empty where one writes."""
    if fact.type == "yes_no":
        return [("yes", _("是")), ("no", _("否"))]
    if fact.type == "place":
        return [("local", _("本市户籍")), ("elsewhere", _("外地户籍"))]
    if fact.name == LEVEL:
        levels = [_("没有残疾人证"), _("一级"), _("二级"), _("三级"), _("四级")]
        return [(str(level), word) for level, word in enumerate(levels)]
    return list(fact.choices.items())


def hint(fact: Fact) -> str:
    """An example beside the question, where one writes."""
    if fact.type != "fen":
        return right(fact)
    least = fact.minimum or 0
    return _("例如 1999 或 1999.50。") + ("" if least >= 0 else _("亏本的，前面写减号。"))


def right(fact: Fact) -> str:
    """What a right answer looks like."""
    low, high = fact.minimum or 0, fact.maximum or 0
    if fact.type == "fen":
        least = _("没有就写 0") if low >= 0 else _("亏本就在前面写减号，没有就写 0")
        example = _("请写成元，例如 1999 或 1999.50；%(least)s。") % {"least": least}
        return example + _("最多 %(high)s。") % {"high": words.yuan(high)}
    if fact.type == "day":
        return _("请写公历的年、月、日，例如 1938 年 3 月 15 日。")
    if fact.type == "whole" and fact.name != LEVEL:
        return _("请写一个整数，%(low)d 到 %(high)d。") % {"low": low, "high": high}
    return _("请选一项；说不准就选“不知道”。")


def shown(fact: Fact, value: Value) -> str:
    """An answer in words."""
    if value is None or value == ():
        return _("不知道") if value is None else _("没有")
    if isinstance(value, tuple):
        return shown_number(fact, value[0][2])
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int):
        return shown_number(fact, value)
    if fact.type == "place":
        return _("外地户籍") if value == "elsewhere" else _("本市户籍")
    return fact.choices.get(value, value)


def shown_number(fact: Fact, value: int | None) -> str:
    """A sum or a count in words."""
    if value is None:
        return _("不知道")
    if fact.name == LEVEL:
        return dict(choices(fact))[str(value)]
    return words.yuan(value) if fact.type == "fen" else str(value)
