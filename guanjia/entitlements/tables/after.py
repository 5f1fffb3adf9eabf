"""What comes after a run has paid: the bank's answers, stops before sending, accounts put right,
and money that turned out to be too much. Facts are append-only; what waits for a second person is not.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from guanjia.entitlements.columns import one_unit, place_key, staff_key
from guanjia.people.acting import post_key


class Sending(models.Model):
    """A run's bank file was handed to the bank: who, when, which. From then on nothing is stopped."""

    run = models.OneToOneField("entitlements.Run", on_delete=models.PROTECT, related_name="sending")
    place = place_key()
    file = models.ForeignKey("entitlements.BankFile", on_delete=models.PROTECT, related_name="+")
    sent_by = staff_key()
    sent_at = models.DateTimeField()


class HoldState(models.TextChoices):
    """What became of a payment that was held."""

    HELD = "held", _("暂缓，待第二人决定")
    STOPPED = "stopped", _("已停，已冲正")
    RELEASED = "released", _("照发")


class Hold(models.Model):
    """A payment posted and not yet sent that somebody stopped, until a second person decides."""

    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="holds")
    run = models.ForeignKey("entitlements.Run", on_delete=models.PROTECT, related_name="holds")
    place = place_key()
    state = models.CharField(max_length=8, choices=HoldState, default=HoldState.HELD)
    reason = models.CharField(max_length=200)
    held_by = staff_key()
    held_post = post_key()
    held_at = models.DateTimeField()
    decided_by = staff_key(null=True)
    decided_post = post_key()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_payment_is_held_once", fields=["entry"]),
            models.CheckConstraint(name="a_hold_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_hold_is_decided_by_a_second_person",
                condition=(Q(state="held", decided_by__isnull=True, decided_at__isnull=True))
                | (
                    Q(state__in=["stopped", "released"])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("held_by"))
                ),
            ),
        ]
        indexes = [models.Index(fields=["run", "state", "id"], name="hold_run")]


class BankReturn(models.Model):
    """One file that came back from the bank, as it was read. Read twice, it is one."""

    file = models.ForeignKey(
        "entitlements.BankFile", on_delete=models.PROTECT, related_name="returns"
    )
    run = models.ForeignKey("entitlements.Run", on_delete=models.PROTECT, related_name="returns")
    place = place_key()
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    lines = models.BigIntegerField()
    fen = models.BigIntegerField()
    loaded_by = staff_key()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_return_a_hash", fields=["sha256"])]


class Result(models.TextChoices):
    """What the bank says of a line, and what it came to here."""

    PAID = "paid", _("成功")
    FAILED = "failed", _("失败")
    UNMATCHED = "unmatched", _("对不上")


class BankAnswer(models.Model):
    """One line of a bank's return. One that matches no payment that waits moves no money."""

    back = models.ForeignKey(BankReturn, on_delete=models.PROTECT, related_name="answers")
    place = place_key()
    number = models.BigIntegerField(help_text="line of the file")
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, null=True, related_name="bank_answers"
    )
    key = models.CharField(max_length=160, db_collation="C")
    payee = models.CharField(max_length=60)
    fen = models.BigIntegerField()
    result = models.CharField(max_length=10, choices=Result)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_a_line", fields=["back", "number"]),
            models.UniqueConstraint(
                name="a_payment_is_answered_once",
                fields=["entry"],
                condition=~Q(result="unmatched"),
            ),
            models.CheckConstraint(
                name="an_answer_of_a_payment_names_it",
                condition=Q(result="unmatched") | Q(entry__isnull=False),
            ),
            models.CheckConstraint(
                name="a_failure_says_why", condition=Q(result="paid") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["place", "result", "id"], name="bank_answer_place")]


class AccountChange(models.Model):
    """Where an award is paid from now on: asked by one, agreed by another. The account is sealed."""

    award = models.ForeignKey("entitlements.Award", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, db_collation="C")
    place = place_key()
    payee = models.CharField(max_length=60)
    account_sealed = models.BinaryField()
    account_tail = models.CharField(max_length=4)
    after = models.BigIntegerField(help_text="the last entry that came back before this")
    reason = models.CharField(max_length=200)
    prepared_by = staff_key()
    prepared_post = post_key()
    prepared_at = models.DateTimeField()
    approved_by = staff_key(null=True)
    approved_post = post_key()
    approved_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True, help_text="NULL: waits for a second person")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_account_change_waits_an_award",
                fields=["number"],
                condition=Q(agreed__isnull=True),
            ),
            models.CheckConstraint(
                name="an_account_is_changed_by_two_people",
                condition=Q(agreed__isnull=True, approved_by__isnull=True)
                | (
                    Q(agreed__isnull=False, approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(approved_by=F("prepared_by"))
                ),
            ),
            models.CheckConstraint(name="an_account_change_says_why", condition=~Q(reason="")),
        ]


class Correction(models.Model):
    """Why a decision of a month that was decided before comes to another sum, append-only.

    `reason`: a fact's kind, or what else became known (changed_past.py); `source`: the code of the
    fact's source, the award's number, or the names of what the book says anew; `first`: from which day.
    """

    determination = models.OneToOneField(
        *("entitlements.Determination", models.PROTECT), primary_key=True, related_name="correction"
    )
    place = place_key()
    reason = models.CharField(max_length=200)
    source = models.CharField(max_length=200, blank=True)
    first = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_correction_says_why", condition=~Q(reason="")),
        ]


class Overpayment(models.Model):
    """A month that was paid more than it comes to as now known. Never offset, never moved, by itself.

    Found by a run; `due` and `paid` in fen, `paid` what was posted less what was reversed.
    """

    key = models.CharField(max_length=160, db_collation="C")
    benefit = models.CharField(max_length=24, db_collation="C")
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    household = models.ForeignKey(
        "people.Household", on_delete=models.PROTECT, null=True, related_name="+"
    )
    award = models.ForeignKey("entitlements.Award", on_delete=models.PROTECT, related_name="+")
    place = place_key()
    month = models.DateField()
    run = models.ForeignKey(
        "entitlements.Run", on_delete=models.PROTECT, related_name="overpayments"
    )
    determination = models.ForeignKey(
        "entitlements.Determination", on_delete=models.PROTECT, related_name="+"
    )
    paid = models.BigIntegerField(help_text="fen")
    due = models.BigIntegerField(help_text="fen")
    reason = models.CharField(max_length=200)
    source = models.CharField(max_length=200, blank=True)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            one_unit("overpayment_is_of_one_unit"),
            models.UniqueConstraint(name="one_overpayment_a_key", fields=["key"]),
            models.CheckConstraint(
                name="an_overpayment_is_more_than_was_due",
                condition=Q(paid__gt=F("due"), due__gte=0),
            ),
            models.CheckConstraint(name="an_overpayment_says_why", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["place", "id"], name="overpayment_place")]

    @property
    def fen(self) -> int:
        """What was paid too much."""
        return self.paid - self.due


class Step(models.TextChoices):
    """What was done about an overpayment."""

    ASKED = "asked", _("提请")
    AGREED = "agreed", _("同意")
    DECLINED = "declined", _("退回")
    OVERTAKEN = "overtaken", _("情况已变化")


class Outcome(models.TextChoices):
    """How an overpayment is settled."""

    RECOVERED = "recovered", _("已追回")
    WAIVED = "waived", _("免予追回")


class OverpaymentStep(models.Model):
    """One thing that was done about an overpayment, append-only; agreed to by a second person."""

    overpayment = models.ForeignKey(Overpayment, on_delete=models.PROTECT, related_name="steps")
    place = place_key()
    step = models.CharField(max_length=9, choices=Step)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    note = models.CharField(max_length=400)
    asked_by = staff_key(null=True)
    asked_post = post_key()
    by = staff_key(null=True)
    post = post_key()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_overpayment_is_settled_once",
                fields=["overpayment"],
                condition=Q(step__in=["agreed", "overtaken"]),
            ),
            models.CheckConstraint(
                name="an_overpayment_is_settled_by_two_people",
                condition=Q(step="overtaken", by__isnull=True, asked_by__isnull=True)
                | Q(step="asked", asked_by__isnull=False, by__isnull=True)
                | (
                    Q(step__in=["agreed", "declined"], asked_by__isnull=False, by__isnull=False)
                    & ~Q(by=F("asked_by"))
                ),
            ),
            models.CheckConstraint(
                name="what_was_done_about_an_overpayment_says_why", condition=~Q(note="")
            ),
            models.CheckConstraint(
                name="what_two_people_do_about_an_overpayment_has_an_outcome",
                condition=Q(step="overtaken", outcome="")
                | (~Q(step="overtaken") & Q(outcome__in=["recovered", "waived"])),
            ),
        ]
