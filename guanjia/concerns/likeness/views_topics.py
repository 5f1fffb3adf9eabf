"""热点难点: what no policy covers or what keeps coming back, gathered into topics; one topic."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.concerns.likeness import beside, gathering, personal
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.models import ChoiceKind, Topic, TopicCase, TopicChoice, TopicWord
from guanjia.kit import clock
from guanjia.kit.days import SHANGHAI
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.policy import words
from guanjia.staff import gate
from guanjia.staff.roles import May

LISTED, SAMPLES = 60, 6


class Choosing(forms.Form):
    """What a topic is taken up for, and in which words."""

    kind = forms.ChoiceField(
        label=gettext_lazy("怎么处理"),
        choices=ChoiceKind.choices,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    words = forms.CharField(
        label=gettext_lazy("怎么说、下一步谁来做"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写一两句，别人要看得懂。")},
    )


@require_safe
@gate.may(May.HANDLE_CASES)
def topics(request: HttpRequest) -> HttpResponse:
    """The topics, those with the most matters in sight first."""
    last = TopicChoice.objects.filter(topic=OuterRef("pk")).order_by("-pk").values("kind")[:1]
    found = Topic.objects.annotate(count=Count("ones"), chosen=Subquery(last))
    found = found.filter(count__gt=0).order_by("-count", "pk")[:LISTED]
    known = the_brand()
    rows = [
        (topic, known.categories.get(topic.category, topic.category), _chosen(topic.chosen))
        for topic in found.prefetch_related(Prefetch("words", TopicWord.objects.all()))
    ]
    return render(request, "concerns/topics.html", {"rows": rows})


def _chosen(kind: str | None) -> str:
    return str(ChoiceKind(kind).label) if kind else ""


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.HANDLE_CASES)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A topic: how it goes, where, some of its matters masked, the policies that come near it."""
    topic = Topic.objects.filter(pk=number).first()
    if topic is None:
        raise Http404
    form = Choosing(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, post = form.cleaned_data, gate.post_of(request)
        kind = ChoiceKind(said["kind"])
        gathering.choose(topic, kind, said["words"], gate.user_of(request), post, clock.now())
        return redirect("topic", number)
    status = 400 if request.method == "POST" else 200
    return render(request, "concerns/topic.html", _page(topic) | {"form": form}, status=status)


def _page(topic: Topic) -> dict[str, Any]:
    known, today = the_brand(), clock.now().astimezone(SHANGHAI).date()
    trend, towns = gathering.trend(topic, today), gathering.by_town(topic)
    ones = TopicCase.objects.filter(topic=topic).select_related("case__concern")
    newest = list(ones.order_by("-case_id")[:SAMPLES])
    names = places.names([*towns, *(o.case.place_id for o in newest)])
    told = list(topic.words.all())
    text = " ".join(w.word for w in told)
    return {
        "topic": topic,
        "category": known.categories.get(topic.category, topic.category),
        "words": told,
        "chart": _bars(trend),
        "message": _message(trend),
        "columns": [{"name": _("月份")}, {"name": _("件"), "number": True}],
        "rows": [[words.month(month), count] for month, count in trend],
        "towns": [(people_words.place_words(code, names), count) for code, count in towns.items()],
        "samples": [
            (
                personal.masked(o.case.concern.text),
                people_words.place_words(o.case.place_id, names),
                o,
            )
            for o in newest
        ],
        "again": ones.filter(again=True).count(),
        "policies": [
            (known.register.policies[code], known.register.departments)
            for code, _name in beside.nearly(text, known, most=4, least=1)
        ],
        "choices": topic.choices.select_related("by", "post__place"),
        "synthetic": any(o.case.concern.synthetic for o in newest),
    }


def _bars(trend: list[tuple[date, int]]) -> dict[str, Any]:
    """Matters a month, as the page's script draws them."""
    points = [
        {"name": words.month(month), "value": count, "shown": f"{count:,}"}
        for month, count in trend
    ]
    return {"kind": "bars", "points": points, "unit": _("件"), "even": False}


def _message(trend: list[tuple[date, int]]) -> str:
    """What the bars say, in a sentence."""
    (_before, then), (_month, now) = trend[-2:]
    said = ngettext("本月 %(n)d 件", "本月 %(n)d 件", now) % {"n": now}
    if now > then:
        return _("%(said)s，比上个月多 %(more)d 件") % {"said": said, "more": now - then}
    if now < then:
        return _("%(said)s，比上个月少 %(less)d 件") % {"said": said, "less": then - now}
    return _("%(said)s，跟上个月一样") % {"said": said}
