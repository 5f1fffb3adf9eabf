"""The inbox: due moment first; filtered as a sentence, kept as a filter of one's own, taken along as a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import queries as case_queries
from guanjia.cases import words as case_words
from guanjia.cases.models import Case
from guanjia.concerns.desk.forms import InboxFilter, SaveFilter
from guanjia.concerns.desk.views_bulk import VERBS
from guanjia.concerns.matters import queries, showing
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.matters.queries import Wanted
from guanjia.concerns.models import SavedFilter
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate, lists
from guanjia.staff.lists import Sight
from guanjia.staff.models import Post
from guanjia.staff.roles import May

CODE = re.compile(r"[a-z_]{1,24}")
KEPT = ("desk", "state", "category", "mark", "sort")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inbox."""

    case: Case
    tick: str
    category: str
    ends: str
    left: str
    late: bool
    level: Promise | str
    place: str
    desk: str


@require_safe
@gate.may(May.HANDLE_CASES)
def inbox(request: HttpRequest) -> HttpResponseBase:
    """The cases of the post's own desk, or of others below it: what is due first stands first."""
    post, at = gate.post_of(request), clock.now()
    form = _form(request.GET, post)
    if not form.is_valid():
        raise BadRequest("filter")
    asked = form.cleaned_data
    wanted = Wanted(**asked)
    usual = queries.usual(wanted)
    falling = usual is queries.LATEST
    seen = lists.sight(request, "inbox", queries.COLUMNS, usual, asked, falling=falling)
    if request.GET.get("form") == "csv":
        return lists.as_csv(f"inbox-{clock.today():%Y%m%d}.csv", _lines(post, wanted, seen, at))
    found, mark = queries.page(post, wanted, seen, at)
    shown: dict[str, Any] = {
        "form": form,
        "list": seen,
        "rows": _rows(found, at),
        "count": queries.counted(post, wanted, at) if mark or seen.after else len(found),
        "most": queries.COUNTED,
        "next_url": seen.next_url(mark),
        "narrowed": any(asked.values()),
        "filters": queries.filters(post),
        "asked": _address(request.GET),
        "verbs": [(verb, case_words.MOVES[verb]) for verb in VERBS],
        "stopped": case_queries.stopped(at),
    }
    return render(request, "concerns/inbox.html", shown)


@require_POST
@gate.may(May.HANDLE_CASES)
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filter under a name of one's own."""
    form, post = SaveFilter(request.POST), gate.post_of(request)
    if not form.is_valid():
        messages.error(request, _("请给筛选起个名字，20 个字以内。"))
        return redirect("inbox")
    asked = QueryDict(form.cleaned_data["asked"])
    if not _form(asked, post).is_valid():
        raise BadRequest("filter")
    if len(queries.filters(post)) >= queries.MOST_FILTERS:
        messages.error(request, _("最多存 20 个筛选，请先删掉不用的。"))
        return redirect("inbox")
    try:
        with transaction.atomic():
            kept = _address(asked)
            SavedFilter.objects.create(
                post=post, name=form.cleaned_data["name"].strip(), asked=kept
            )
    except IntegrityError:
        messages.error(request, _("已经有同名的筛选，请换个名字。"))
    else:
        messages.success(request, _("存好了。"))
    return redirect(f"{reverse('inbox')}?{_address(asked)}")


@require_POST
@gate.may(May.HANDLE_CASES)
def drop_filter(request: HttpRequest, number: int) -> HttpResponse:
    """Forget one of one's own."""
    SavedFilter.objects.filter(pk=number, post=gate.post_of(request)).delete()
    return redirect("inbox")


def _form(asked: QueryDict, post: Post) -> InboxFilter:
    desk = asked.get("desk", "")
    named = {}
    if queries.named_desk(desk, post):
        code = desk.removesuffix(queries.BELOW)
        name = places.names([code])
        below = desk.endswith(queries.BELOW)
        whole = _("%(place)s和下级承办") % {"place": people_words.place_words(code, name)}
        one = _("%(desk)s承办") % {"desk": showing.desk(code, name)}
        named[desk] = whole if below else one
    categories = [(code, str(one)) for code, one in the_brand().categories.items()]
    gone = asked.get("category", "")
    if CODE.fullmatch(gone) and gone not in the_brand().categories:  # its cases are still there
        categories.append((gone, _("%(category)s（已停用）") % {"category": gone}))
    return InboxFilter(
        asked, states=queries.STATES, marks=queries.MARKS, categories=categories, named=named
    )


def _address(asked: QueryDict) -> str:
    """The filter as an address has it, without where a page begins."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if asked.get(name):
            kept[name] = str(asked[name])
    return kept.urlencode()


def _lines(post: Post, wanted: Wanted, seen: Sight, at: datetime) -> Iterator[list[object]]:
    """The list as a file: no name and no phone goes along."""
    yield [
        *(_("编号"), _("类别"), _("内容"), _("到期"), _("办理"), _("地方"), _("承办"), _("来件"))
    ]
    for some in lists.everything(queries.at_desk(post, wanted, at), seen, 500):
        for row in _rows(some, at):
            case = row.case
            text = case.concern.text.replace("\n", " ")
            state = str(case.get_state_display())
            opened = showing.ends(case_queries.moment(case.opened_at))
            yield [case.pk, row.category, text, row.ends, state, row.place, row.desk, opened]


def _rows(found: list[Case], at: datetime) -> list[Row]:
    known, promised = the_brand(), the_promises()
    names = places.names(code for case in found for code in (case.place_id, case.desk_id))
    tick = _("勾选第 %(n)s 号")
    return [
        Row(
            case=case,
            tick=tick % {"n": case.pk},
            category=showing.category(case.concern, known),
            ends=showing.ends_of(case),
            left=showing.left(case.due_at, at, promised) if case.due_at else "",
            late=case.due_at is not None and case.due_at < at,
            level=case_words.LEVELS.get(case.level, ""),
            place=people_words.place_words(case.place_id, names),
            desk=showing.desk(case.desk_id, names),
        )
        for case in found
    ]
