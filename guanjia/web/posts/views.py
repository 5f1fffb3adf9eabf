"""Posts for the administrator: the list, opening one, ending one by a handover, letting somebody stand in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.kit import clock
from guanjia.staff import actions, gate, lists, open_work, queries
from guanjia.staff.errors import PostError
from guanjia.staff.lists import Column
from guanjia.staff.models import Handover, Post
from guanjia.staff.roles import May
from guanjia.web.posts import forms

PAGE = 50
COLUMNS = (
    Column("who", gettext_lazy("谁"), by="user__username", fixed=True),
    Column("role", gettext_lazy("岗位"), by="role"),
    Column("place", gettext_lazy("地方"), by="place_id"),
    Column("since", gettext_lazy("起"), by="since", kind="day"),
    Column("until", gettext_lazy("止"), by="until", kind="day", nullable=True),
)
BY_PLACE = Column("usual", gettext_lazy("地方"), by="place_id")


@require_safe
@gate.may(May.MANAGE_POSTS)
def posts(request: HttpRequest) -> HttpResponse:
    """Who sits where; those in force, or all that ever were."""
    asked = {"q": request.GET.get("q", "").strip(), "all": request.GET.get("all", "")}
    seen = lists.sight(request, "posts", COLUMNS, BY_PLACE, asked)
    rows, mark = lists.page(_listed(request, asked["q"], bool(asked["all"])), seen, PAGE)
    shown = {"rows": rows, "list": seen, "next_url": seen.next_url(mark), "asked": asked}
    return render(request, "posts/posts.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.MANAGE_POSTS)
def open_post(request: HttpRequest) -> HttpResponse:
    """Give somebody a post."""
    first = {"since": clock.today().isoformat(), "user": request.GET.get("user", "")}
    form = forms.NewPost(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            post = actions.open_post(actions.NewPost(**said))
        except PostError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(
                request, _("已派岗位：%(who)s，%(post)s。") % {"who": post.user, "post": post}
            )
            return redirect("post", post.pk)
    return render(request, "posts/new.html", {"form": form})


@require_safe
@gate.may(May.MANAGE_POSTS)
def post(request: HttpRequest, number: int) -> HttpResponse:
    """One post: its time, what lies open at it, who stands in, how it ends."""
    found = _post(request, number)
    return render(request, "posts/post.html", _shown(found))


@require_POST
@gate.may(May.MANAGE_POSTS)
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End it; what is open goes to whom the form names."""
    found = _post(request, number)
    shown = _shown(found, ending=request.POST)
    form = shown["ending"]
    if form is not None and form.is_valid():
        said = form.cleaned_data
        forced = said["to"] == forms.FORCED
        try:
            given = actions.end_post(
                found.pk,
                said["ends_on"],
                gate.user_of(request),
                clock.today(),
                to=int(said["to"]) if said["to"] and not forced else None,
                forced_because=said["reason"].strip() if forced else "",
            )
        except PostError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _ended(given))
            return redirect("post", found.pk)
    return render(request, "posts/post.html", shown, status=200)


@require_POST
@gate.may(May.MANAGE_POSTS)
def stand_in(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody sit there for a dated time."""
    found = _post(request, number)
    shown = _shown(found, standing=request.POST)
    form = shown["standing"]
    if form is not None and form.is_valid():
        said = form.cleaned_data
        try:
            actions.stand_in(found, said["user"], said["since"], said["until"])
        except PostError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("已安排 %(who)s 代岗。") % {"who": said["user"]})
            return redirect("post", found.pk)
    return render(request, "posts/post.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.own
def handover(request: HttpRequest, number: int) -> HttpResponse:
    """What was handed to me; and that I have it."""
    if gate.closed(request):
        return gate.to_factor(request)
    user = gate.user_of(request)
    found = (
        Handover.objects.filter(pk=number).select_related("post__place", "post__user", "to").first()
    )
    if found is None:
        raise Http404
    if found.to is None or found.to.user_id != user.pk:
        raise PermissionDenied(_("这次移交不是给您的。"))
    if request.method == "POST":
        actions.take_over(found, user)
        messages.success(request, _("已接手。"))
        return redirect("home")
    shown = {"handover": found, "lines": _lines(found), "taken": hasattr(found, "taken")}
    return render(request, "posts/handover.html", shown)


def _listed(request: HttpRequest, words: str, every: bool) -> "QuerySet[Post]":
    found = queries.in_places(gate.post_of(request).place_id)
    if not every:
        today = clock.today()
        found = found.filter(Q(until__isnull=True) | Q(until__gt=today))
    if words:
        found = found.filter(
            Q(user__username__icontains=words)
            | Q(user__full_name__icontains=words)
            | Q(place__name__icontains=words)
        )
    return found


def _post(request: HttpRequest, number: int) -> Post:
    found = queries.in_places(gate.post_of(request).place_id).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _shown(post: Post, ending: Any = None, standing: Any = None) -> dict[str, Any]:
    """What the page of a post shows, with its forms while it can still end."""
    today = clock.today()
    over = post.until is not None and post.until <= today
    left = {} if over else actions.open_at(post, today)
    successors = [] if over else queries.successors(post, left, today)
    first = {"since": today.isoformat()}
    form = forms.End(ending, successors=successors, open_work=bool(left), today=today)
    ends = None if over else form
    stands = None if over or post.stands_in_for_id else forms.Substitute(standing, initial=first)
    substitutes = post.substitutes.select_related("user", "place").order_by(F("since").desc())
    given = list(post.handovers.select_related("to__user", "to__place", "by"))
    return {
        "one": post,
        "over": over,
        "left": [(open_work.KINDS[code].label, count) for code, count in left.items()],
        "ending": ends,
        "standing": stands,
        "substitutes": substitutes,
        "handovers": [(one, _lines(one), getattr(one, "taken", None)) for one in given],
    }


def _lines(handover: Handover) -> list[tuple[object, int, str]]:
    """What was handed over: its name, how much, the URL name of where it lies ('' if no more)."""
    found: list[tuple[object, int, str]] = []
    for line in handover.open_work.all():
        kind = open_work.KINDS.get(line.what)
        found.append((kind.label if kind else line.what, line.count, kind.page if kind else ""))
    return found


def _ended(given: Handover) -> str:
    if given.to is None:
        return _("岗位已结束，没有没办完的事。")
    parts = {"who": given.to.user, "post": given.to}
    return _("岗位已结束，没办完的事交给 %(who)s（%(post)s）。") % parts
