"""Photos and documents of a case: judged, stored, then named in a row in the transaction of what they come with."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from guanjia.cases import judging, storing
from guanjia.cases.judging import BadFile
from guanjia.cases.models import Attachment, Case, Event, Who
from guanjia.cases.storing import Stored

MOST_AT_ONCE, MOST_OF_A_CASE = 5, 40


def take(files: Iterable["UploadedFile[Any]"]) -> list[Stored]:
    """Judge each file and store those of a form, all or none. Raises BadFile."""
    given = list(files)
    if len(given) > MOST_AT_ONCE:
        raise BadFile(_("一次最多 %(most)d 个文件。") % {"most": MOST_AT_ONCE})
    large = next((one for one in given if (one.size or 0) > judging.MOST_BYTES), None)
    if large is not None:
        raise judging.too_large(large.name or "")
    stored: list[Stored] = []
    try:
        stored += (storing.store(judging.judge(one.name or "", one.read())) for one in given)
    except BadFile:
        storing.drop(stored)
        raise
    return stored


def attach(
    case: Case, files: Iterable[Stored], who: Who, at: datetime, event: Event | None = None
) -> None:
    """Write the rows of files; one that the case has already is not kept twice. Raises BadFile."""
    had = set(case.attachments.values_list("sha256", flat=True))
    if len(had) >= MOST_OF_A_CASE:
        raise BadFile(_("这件事已经有 %(most)d 个文件，不能再加。") % {"most": MOST_OF_A_CASE})
    rows = []
    for one in files:
        if one.sha256 in had:
            storing.drop([one])
            continue
        had.add(one.sha256)
        rows.append(Attachment(case=case, event=event, who=who, at=at, **asdict(one)))
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)  # sent twice at once, kept once
