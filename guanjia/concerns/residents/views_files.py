"""Photos and documents of a case, sent through its own doors alone: to its asker, and to desks that see it."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import attaching, storing
from guanjia.cases.judging import BadFile
from guanjia.cases.models import Attachment, Case, Who
from guanjia.concerns.keys import limits
from guanjia.concerns.keys.opening import Opened, own
from guanjia.concerns.matters import showing, uploads
from guanjia.kit import clock, scope
from guanjia.staff import gate, reading
from guanjia.staff.read_models import ReadKind
from guanjia.staff.reading import Note
from guanjia.staff.roles import May

ADDS, ADDS_WITHIN = 20, 3600
MOST = 1000  # places looked at in a case's row of files


@require_safe
@gate.may(May.HANDLE_CASES)
def of_desk(request: HttpRequest, number: int, position: int) -> HttpResponseBase:
    """One file of a case that the desk sees, by its place in the row."""
    reading.note(request, Note(ReadKind.MATTER, matter=number))
    return _sent(Attachment.objects.filter(case=number).order_by("pk"), position)


@require_safe
@own
def of_asker(
    request: HttpRequest,  # noqa: ARG001 - Django names it
    found: Opened,
    position: int,
) -> HttpResponse:
    """One file of one's own case: one's own, or what came with an answer."""
    with scope.hold(found.eyes()):
        if position not in {one.position for one in showing.files(found.case, for_asker=True)}:
            raise Http404
        response = _sent(Attachment.objects.filter(case=found.case).order_by("pk"), position)
    response["Cache-Control"] = "private, no-store"  # who leaves a shared phone leaves nothing
    return response


@require_POST
@own
def add(request: HttpRequest, found: Opened) -> HttpResponse:
    """A photo that one finds later."""
    whose = f"{found.case.pk}"
    if limits.spent("files", whose, ADDS):
        messages.error(request, _("短时间内加的文件太多，请过一个小时再加。"))
        return redirect(found.door())
    limits.spend("files", whose, ADDS_WITHIN)
    try:
        files = uploads.taken(request)
        with scope.hold(found.eyes()):
            attaching.attach(Case(pk=found.case.pk), files, Who.RESIDENT, clock.now())
    except BadFile as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("收到了。") if files else _("没有选文件。"))
    return redirect(found.door())


def _sent(files: QuerySet[Attachment], position: int) -> HttpResponse:
    """A file as what it is and nothing else; kept by this browser alone, for a while."""
    one = next(iter(files[position - 1 : position]), None) if 0 < position <= MOST else None
    if one is None:
        raise Http404
    try:
        content = storing.path_of(one.stored).read_bytes()
    except FileNotFoundError:
        raise Http404(_("这个文件已经不在了。")) from None
    named = content_disposition_header(not one.is_photo, one.name)
    response = HttpResponse(content, content_type=one.media)
    response["Content-Disposition"] = named or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=600"
    return response
