"""我的诉求: without an account, by a code to the contact that was left; everything that was asked from it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guanjia.cases import carriers, queries, ways
from guanjia.cases.models import State
from guanjia.concerns.keys import (
    code_sending,
    limits,
    mine,
    opening,
    signed_in,
    signing_in,
    slowing,
)
from guanjia.concerns.keys.forms import AskCode, ShowCode
from guanjia.concerns.keys.mine import Matter
from guanjia.concerns.keys.signed_in import Resident
from guanjia.concerns.keys.signing_in import IN, WRONG, TooMany
from guanjia.concerns.matters import showing
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.matters.contacts import EMAIL, SMS, Contact
from guanjia.concerns.tables.contacts import ContactCode
from guanjia.kit import clock, scope
from guanjia.kit.days import SHANGHAI
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.policy.words import day, told

LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Line:
    """One matter in words. `late`: what was promised did not come in time; `asks`: its asker may say whether
    the answer helped.
    """

    matter: Matter
    opened: str
    category: str
    where: str
    stands: str
    when: str
    late: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class WhereSent:
    """In a demonstration alone: the file that stands for the message, and, where its people are made up, the code."""

    file: str
    code: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def matters(request: HttpRequest) -> HttpResponse:
    """Everything that was asked from one's contact; or, without a session, where to ask for a code."""
    if request.method == "POST":
        return _ask(request)
    resident = signed_in.who(request)
    if resident is None:
        return _door(request, AskCode(by=_by(request)))
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= LONGEST_NUMBER):
        raise BadRequest("after")
    return _list(request, resident, int(after))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Where the six digits are typed. A right code is good once, for the browser that asked for it."""
    if signed_in.who(request) is not None:
        return redirect("mine")
    asked = signed_in.asked(request)
    if asked is None:
        return redirect("mine")
    form = ShowCode(request.POST or None)
    if request.method != "POST":
        return _code(request, asked, form)
    if not form.is_valid():
        return _code(request, asked, form, 400)
    nonce, contact = asked
    said = form.cleaned_data
    shown = signing_in.show(contact, nonce, said["code"], said["remembered"], clock.now())
    if shown.said == IN:
        return signed_in.begin(redirect("mine"), shown.token, contact, said["remembered"])
    if shown.said == WRONG:
        form.add_error("code", _("验证码不对，请核对最新收到的那一条。错 5 次就要重新要一个。"))
        return _code(request, asked, form, 400)
    gone = _("这个验证码不能用了：过了 10 分钟，用过一次，或错了 5 次。请重新要一个。")
    return _door(request, _again(contact), gone, 400)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The session ends; nothing of it, nor of a matter opened by code, stays on this device."""
    resident = signed_in.who(request)
    if resident is not None:
        signing_in.leave(resident.key, clock.now())
    return opening.forget(signed_in.forget(redirect("mine")))


def _ask(request: HttpRequest) -> HttpResponse:
    """A code is sent, whatever was asked from the contact or was not: the same is done, the same is said."""
    asked = signed_in.asked(request) if "again" in request.POST else None
    said = {"contact": asked[1].value} if asked else request.POST
    form = AskCode(said, by=_by(request))
    if not form.is_valid():
        return _door(request, form, status=400)
    contact: Contact = form.cleaned_data["contact"]
    if contact.way not in _ways():
        form.add_error("contact", _("本市现在不用这种方式发验证码，请换一种，或用查询码查。"))
        return _door(request, form, status=400)
    at = clock.now()
    again = limits.wanting_a_code().shut_until(request, at)
    if again is not None:
        return _door(request, form, slowing.wait_for_code(again), 429)
    try:
        nonce = signing_in.ask(contact, at)
    except TooMany as refused:
        return _door(request, form, slowing.wait_for_code(refused.again_at), 429)
    limits.wanting_a_code().pass_by(request)
    return signed_in.remember_asked(redirect("mine_code"), nonce, contact)


def _door(request: HttpRequest, form: AskCode, held: str = "", status: int = 200) -> HttpResponse:
    page = {"form": form, "by": _by(request), "ways": _ways(), "held": held}
    page["lapsed"] = request.method != "POST" and signed_in.lapsed(request)
    return render(request, "concerns/mine_door.html", page, status=status)


def _code(
    request: HttpRequest, asked: tuple[str, Contact], form: ShowCode, status: int = 200
) -> HttpResponse:
    nonce, contact = asked
    page = {"form": form, "contact": contact, "sent": _where_sent(nonce, contact)}
    return render(request, "concerns/mine_code.html", page, status=status)


def _where_sent(nonce: str, contact: Contact) -> WhereSent | None:
    """Nothing in a real house. Where a demonstration has the city's own people, the place and not the code."""
    if settings.GUANJIA_DEMO_DAY is None:
        return None
    with scope.hold(scope.Scope(kind="contact", key=contact.index)):
        asked = ContactCode.objects.filter(nonce=nonce).first()
    if asked is None:
        return None
    file = carriers.file_of(code_sending.message_key(asked), contact.way)
    if _ways().get(contact.way) != "file":
        file = settings.GUANJIA_FILES / "mail"
    sent = bool(settings.EMAIL_HOST) and contact.way == EMAIL
    shown = signing_in.code_of(nonce) if settings.GUANJIA_DEMO_SYNTHETIC else ""
    return WhereSent("" if sent else str(file.relative_to(settings.GUANJIA_FILES.parent)), shown)


def _list(request: HttpRequest, resident: Resident, after: int) -> HttpResponse:
    at, known = clock.now(), the_brand()
    found, more = mine.matters(resident.key, at, after)
    names = places.names([one.place for one in found])
    rows = []
    for one in found:
        category = known.categories.get(one.category)
        where = people_words.place_words(one.place, names)
        when, late = _when(one, at)
        named = str(category) if category else told(one.category_label)
        asks = one.state in (State.ANSWERED, State.CLOSED) and one.solved is None
        stands = showing.stands(one.state, one.solved)
        opened = _day(one.opened_at)
        rows.append(Line(one, opened, named, where, stands, when, late, asks))
    page = {"rows": rows, "more": more, "first": not after, "contact": resident.contact}
    return render(request, "concerns/mine.html", page)


def _when(one: Matter, at: datetime) -> tuple[str, bool]:
    """Until when what is promised next, and whether that is over; or when it was answered."""
    if one.answered_at is not None:
        return _("%(day)s答复了您") % {"day": _day(one.answered_at)}, False
    if one.look_again_at is not None:
        ends = showing.ends(queries.moment(one.look_again_at))
        return _("最迟 %(ends)s 再看") % {"ends": ends}, False
    if one.due_at is None or one.promise is None:
        return "", False
    what = {"ends": showing.ends(queries.moment(one.due_at)), "what": showing.PROMISED[one.promise]}
    return _("最迟 %(ends)s %(what)s") % what, one.due_at < at


def _day(at: datetime) -> str:
    return day(at.astimezone(SHANGHAI).date())


def _by(request: HttpRequest) -> str:
    """Which of the two the page asks for: a number, unless an address was wished."""
    wished = request.POST.get("by") or request.GET.get("by")
    return EMAIL if wished == EMAIL and EMAIL in _ways() else SMS


def _ways() -> dict[str, str]:
    """What carries codes in this city: SMS, EMAIL, or both."""
    folder: Path = settings.GUANJIA_CITY
    known = ways.load(folder).carriers
    return {way: known[way] for way in (SMS, EMAIL) if way in known}


def _again(contact: Contact) -> AskCode:
    return AskCode(initial={"contact": contact.value}, by=contact.way)
