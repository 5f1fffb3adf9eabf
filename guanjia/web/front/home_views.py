"""The front door: the home of staff and of strangers, how pages look, which post one acts in."""

import re

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.concerns.matters.city import the_brand
from guanjia.kit import clock
from guanjia.staff import gate, lists
from guanjia.web.front import home_state

A_YEAR = 365 * 24 * 3600
LIST_NAME = re.compile(r"[a-z_]{1,20}")
MOST_COLUMNS = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Staff see what waits for their post; strangers see what this is and the public book."""
    today = clock.today()
    shown: dict[str, object] = {"book_state": home_state.book_state(today)}
    if not request.user.is_authenticated:
        shown["brand"] = the_brand()
        return render(request, "landing.html", shown)
    if gate.closed(request):
        return gate.to_factor(request)
    shown |= {"waiting": home_state.waiting(request), "last_run": home_state.last_run(request)}
    return render(request, "home.html", shown)


@require_safe
def marks(request: HttpRequest) -> HttpResponse:
    """What each status mark means."""
    return render(request, "marks.html")


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Remember how pages look (theme, 长辈版, language, columns) and go back, with the form that came."""
    response = redirect(_back(request), preserve_request="keep" in request.POST)
    theme, elder = request.POST.get("theme"), request.POST.get("elder")
    language = request.POST.get("language")
    if theme in ("light", "dark"):
        _remember(response, "theme", theme)
    elif theme == "system":
        response.delete_cookie("theme")
    if elder in ("0", "1"):
        _remember(response, "elder", elder)
    if language in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    named = request.POST.get("list", "")
    if LIST_NAME.fullmatch(named):
        hidden = set(request.POST.getlist("known")) - set(request.POST.getlist("column"))
        codes = sorted(code for code in hidden if LIST_NAME.fullmatch(code))
        _remember(response, lists.COOKIE + named, ".".join(codes[:MOST_COLUMNS]))
    return response


@require_POST
@gate.own
def act_in(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own posts from now on; begin again at home, since all else differs."""
    chosen = request.POST.get("post", "")
    posts = getattr(request, "posts", [])
    post = next((p for p in posts if str(p.pk) == chosen), None)
    if post is None:
        raise PermissionDenied(_("这个岗位不在您名下，或已到期。"))
    request.session[gate.ACTING] = post.pk
    messages.success(request, _("现在以“%(post)s”的身份办理。") % {"post": post})
    return redirect("home")


def _back(request: HttpRequest) -> str:
    """Where the form was sent from, if that is here."""
    wanted = request.POST.get("next", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure())
    return wanted if safe else "/"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
