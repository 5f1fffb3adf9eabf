"""The bank's files: handed out whole, to the city's desk alone, after their hash was checked."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.entitlements.models import BankFile
from guanjia.places.queries import CITY
from guanjia.staff import gate
from guanjia.staff.roles import May

KINDS = {
    ".csv": "text/csv; charset=gb18030",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@gate.may(May.SEE_MONEY)
def bank_file(request: HttpRequest, number: int) -> HttpResponse:
    """One file, if it still is what was written; a page that says so where it is not."""
    if len(request.post.place_id) != CITY:  # type: ignore[attr-defined]
        raise PermissionDenied(_("银行文件由市级岗位下载。"))
    try:
        file = BankFile.objects.select_related("run").get(pk=number)
    except BankFile.DoesNotExist:
        raise Http404 from None
    content = _content(file)
    if content is None:
        return render(request, "entitlements/bank_file_wrong.html", {"file": file}, status=409)
    return HttpResponse(
        content,
        content_type=KINDS.get(Path(file.name).suffix, "application/octet-stream"),
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Cache-Control": "no-store",
        },
    )


def _content(file: BankFile) -> bytes | None:
    """The file's bytes; None where it is gone or is not what was written."""
    files: Path = settings.GUANJIA_FILES
    place = files / "bank" / f"{file.run.month:%Y-%m}" / file.name
    try:
        content = place.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None
