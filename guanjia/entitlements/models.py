"""What the text says is due, what the office granted, what was decided: all as rows."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from guanjia.entitlements.columns import (
    Days,
    held_key,
    one_unit,
    place_key,
    staff_key,
    two_people,
)
from guanjia.entitlements.tables import after as after_models
from guanjia.entitlements.tables.books import Revision
from guanjia.people.acting import post_key

LATER = after_models
"""The tables of what comes after a run: named here, so that they are found with the others."""


class Cadence(models.TextChoices):
    """How often an award is paid."""

    MONTH = "month", _("按月")
    YEAR = "year", _("按年")
    ONCE = "once", _("一次")


class Award(models.Model):
    """The office granted a benefit to a person or a household: who, from when, paid where."""

    number = models.CharField(max_length=40, db_collation="C")
    benefit = models.CharField(max_length=24, db_collation="C")
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="awards"
    )
    household = models.ForeignKey(
        "people.Household", on_delete=models.PROTECT, null=True, related_name="awards"
    )
    place = place_key()
    applied_on = models.DateField()
    assessed_on = models.DateField()
    approved_on = models.DateField()
    prepared_by = staff_key()
    approved_by = staff_key()
    payee = models.CharField(max_length=60)
    account_sealed = models.BinaryField()
    account_tail = models.CharField(max_length=4)
    cadence = models.CharField(max_length=5, choices=Cadence)
    granted = models.BigIntegerField(help_text="fen a period of its cadence, as granted")
    since = models.DateField(help_text="first day of the first month due")
    until = models.DateField(null=True)
    pays_from = models.DateField(
        help_text="first month that this ledger owes; earlier ones were paid elsewhere"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            two_people("award_was_granted_by_two_people"),
            one_unit("award_is_of_one_unit"),
            models.CheckConstraint(
                name="award_was_applied_assessed_and_then_approved",
                condition=Q(applied_on__lte=F("approved_on"))
                & Q(assessed_on__lte=F("approved_on"))
                & (Q(until__isnull=True) | Q(until__gt=F("since")))
                & Q(pays_from__gte=F("since")),
            ),
            models.CheckConstraint(
                name="award_cadence_is_known", condition=Q(cadence__in=Cadence.values)
            ),
            models.CheckConstraint(
                name="award_paid_once_has_an_end",
                condition=~Q(cadence=Cadence.ONCE) | Q(until__isnull=False),
            ),
            models.CheckConstraint(
                name="award_is_due_from_a_first_day",
                condition=Q(since__day=1) & Q(pays_from__day=1),
            ),
            models.UniqueConstraint(
                name="one_award_a_number",
                fields=["number"],
                condition=Q(superseded_at__isnull=True),
            ),
            *[
                ExclusionConstraint(
                    name=f"one_award_a_{unit}_and_benefit_at_a_time",
                    condition=Q(superseded_at__isnull=True),
                    expressions=[
                        (F(unit), RangeOperators.EQUAL),
                        (F("benefit"), RangeOperators.EQUAL),
                        (Days(F("since"), F("until")), RangeOperators.OVERLAPS),
                    ],
                )
                for unit in ("person", "household")
            ],
        ]

        indexes = [models.Index(fields=["number"], name="award_number")]

    def __str__(self) -> str:
        return self.number


class RunState(models.TextChoices):
    """Where a month's run stands."""

    ASKED = "asked", _("排队中")
    DETERMINING = "determining", _("核算中")
    READY = "ready", _("待审批")
    APPROVED = "approved", _("已审批，正在记账")
    PAID = "paid", _("已发放")
    CANCELLED = "cancelled", _("已取消")
    REJECTED = "rejected", _("已退回")
    FAILED = "failed", _("出错待处理")


ENDED_BADLY = (RunState.CANCELLED, RunState.REJECTED)
WORKING = (RunState.ASKED, RunState.DETERMINING, RunState.APPROVED)


class Run(models.Model):
    """One month decided for everybody and paid. Asked twice, it is one run."""

    month = models.DateField()
    place = place_key()
    state = models.CharField(max_length=12, choices=RunState, default=RunState.ASKED)
    known_at = models.DateTimeField(help_text="facts as known at this moment")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="runs")
    prepared_by = staff_key()
    approved_by = staff_key(null=True)
    ended_by = staff_key(null=True)
    prepared_post = post_key()
    approved_post = post_key()
    ended_post = post_key()
    retried_by = staff_key(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, help_text="cancelled or rejected")
    retried_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0, help_text="households determined, or awards paid")
    total = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0, help_text="last household or award of the last step")
    people = models.BigIntegerField(default=0, help_text="persons determined")
    undecidable = models.CharField(max_length=200, blank=True, help_text="benefits without rules")
    result_hash = models.CharField(max_length=64, blank=True)
    trouble = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_run_a_month_and_place",
                fields=["month", "place"],
                condition=~Q(state__in=["cancelled", "rejected"]),
            ),
            two_people("run_was_approved_by_a_second_person"),
            models.CheckConstraint(
                name="money_moves_only_after_approval",
                condition=~Q(state__in=["approved", "paid"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(name="run_month_is_a_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="a_run_that_ended_names_who_and_when",
                condition=~Q(state__in=["cancelled", "rejected"])
                | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_rejected_run_says_why", condition=~Q(state="rejected") | ~Q(trouble="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Change(models.TextChoices):
    """What a determination changed against the one that held before it."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("变更")
    SAME = "same", _("不变")
    ARREARS = "arrears", _("补发")
    OVERPAID = "overpaid", _("多发")
    STOPPED = "stopped", _("停发")
    UNKNOWN = "unknown", _("待补问")
    MISSED = "missed", _("应享未享")
    DOUBTFUL = "doubtful", _("疑似不再符合")
    SPENT = "spent", _("已一次发完")
    GONE = "gone", _("情况已变化")


class Determination(models.Model):
    """A decision, append-only. It holds until a later one for the same unit and benefit.

    Written only where something differs from what held before, by runs that were neither
    cancelled nor rejected: `previous` is that one. A statement trigger holds what it names: the
    book and the moment are its run's, the unit and the place its award's, or exist.
    """

    run = held_key("entitlements.Run")
    benefit = models.CharField(max_length=24, db_collation="C")
    person = held_key("people.Person", null=True)
    household = held_key("people.Household", null=True)
    award = held_key("entitlements.Award", null=True)
    place = place_key(db_constraint=False)
    since = models.DateField(help_text="first day of the month from which this holds")
    assessed_on = models.DateField(null=True)
    entitled = models.BooleanField(null=True, help_text="NULL: something must be asked first")
    gross = models.BigIntegerField(null=True, help_text="fen")
    net = models.BigIntegerField(null=True, help_text="fen, after relations")
    reasons = models.BigIntegerField(help_text="two bits a condition")
    pays = models.BigIntegerField(default=0, help_text="fen that the award pays a period")
    carried = models.BooleanField(
        default=False, help_text="pays as before, until a named person confirms the change"
    )
    what = models.CharField(max_length=10, choices=Change)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(db_default=Now())
    known_at = models.DateTimeField()
    revision = held_key("entitlements.Revision")
    facts_hash = models.BigIntegerField(help_text="63 bits of SHA-256 of the facts read")

    class Meta:
        constraints = [
            one_unit("determination_is_of_one_unit"),
            models.UniqueConstraint(
                name="determined_once_a_run",
                fields=["run", "benefit", "since", "person", "household"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="only_an_award_pays", condition=Q(pays=0) | Q(pays__gt=0, award__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                name="determination_person",
                fields=["person", "benefit", "since"],
                condition=Q(person__isnull=False),
            ),
            models.Index(
                name="determination_household",
                fields=["household", "benefit", "since"],
                condition=Q(household__isnull=False),
            ),
            models.Index(
                name="determination_award",
                fields=["award", "since"],
                condition=Q(award__isnull=False),
            ),
            models.Index(fields=["run", "what", "benefit", "id"], name="determination_run"),
        ]


class LeadKind(models.TextChoices):
    """Why somebody should go and look."""

    MISSED = "missed", _("应享未享")
    DOUBTFUL = "doubtful", _("疑似不再符合")
    UNKNOWN = "unknown", _("待补问")


class LeadState(models.TextChoices):
    """What became of a lead."""

    OPEN = "open", _("待走访")
    CONFIRMED = "confirmed", _("已核实")
    DISMISSED = "dismissed", _("核实不属实")
    GONE = "gone", _("情况已变化")


class Lead(models.Model):
    """A lead for a visit: never a payment, never a stop, until a named person has looked."""

    kind = models.CharField(max_length=10, choices=LeadKind)
    state = models.CharField(max_length=10, choices=LeadState, default=LeadState.OPEN)
    benefit = models.CharField(max_length=24, db_collation="C")
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    household = models.ForeignKey(
        "people.Household", on_delete=models.PROTECT, null=True, related_name="+"
    )
    place = place_key()
    first_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    settled_by = staff_key(null=True)
    settled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_unit("lead_is_of_one_unit"),
            models.UniqueConstraint(
                name="one_open_lead_a_unit_and_benefit",
                fields=["kind", "benefit", "person", "household"],
                condition=Q(state="open"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_settled_lead_names_who_and_why",
                condition=~Q(state__in=["confirmed", "dismissed"])
                | (Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(note="")),
            ),
        ]
        indexes = [models.Index(fields=["place", "kind", "state", "id"], name="lead_place")]


class RunFigure(models.Model):
    """A count and a sum of a run, by town and benefit, kept so that a page need not count."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="figures")
    place = place_key()
    benefit = models.CharField(max_length=24, db_collation="C")
    what = models.CharField(max_length=12, help_text="a Change, or paid")
    units = models.BigIntegerField()
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_figure_a_run_town_and_benefit", fields=["run", "place", "benefit", "what"]
            )
        ]


class BankFile(models.Model):
    """A file for the bank: where it lies, how much it totals, and its hash."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="bank_files")
    place = place_key()
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    lines = models.BigIntegerField()
    fen = models.BigIntegerField()
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="one_bank_file_a_name", fields=["run", "name"])]
