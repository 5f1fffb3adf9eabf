"""What somebody is told who sends too much: nobody is turned away for good."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guanjia.concerns import limits


def flooding() -> HttpResponse:
    """To one who was told to wait and sends and sends: no page, so that others are not kept waiting."""
    text = _("从您这里提交的太多了，请过五分钟再试。等不及就拨打 12345，由话务员替您登记。")
    heads = {"Retry-After": str(limits.HELD_WITHIN)}
    return HttpResponse(text, "text/plain; charset=utf-8", status=429, headers=heads)


def wait(again: datetime) -> str:
    """Nobody is turned away for good: from when on, or by phone."""
    told = {"hour": f"{again:%H:%M}"}
    return (
        _(
            "这会儿从您这里提交的太多了，请在 %(hour)s 之后再点一次“提交”，您写的都还在。"
            "等不及就拨打 12345，由话务员替您登记。"
        )
        % told
    )


def slow(request: HttpRequest) -> HttpResponse:
    """To one who typed too many wrong codes."""
    return render(request, "concerns/slow.html", status=429)
