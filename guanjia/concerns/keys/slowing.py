"""What somebody is told who sends too much: nobody is turned away for good."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guanjia.concerns.keys import limits
from guanjia.kit import clock
from guanjia.kit.days import SHANGHAI
from guanjia.policy.words import day

FAR = timedelta(hours=12)
"""An hour that is further away might be taken for today's."""


def flooding() -> HttpResponse:
    """To one who was told to wait and sends and sends: no page, so that others are not kept waiting."""
    text = _("从您这里提交的太多了，请过五分钟再试。等不及就拨打 12345，由话务员替您登记。")
    heads = {"Retry-After": str(limits.HELD_WITHIN)}
    return HttpResponse(text, "text/plain; charset=utf-8", status=429, headers=heads)


def wait(again: datetime) -> str:
    """Nobody is turned away for good: from when on, or by phone."""
    return _(
        "这会儿从您这里提交的太多了，请在 %(hour)s 之后再点一次“提交”，您写的都还在。"
        "等不及就拨打 12345，由话务员替您登记。"
    ) % _hour(again)


def wait_for_code(again: datetime) -> str:
    """To a contact that was sent many codes: from when on, and what opens a matter meanwhile."""
    return _(
        "短时间内要的验证码太多了，请在 %(hour)s 之后再试%(day)s。有查询码的现在就能查；也可以拨打 12345。"
    ) % _hour(again)


def slow(request: HttpRequest) -> HttpResponse:
    """To one who typed too many wrong codes."""
    return render(request, "concerns/slow.html", status=429)


def _hour(again: datetime) -> dict[str, str]:
    """The hour; and its day, in brackets, where that is far."""
    at, far = again.astimezone(SHANGHAI), again - clock.now() > FAR
    return {"hour": f"{at:%H:%M}", "day": _("（%(day)s）") % {"day": day(at.date())} if far else ""}
