"""The verbs of an import: asked for, checked, written, stopped, taken back, forgotten.

Each is one transaction; what takes time is a job, asked for in that same transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from guanjia.interop import uploads
from guanjia.interop.errors import FileGone, NothingGood, NotNow, SameFile, SecondPerson
from guanjia.interop.intake.lines import Line, Verdict, Wrote
from guanjia.interop.intake.matching import Matched
from guanjia.interop.models import (
    AT_WORK,
    COMING,
    OPEN,
    Import,
    ImportProblem,
    ImportSheet,
    ImportState,
)
from guanjia.interop.uploads import Kept
from guanjia.kit import bulk
from guanjia.people import actions as people
from guanjia.staff.models import Post, User

CHECK, APPLY, UNDO = "interop.check_import", "interop.apply_import", "interop.undo_import"
"""Names of the jobs; they carry an import's number and nothing else."""

PROBLEM_COLUMNS = {
    "of_id": "bigint",
    "position": "smallint",
    "line": "integer",
    "column": "text",
    "text": "text",
}
COUNTED = {
    Verdict.NEW: "fresh",
    Verdict.CHANGED: "changed",
    Verdict.SAME: "same",
    Verdict.REFUSED: "refused",
}
AWARDS = "awards"


def imports() -> QuerySet[Import]:
    """All imports in sight, the newest first."""
    wanted = ("by", "applied_by", "ended_by", "place", "post")
    return Import.objects.select_related(*wanted).order_by("-pk")


def waiting_for(user_id: int) -> QuerySet[Import]:
    """Imports with awards that were checked, and that somebody else handed in."""
    checked = imports().filter(state=ImportState.CHECKED, holds_awards=True)
    return checked.exclude(by=user_id)


def ask_import(kept: Kept, table: str, post: Post, at: datetime) -> Import:
    """A file to be checked, with the eyes of a post. Raises SameFile where it is being imported."""
    try:
        with transaction.atomic():
            made = Import.objects.create(
                place_id=post.place_id,
                post=post,
                by=post.user,
                name=kept.name,
                sha256=kept.sha256,
                size=kept.size,
                table=table,
                asked_at=at,
            )
            defer(CHECK, made)
            uploads.settle(kept, made.pk)
            return made
    except IntegrityError:
        kept.path.unlink(missing_ok=True)
        known = Import.objects.filter(sha256=kept.sha256, table=table, state__in=COMING)
        mine = known.filter(place_id=post.place_id).values_list("pk", flat=True).first()
        raise SameFile(mine) from None


@transaction.atomic
def begin(number: int, state: ImportState, at: datetime) -> Import | None:
    """A job begins a pass, or goes on with it; None where there is nothing to do any more."""
    found = Import.objects.select_for_update().get(pk=number)
    if state == ImportState.CHECKING and found.state in (ImportState.ASKED, ImportState.CHECKING):
        found.state, found.began_at, found.done, found.total = state, at, 0, 0
        found.save(update_fields=["state", "began_at", "done", "total"])
        return found
    return found if found.state == state else None


@transaction.atomic
def lay_out(found: Import, sheets: Sequence[Matched], rows: Sequence[int]) -> None:
    """What was recognised in the file, before its rows are looked at."""
    ImportProblem.objects.filter(of=found).delete()
    ImportSheet.objects.filter(of=found).delete()
    ImportSheet.objects.bulk_create(
        ImportSheet(
            of=found,
            position=position,
            table=one.table.code if one.table else "",
            title=one.sheet.title,
            ignored=_listed(one.ignored),
            absent=_listed(one.absent),
            trouble=one.trouble[:400],
            rows=count,
        )
        for position, (one, count) in enumerate(zip(sheets, rows, strict=True))
    )
    found.total = sum(rows)
    found.holds_awards = any(
        one.table is not None and one.table.code == AWARDS and not one.trouble and count
        for one, count in zip(sheets, rows, strict=True)
    )
    found.save(update_fields=["total", "holds_awards"])


def _listed(columns: Sequence[str]) -> str:
    return _("、").join(columns)[:400]


def record(found: Import, position: int, lines: Sequence[Line], wrote: Wrote) -> bool:
    """Keep what became of a batch of rows; False where the import was stopped meanwhile."""
    now = Import.objects.select_for_update().get(pk=found.pk)
    if now.state not in AT_WORK:
        return False
    problems = (
        (found.pk, position, p.line, p.column[:40], p.text[:300]) for x in lines for p in x.problems
    )
    bulk.insert("interop_importproblem", PROBLEM_COLUMNS, problems)
    counts = dict.fromkeys(COUNTED, 0)
    for line in lines:
        counts[line.verdict] += 1
    ImportSheet.objects.filter(of=found, position=position).update(
        **{column: F(column) + counts[verdict] for verdict, column in COUNTED.items()}
    )
    columns = {"of_id": "bigint", "what": "text", "row": "bigint", "ended": "boolean"}
    rows = dict.fromkeys((found.pk, *row) for row in wrote.rows)
    bulk.insert("interop_importwrite", columns, rows)
    columns = {"of_id": "bigint", "what": "text", "row": "bigint", "column": "text"}
    columns |= {"before": "text", "after": "text"}
    changes = ((found.pk, *row) for row in wrote.changes)
    bulk.insert("interop_importchange", columns, changes, "ON CONFLICT DO NOTHING")
    now.done = found.done = min(now.done + len(lines), now.total)
    now.save(update_fields=["done"])
    return True


@transaction.atomic
def end_pass(found: Import, at: datetime) -> None:
    """The last row of a pass is done; what was stopped meanwhile stays stopped."""
    now = Import.objects.select_for_update().get(pk=found.pk)
    if now.state == ImportState.CHECKING:
        now.state, now.checked_at = ImportState.CHECKED, at
    elif now.state == ImportState.APPLYING:
        now.state, now.ended_at = ImportState.APPLIED, at
    now.save(update_fields=["state", "checked_at", "ended_at"])


@transaction.atomic
def apply_import(number: int, by: User, may_approve: bool, at: datetime) -> Import:
    """Let the good rows in. An import that was stopped or failed in between goes on where it stood.

    Raises NotNow, FileGone, NothingGood, SameFile; SecondPerson where awards are among them.
    """
    found = Import.objects.select_for_update().get(pk=number)
    again = found.state in (ImportState.CANCELLED, ImportState.FAILED) and found.checked_at
    if found.state != ImportState.CHECKED and not again:
        raise NotNow(str(found.get_state_display()))
    if found.forgotten_at or not uploads.file_of(number).exists():
        raise FileGone(uploads.KEPT_DAYS)
    if found.holds_awards and (not may_approve or by.pk == found.by_id):
        raise SecondPerson
    if found.applied_at is None:
        good = found.sheets.aggregate(n=Sum(F("fresh") + F("changed")))["n"]
        if not good:
            raise NothingGood
        ImportProblem.objects.filter(of=found).delete()
        found.sheets.update(fresh=0, changed=0, same=0, refused=0)
        found.done, found.applied_by, found.applied_at = 0, by, at
    found.state, found.began_at, found.ended_at, found.trouble = ImportState.APPLYING, at, None, ""
    found.ended_by = None
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:  # the same file was handed in again meanwhile
        raise SameFile(None) from None
    people.ensure_source(found.source, _("导入 %(number)d") % {"number": found.pk})
    defer(APPLY, found)
    return found


@transaction.atomic
def cancel_import(number: int, by: User, at: datetime) -> Import:
    """Stop an import; batches that were written stay, and can be taken back. Raises NotNow."""
    found = Import.objects.select_for_update().get(pk=number)
    if found.state not in OPEN or found.state == ImportState.UNDOING:
        raise NotNow(str(found.get_state_display()))
    found.state, found.ended_by, found.ended_at = ImportState.CANCELLED, by, at
    found.save(update_fields=["state", "ended_by", "ended_at"])
    return found


@transaction.atomic
def fail_import(number: int, trouble: str, at: datetime) -> None:
    """Say why an import stopped. One that was being taken back stands as it stood before."""
    found = Import.objects.select_for_update().get(pk=number)
    if found.state == ImportState.UNDOING:
        found.state = ImportState.APPLIED
    elif found.state in AT_WORK:
        found.state = ImportState.FAILED
    else:
        return
    found.trouble, found.ended_at = trouble, at
    found.save(update_fields=["state", "trouble", "ended_at"])


@transaction.atomic
def forget_import(found: Import, at: datetime) -> None:
    """Its time is over: the file goes, and the reasons that speak of it. What it wrote stays."""
    if found.state in OPEN:
        found.state, found.ended_by, found.ended_at = ImportState.CANCELLED, found.by, at
    found.forgotten_at = at
    found.save(update_fields=["state", "ended_by", "ended_at", "forgotten_at"])
    ImportProblem.objects.filter(of=found).delete()
    transaction.on_commit(lambda: uploads.forget(found.pk))


def go_on(found: Import) -> None:
    """Ask for the job that takes an import at work from where it stands."""
    jobs = {ImportState.APPLYING: APPLY, ImportState.UNDOING: UNDO}
    defer(jobs.get(ImportState(found.state), CHECK), found)


def defer(task: str, found: Import) -> None:
    """Ask for a job of an import, in the transaction at hand."""
    app.configure_task(task, lock=f"import/{found.pk}").defer(import_id=found.pk)
