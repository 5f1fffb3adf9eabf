"""Showing answered matters to others: what may be shown, masked; shown by a clerk, taken back by the asker.

Masking is not trusted alone: the clerk reads the text, and what still holds a number, a door or a
name is refused.
"""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guanjia.cases.models import Case, Event, State
from guanjia.concerns.likeness import grams, personal
from guanjia.concerns.models import Concern
from guanjia.concerns.tables.public import BoardCase, Consent
from guanjia.kit import scope
from guanjia.kit.days import SHANGHAI
from guanjia.staff.models import User

TOWN = 9
READ, SHOWN, PAGE = 400, 3, 20
LEAST = 0.2
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗凤方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝安常于傅卞齐康伍余元顾孟黄穆萧尹姚邵汪毛戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童颜"
    "郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解丁邓洪包左石崔吉龚程邢裴陆翁段侯武刘詹龙叶黎温莘曾文欧利蒙麦简招"
)
CALLED = "先生|女士|小姐|太太|婆婆|阿婆|阿姨|阿伯|伯伯|伯|叔叔|叔|婶|奶奶|爷爷|大爷|大妈|师傅|老师|医生|主任|书记"
NAMED = re.compile(rf"[{SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?={CALLED})")
SAID_NAME = re.compile(r"(?<=[我他她]叫)[\u4e00-\u9fff]{2,3}|(?<=姓名[是：:])[\u4e00-\u9fff]{2,4}")


class NotShown(ValueError):
    """What may not be shown, in words for the clerk."""


def masked(text: str, name: str = "") -> str:
    """A text without numbers, doors and names, as far as they are found; the asker's own name everywhere."""
    hidden = personal.masked(text)
    if len(name) > 1:
        hidden = hidden.replace(name, "某某")
    return SAID_NAME.sub("某某", NAMED.sub("某", hidden))


def leave(case: Case) -> Consent | None:
    """The asker's leave, given and not taken back."""
    return Consent.objects.filter(case=case, withdrawn_at=None).first()


def draft(case: Case, concern: Concern) -> tuple[str, str]:
    """Question and answer as they would be shown; the clerk reads them before."""
    answers = Event.objects.filter(case=case, became=State.ANSWERED, verb__in=("answer", "decline"))
    last = answers.order_by("-step").values_list("note", flat=True).first()
    return masked(concern.text, concern.name), masked(last or "", concern.name)


@transaction.atomic
def publish(
    case: Case, concern: Concern, question: str, answer: str, by: User, at: datetime
) -> None:
    """Show a matter. Raises NotShown where it holds personal data, or nobody gave leave."""
    if leave(case) is None or case.answered_at is None:
        raise NotShown(_("对方没有同意公开，或者已经撤回。没有公开。"))
    for text in (question, answer):
        if personal.found(text) or masked(text, concern.name) != text:
            raise NotShown(_("文字里还有像电话、证件号、门牌或姓名的内容，请去掉再公开。"))
    if BoardCase.objects.filter(case=case).exists():
        raise NotShown(_("这件事公开过了；撤下的不能再公开。"))
    BoardCase.objects.create(
        case=case,
        place=case.place_id[:TOWN],
        category=concern.category,
        category_label=concern.category_label,
        question=question,
        answer=answer,
        answered_on=case.answered_at.astimezone(SHANGHAI).date(),
        published_at=at,
        published_by=by,
    )


def withdraw(case: Case, at: datetime) -> None:
    """Take back the leave; what was shown goes with it."""
    Consent.objects.filter(case=case, withdrawn_at=None).update(withdrawn_at=at)


def shown(category: str = "", place: str = "", before: int = 0) -> list[BoardCase]:
    """One page of what everybody may read, the newest first, and one row more where there is more."""
    found = BoardCase.objects.order_by("-pk")
    if category:
        found = found.filter(category=category)
    if place:
        found = found.filter(place=place)
    if before:
        found = found.filter(pk__lt=before)
    with scope.hold(scope.PUBLIC):
        return list(found[: PAGE + 1])


def similar(text: str, category: str = "") -> list[BoardCase]:
    """Answered matters in words like these, the likest first; read are the newest READ."""
    mine = grams.pairs(text)
    if not mine:
        return []
    with scope.hold(scope.PUBLIC):
        newest = list(BoardCase.objects.order_by("-pk")[:READ])
    rated = [
        (
            grams.alike(mine, grams.pairs(one.question))
            + (0.05 if one.category == category else 0),
            one,
        )
        for one in newest
    ]
    good = sorted((r for r in rated if r[0] >= LEAST), key=lambda r: (-r[0], -r[1].pk))
    return [one for _share, one in good[:SHOWN]]
