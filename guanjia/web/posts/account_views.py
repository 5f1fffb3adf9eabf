"""Accounts for the administrator: who can sign in, with what; opening, locking, ending sessions."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.kit import clock
from guanjia.staff import actions, gate, lists, queries, sessions
from guanjia.staff.errors import PostError
from guanjia.staff.lists import Column
from guanjia.staff.models import User
from guanjia.staff.roles import May
from guanjia.web.posts import accounts, forms

PAGE = 50
COLUMNS = (
    Column("who", gettext_lazy("账号"), by="username", fixed=True),
    Column("posts", gettext_lazy("现任岗位")),
    Column("factor", gettext_lazy("两步验证")),
    Column("state", gettext_lazy("状态")),
)
BY_NAME = Column("usual", gettext_lazy("账号名"), by="username")


@require_safe
@gate.may(May.MANAGE_POSTS)
def staff_accounts(request: HttpRequest) -> HttpResponse:
    """Who can sign in."""
    words = request.GET.get("q", "").strip()
    seen = lists.sight(request, "accounts", COLUMNS, BY_NAME, {"q": words})
    rows, mark = lists.page(_listed(words), seen, PAGE)
    held: dict[int, list[object]] = {}
    for post in queries.in_force(clock.today()).filter(user__in=[user.pk for user in rows]):
        held.setdefault(post.user_id, []).append(post)
    shown = {
        "rows": [(user, held.get(user.pk, [])) for user in rows],
        "list": seen,
        "next_url": seen.next_url(mark),
        "words": words,
    }
    return render(request, "posts/accounts.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.MANAGE_POSTS)
def open_account(request: HttpRequest) -> HttpResponse:
    """A new account, and the link by which its holder sets a password."""
    form = forms.NewAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.new_account(**form.cleaned_data)
        except accounts.BadAccount as problem:
            form.add_error("username", str(problem))
        else:
            return _with_link(request, user)
    return render(request, "posts/new_account.html", {"form": form})


@require_safe
@gate.may(May.MANAGE_POSTS)
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: its posts, its factors, where it is signed in."""
    return _page(request, _user(number))


@require_POST
@gate.may(May.MANAGE_POSTS)
def change_account(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Lock or unlock it, end its sessions, or give its holder a new link."""
    user = _user(number)
    if what == "link":
        return _with_link(request, user)
    try:
        said = _changed(user, what)
    except PostError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return redirect("staff_account", user.pk)


def _changed(user: User, what: str) -> str:
    """Do it, and say so. Raises PostError, Http404."""
    if what == "lock":
        actions.lock(user, clock.today())
        sessions.end_all(user)
        return _("账号已停用，所有登录都已退出。岗位没有变，没办完的事请在岗位页移交。")
    if what == "unlock":
        actions.unlock(user)
        return _("账号已恢复。")
    if what == "sign-out":
        sessions.end_all(user)
        return _("这个账号的所有登录都已退出。")
    raise Http404


def _with_link(request: HttpRequest, user: User) -> HttpResponse:
    address = request.build_absolute_uri("/").rstrip("/")
    return _page(request, user, accounts.one_time_link(user, address))


def _page(request: HttpRequest, user: User, link: str = "") -> HttpResponse:
    posts = user.posts.select_related("place").order_by("-since", "pk")
    factors = Authenticator.objects.filter(user=user).order_by("type")
    shown = {
        "one": user,
        "posts": posts,
        "factors": [factor for factor in factors if factor.type != "recovery_codes"],
        "sessions": sessions.of(user, clock.now()),
        "link": link,
    }
    return render(request, "posts/account.html", shown)


def _user(number: int) -> User:
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise Http404
    return user


def _listed(words: str) -> "QuerySet[User]":
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
    found = queries.users().annotate(has_factor=Exists(factors))
    if words:
        found = found.filter(Q(username__icontains=words) | Q(full_name__icontains=words))
    return found
