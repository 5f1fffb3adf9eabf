"""Imports on pages: hand a file in, see what would become of it, let it in, take it back."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.entitlements import books as stored
from guanjia.entitlements.runs import pages as run_pages
from guanjia.interop import bad_rows, imports, tables, undoing, uploads, workbook
from guanjia.interop.errors import ImportRefused, SameFile
from guanjia.interop.import_forms import HandIn, limits
from guanjia.interop.intake import sheets
from guanjia.interop.intake.sheets import BadFile
from guanjia.interop.models import AT_WORK, Import, ImportState
from guanjia.kit import clock
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.staff import gate
from guanjia.staff.roles import May

PAGE, FIRST = 50, 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@gate.may(May.SEE_IMPORTS)
def list_imports(request: HttpRequest) -> HttpResponse:
    """All imports in sight, newest first."""
    before = request.GET.get("before", "")
    if before and (not before.isdecimal() or len(before) > 18):
        raise BadRequest("before")
    found = imports.imports()
    found = found.filter(pk__lt=int(before)) if before else found
    rows = list(found[: PAGE + 1])
    more = len(rows) > PAGE
    shown = {
        "rows": rows[:PAGE],
        "first_url": reverse("imports") if before else None,
        "next_url": f"{reverse('imports')}?before={rows[PAGE - 1].pk}" if more else None,
    }
    return render(request, "interop/imports.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.IMPORT)
def hand_in(request: HttpRequest) -> HttpResponseBase:
    """The form; a file that was handed in is checked at once, and nothing of it written."""
    form = HandIn(request.POST or None, request.FILES or None)
    announced = getattr(request, uploads.TOO_LARGE, 0)
    if announced:
        form.add_error("file", sheets.too_large(announced))
    elif request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            kept = uploads.keep(file.chunks(), file.name)
            found = imports.ask_import(
                kept, form.cleaned_data["table"], gate.post_of(request), clock.now()
            )
        except SameFile as refused:
            if refused.number is not None:
                messages.warning(request, str(refused))
                return redirect("import", refused.number)
            form.add_error("file", str(refused))
        except BadFile as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("import", found.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "interop/hand_in.html", {"form": form, **limits()}, status=status)


@require_safe
@gate.may(May.SEE_IMPORTS)
def one_import(request: HttpRequest, number: int) -> HttpResponse:
    """One import: how far it is, what becomes of its rows, what is wrong in them."""
    found = _import(number)
    laid = [s for s in found.sheets.order_by("position") if s.rows or s.trouble]
    titles = {table.code: table.title for table in tables.IMPORTED}
    problems = list(found.problems.order_by("position", "line", "pk")[: FIRST + 1])
    named = {sheet.position: titles.get(sheet.table, sheet.title) for sheet in laid}
    shown = {
        **_progress(found),
        "working": found.state in AT_WORK,
        "sheets": [
            (
                s,
                titles.get(s.table, s.title),
                bad_rows.find(found.pk, bad_rows.sheet_file(s.position)),
            )
            for s in laid
        ],
        "good": sum(s.fresh + s.changed for s in laid),
        "refused": sum(s.refused for s in laid),
        "problems": [(named.get(p.position, ""), p) for p in problems[:FIRST]],
        "more": len(problems) > FIRST,
        "workbook": bad_rows.find(found.pk, bad_rows.WORKBOOK),
        "days": uploads.KEPT_DAYS,
        **_moves(request, found),
    }
    return render(request, "interop/import.html", shown)


@require_safe
@gate.may(May.SEE_IMPORTS)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The progress alone, asked for every two seconds; once it is over, the whole page."""
    found = _import(number)
    if found.state not in AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "interop/import_progress.html", _progress(found))


@require_POST
@gate.may(May.SEE_IMPORTS)
def apply_import(request: HttpRequest, number: int) -> HttpResponseBase:
    """Let the good rows in."""
    found = _import(number)
    approves = gate.allows(request, May.APPROVE_RUN)
    if not gate.allows(request, May.IMPORT) and not found.holds_awards:
        raise PermissionDenied(_("您当前的岗位没有这项权限。"))
    try:
        imports.apply_import(number, gate.user_of(request), approves, clock.now())
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("import", number)


@require_POST
@gate.may(May.IMPORT)
def cancel(request: HttpRequest, number: int) -> HttpResponseBase:
    """Stop an import; what was written stays until it is taken back."""
    _import(number)
    try:
        imports.cancel_import(number, gate.user_of(request), clock.now())
    except ImportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已停止。"))
    return redirect("import", number)


@require_POST
@gate.may(May.IMPORT)
def undo(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take an import back, where nothing stands on it."""
    _import(number)
    try:
        undoing.ask_undo(number, gate.user_of(request), _book().city, clock.now())
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("import", number)


@require_safe
@gate.may(May.SEE_IMPORTS)
def bad_rows_workbook(request: HttpRequest, number: int) -> HttpResponseBase:  # noqa: ARG001
    """The refused rows of all tables as a workbook, marked, with reasons."""
    return _returned(number, bad_rows.WORKBOOK, XLSX)


@require_safe
@gate.may(May.SEE_IMPORTS)
def bad_rows_csv(request: HttpRequest, number: int, position: int) -> HttpResponseBase:  # noqa: ARG001
    """The refused rows of one table as CSV."""
    return _returned(number, bad_rows.sheet_file(position), "text/csv; charset=utf-8")


@require_safe
@gate.may(May.IMPORT)
def template(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001
    """The empty tables as one workbook."""
    file = BytesIO()
    workbook.write(file, _book(), tables.local(settings.GUANJIA_CITY))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=workbook.NAME, content_type=XLSX)


def _returned(number: int, name: str, kind: str) -> HttpResponseBase:
    _import(number)
    file = bad_rows.find(number, name)
    if file is None:
        raise Http404
    called = f"import-{number}-{name}"
    return FileResponse(file.open("rb"), as_attachment=True, filename=called, content_type=kind)


def _moves(request: HttpRequest, found: Import) -> dict[str, bool]:
    """What may be done next, and by whom."""
    awards, mine = found.holds_awards, found.by_id == gate.user_of(request).pk
    able = gate.allows(request, May.APPROVE_RUN) if awards else gate.allows(request, May.IMPORT)
    stopped = found.state in (ImportState.CANCELLED, ImportState.FAILED)
    waits = found.state == ImportState.CHECKED or (stopped and found.checked_at is not None)
    written = found.applied_at is not None
    return {
        "may_apply": waits and able and not (awards and mine) and found.forgotten_at is None,
        "needs_second": waits and awards and (mine or not able),
        "may_undo": (found.state == ImportState.APPLIED or (stopped and written))
        and gate.allows(request, May.IMPORT),
        "goes_on": stopped and written,
    }


def _progress(found: Import) -> dict[str, Any]:
    left = run_pages.at_pace(found.began_at, found.done, found.total, clock.now())
    return {"found": found, "left": run_pages.how_long(left) if left is not None else ""}


def _import(number: int) -> Import:
    """The import. Raises Http404."""
    try:
        return imports.imports().get(pk=number)
    except Import.DoesNotExist:
        raise Http404 from None


def _book() -> Book:
    return stored.newest() or books.load(settings.GUANJIA_CITY)
