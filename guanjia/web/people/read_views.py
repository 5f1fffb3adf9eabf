"""Reading watched: who looked at a person, one number seen for a reason, the auditor's log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case
from guanjia.cases.workflow import DESK
from guanjia.concerns.matters import queries as concerns
from guanjia.entitlements.why import page_queries as entitled
from guanjia.kit import clock
from guanjia.people import queries, seal
from guanjia.people.models import Person
from guanjia.staff import gate, lists, read_queries, reading
from guanjia.staff.lists import Sight
from guanjia.staff.read_models import Read, ReadKind
from guanjia.staff.reading import Note
from guanjia.staff.roles import May
from guanjia.web.people import read_forms

LIMIT = "reveals_an_hour"


@dataclass(frozen=True, slots=True)
class Number:
    """One number of somebody: masked, and its sealed bytes."""

    code: str
    label: str
    mask: str
    sealed: bytes


@require_safe
@never_cache
@gate.may(May.SEE_PEOPLE)
def looked(request: HttpRequest, number: int) -> HttpResponse:
    """Who looked at the person. A fragment for htmx, else a page."""
    person = _person(number)
    shown = {"person": person, "reads": read_queries.looked(number), "part": "people/looked.html"}
    return _part(request, shown | _of_person(person), _("查阅记录"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.may(May.REVEAL_NUMBERS)
def numbers(request: HttpRequest, number: int) -> HttpResponse:
    """The person's numbers, masked; asked for with a reason, one of them whole, and that is logged."""
    person = _person(number)
    shown = _asked(request, _numbers(person), Note(ReadKind.REVEAL, number))
    return _part(request, shown | _of_person(person), _("证件号与账号"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.may(May.HANDLE_CASES)
def phone(request: HttpRequest, number: int) -> HttpResponse:
    """The phone and the address that somebody left with a concern, in the same way.

    For whoever has the case, at a village too: calling is one of the promises, and the number was
    left for it.
    """
    try:
        case = concerns.whole(number)
    except Case.DoesNotExist:
        raise Http404 from None
    if DESK not in case_queries.standing(gate.post_of(request), case):
        raise Http404
    log = Note(ReadKind.REVEAL, matter=number)
    left = case.concern
    found = [Number("phone", _("电话"), left.phone_mask, bytes(left.phone_sealed))]
    found += [Number("email", _("电子邮箱"), left.email_mask, bytes(left.email_sealed))]
    found = [one for one in found if one.sealed]
    whose = {"back": reverse("inbox_case", args=[number]), "whose": _("诉求")}
    return _part(request, _asked(request, found, log) | whose, _("联系电话"))


def _asked(request: HttpRequest, numbers: Iterable[Number], log: Note) -> dict[str, Any]:
    """The numbers, masked; of the one that is asked for, its form, or itself."""
    found = {one.code: one for one in numbers}
    shown: dict[str, Any] = {
        "numbers": found.values(),
        "here": request.path,
        "part": "people/numbers.html",
    }
    wanted = request.POST.get("which") or request.GET.get("which")
    if wanted is not None:
        if wanted not in found:
            raise BadRequest("which")
        shown["asked"] = found[wanted]
        form = read_forms.Reveal(request.POST or None, initial={"which": wanted})
        shown["form"] = form
        if request.method == "POST" and form.is_valid():
            log.what = wanted
            log.reason, log.reason_words = form.cleaned_data["reason"], form.cleaned_data["words"]
            shown |= _revealed(request, found[wanted], log)
    return shown


def _revealed(request: HttpRequest, one: Number, log: Note) -> dict[str, Any]:
    """The whole number, once it is logged; or why not."""
    try:
        with transaction.atomic():
            reading.insert(request, gate.post_of(request), [log])
    except IntegrityError as problem:
        if _constraint(problem) != LIMIT:
            raise
        return {"refused": _("本岗位一小时内能查看的完整号码已用完。请过一会儿再看。")}
    try:
        return {"whole": seal.unseal(one.sealed)}
    except seal.KeyGone:
        return {
            "refused": _(
                "加密这个号码的密钥不在本机，现在读不出来；号码仍在，没有丢失。请管理员从备份恢复密钥。"
            )
        }


def _constraint(problem: IntegrityError) -> str:
    cause: Any = problem.__cause__
    return str(cause.diag.constraint_name)


@require_safe
@gate.may(May.READ_LOG)
def reads(request: HttpRequest) -> HttpResponseBase:
    """The read log of the auditor's place, newest first; a page or a file."""
    form = read_forms.ReadFilter(request.GET)
    if not form.is_valid():
        raise BadRequest("filter")
    asked = form.cleaned_data
    seen = lists.sight(
        request, "reads", read_queries.COLUMNS, read_queries.NEWEST, asked, falling=True
    )
    rows = read_queries.picked(asked["kind"], asked["account"])
    if request.GET.get("form") == "csv":
        return lists.as_csv("reads.csv", _lines(rows, seen))
    page, mark = lists.page(rows, seen, read_queries.PAGE)
    shown = {
        "form": form,
        "list": seen,
        "lines": list(read_queries.lines(page)),
        "next_url": seen.next_url(mark),
    }
    return render(request, "people/reads.html", shown)


def _lines(rows: Any, seen: Sight) -> Iterator[list[object]]:
    yield [
        _("时间"),
        _("账号"),
        _("岗位"),
        _("做了什么"),
        _("个人"),
        _("诉求"),
        _("结果数"),
        _("原因"),
        _("来自地址"),
    ]
    for batch in lists.everything(rows, seen, read_queries.BATCH):
        for line in read_queries.lines(batch):
            read: Read = line.read
            yield [
                read.at.isoformat(timespec="seconds"),
                read.user.username,
                read.post,
                read.get_kind_display(),
                read.person or "",
                read.matter or "",
                "" if read.found is None else read.found,
                f"{read.get_reason_display()} {read.reason_words}".strip(),
                read.address,
            ]


def _of_person(person: Person) -> dict[str, str]:
    """Where a part of a person's page leads back to."""
    return {"back": reverse("person", args=[person.pk]), "whose": person.name}


def _person(number: int) -> Person:
    try:
        return queries.person(number)
    except Person.DoesNotExist:
        raise Http404 from None


def _numbers(person: Person) -> Iterator[Number]:
    """The document first, then the account of each award of the person, or of the household's."""
    if person.document_sealed:
        label = person.get_document_kind_display()
        yield Number("document", label, person.document_mask, bytes(person.document_sealed))
    for award in entitled.awards_of(person.pk, queries.home_of(person.pk, clock.today())):
        mask = f"****{award.account_tail}"
        label = _("%(payee)s的银行账号（%(number)s）") % {
            "payee": award.payee,
            "number": award.number,
        }
        yield Number(f"award-{award.pk}", label, mask, bytes(award.account_sealed))


def _part(request: HttpRequest, shown: dict[str, Any], title: str) -> HttpResponse:
    template = shown["part"] if request.headers.get("HX-Request") else "people/part.html"
    return render(request, template, {**shown, "title": title})
