"""Imports of a bureau's own files: where each stands, what is wrong in it, which rows it wrote."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from guanjia.entitlements.columns import place_key, staff_key


class ImportState(models.TextChoices):
    """Where an import stands."""

    ASKED = "asked", _("排队检查")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("检查完，待写入")
    APPLYING = "applying", _("写入中")
    APPLIED = "applied", _("已写入")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    CANCELLED = "cancelled", _("已停止")
    FAILED = "failed", _("出错待处理")


AT_WORK = (ImportState.ASKED, ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
OPEN = (*AT_WORK, ImportState.CHECKED)
COMING = ("asked", "checking", "checked", "applying")
"""Its rows may still be written."""


class Import(models.Model):
    """One file that somebody handed in: checked first, then written; it can be taken back.

    `place` is that of the post by whose eyes it is read: what that post cannot see, the import
    cannot either. The file lies under the house's files until `forgotten_at`.
    """

    place = place_key()
    post = models.ForeignKey("staff.Post", models.PROTECT, related_name="+", db_index=False)
    by = staff_key()
    name = models.CharField(max_length=120, help_text="as the file was called")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text="bytes")
    table = models.CharField(max_length=20, blank=True, help_text="empty: known by its headers")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.ASKED)
    holds_awards = models.BooleanField(default=False)
    done = models.BigIntegerField(default=0, help_text="rows of this pass that are finished")
    total = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    began_at = models.DateTimeField(null=True, help_text="when this pass began")
    checked_at = models.DateTimeField(null=True)
    applied_by = staff_key(null=True)
    applied_at = models.DateTimeField(null=True, help_text="when writing was asked for")
    ended_by = staff_key(null=True)
    ended_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True, help_text="the file and its reasons are gone")
    trouble = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "id"], name="import_place")]
        constraints = [
            models.CheckConstraint(
                name="import_state_is_known", condition=Q(state__in=ImportState.values)
            ),
            models.CheckConstraint(
                name="import_does_no_more_rows_than_there_are",
                condition=Q(done__gte=0, done__lte=F("total")),
            ),
            models.CheckConstraint(
                name="an_import_is_written_after_it_was_checked",
                condition=Q(applied_at__isnull=True) | Q(checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_import_that_was_written_names_who",
                condition=~Q(state__in=["applying", "applied", "undoing", "undone"])
                | Q(applied_by__isnull=False, applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_import_of_awards_is_written_by_a_second_person",
                condition=Q(holds_awards=False)
                | Q(applied_by__isnull=True)
                | ~Q(applied_by=F("by")),
            ),
            models.CheckConstraint(
                name="an_import_has_ended_or_is_open",
                condition=Q(state__in=OPEN, ended_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="an_import_that_was_stopped_or_undone_names_who",
                condition=~Q(state__in=["cancelled", "undone"]) | Q(ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="an_import_that_failed_says_why", condition=~Q(state="failed") | ~Q(trouble="")
            ),
            models.UniqueConstraint(
                name="one_open_import_a_file",
                fields=["place", "sha256", "table"],
                condition=Q(state__in=COMING),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """The code of the source that everything it writes names."""
        return f"import/{self.pk}"


class ImportSheet(models.Model):
    """One table of an import: what was recognised in it, and what became of its rows."""

    of = models.ForeignKey(Import, models.PROTECT, related_name="sheets", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="in the order in which they are read")
    table = models.CharField(max_length=20, blank=True, help_text="empty: not recognised")
    title = models.CharField(max_length=60, help_text="of the sheet, as it was handed in")
    ignored = models.CharField(
        max_length=400, blank=True, help_text="columns that say nothing to us"
    )
    absent = models.CharField(max_length=400, blank=True, help_text="columns read as empty")
    trouble = models.CharField(max_length=400, blank=True, help_text="why nothing of it is read")
    rows = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0, help_text="new")
    changed = models.BigIntegerField(default=0)
    same = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_sheet_a_position", fields=["of", "position"]),
            models.CheckConstraint(
                name="a_sheet_counts_no_row_twice",
                condition=Q(rows__gte=F("fresh") + F("changed") + F("same") + F("refused")),
            ),
        ]


class ImportProblem(models.Model):
    """One cell that cannot be read or believed, and why."""

    of = models.ForeignKey(Import, models.PROTECT, related_name="problems", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="of the sheet")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=40)
    text = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["of", "position", "line", "id"], name="problem_line")]


class What(models.TextChoices):
    """What kind of row an import wrote."""

    PERSON = "person", _("人员")
    HOUSEHOLD = "household", _("家庭")
    MEMBERSHIP = "membership", _("家庭成员")
    PERSON_FACT = "person_fact", _("人员情况")
    HOUSEHOLD_FACT = "household_fact", _("家庭情况")
    AWARD = "award", _("待遇")
    FACILITY = "facility", _("设施")
    POST = "post", _("岗位")
    NUMBER = "number", _("人员编号")


class ImportWrite(models.Model):
    """One row that an import wrote, superseded or changed; append-only."""

    of = models.ForeignKey(Import, models.PROTECT, related_name="writes", db_index=False)
    what = models.CharField(max_length=16, choices=What)
    row = models.BigIntegerField(help_text="its key; of a facility, its code")
    ended = models.BooleanField(default=False, help_text="believed until then, and no more")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_write_a_row", fields=["of", "what", "row", "ended"])
        ]


class ImportChange(models.Model):
    """One cell of a row without history that an import wrote over: what stood there before."""

    of = models.ForeignKey(Import, models.PROTECT, related_name="changes", db_index=False)
    what = models.CharField(max_length=16, choices=What)
    row = models.BigIntegerField()
    column = models.CharField(max_length=20)
    before = models.CharField(max_length=120)
    after = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_change_a_cell_and_import", fields=["of", "what", "row", "column"]
            )
        ]


class PersonNumber(models.Model):
    """The number by which an office's own files call a person."""

    place = place_key()
    number = models.CharField(max_length=40, db_collation="C")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="numbers")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_person_a_number", fields=["place", "number"])
        ]
