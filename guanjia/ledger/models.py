"""Accounts, entries (the why) and transfers (the moves). Append-only; fen are whole and positive."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    """Why money moves."""

    APPROPRIATION = "appropriation", _("拨款")
    PAYMENT = "payment", _("发放")
    REVERSAL = "reversal", _("冲正")
    FAILURE = "failure", _("银行退回")
    REPAYMENT = "repayment", _("重发")


class Account(models.Model):
    """A place where money stands, named by a path. Only the transfer trigger changes its balance.

    `treasury/441900` is where money comes from, `budget/441900119/dibao` what a town may spend,
    `bank/441900119` what was handed to the bank, `suspense/441900119` what came back from it and
    waits to be paid again. The second part is the account's place.
    """

    path = models.CharField(max_length=120, db_collation="C")
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    balance = models.BigIntegerField(default=0, help_text="fen")
    may_go_negative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_account_a_path", fields=["path"]),
            models.CheckConstraint(
                name="account_is_not_overdrawn",
                condition=Q(balance__gte=0) | Q(may_go_negative=True),
            ),
            models.CheckConstraint(
                name="only_the_treasury_may_go_negative",
                condition=Q(may_go_negative=False) | Q(path__startswith="treasury/"),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class Entry(models.Model):
    """Why money moved: a unique key, a day, a kind, who prepared and who approved.

    A payment stands on a determination of its award and on an approved run, every entry on people
    and a place that exist: a statement trigger looks, for many at once and more closely than
    foreign keys would. `of`: the payment that a bank sent back, or what came back and is paid again.
    """

    key = models.CharField(max_length=160, db_collation="C")
    on = models.DateField()
    kind = models.CharField(max_length=24, choices=EntryKind)
    benefit = models.CharField(max_length=24, blank=True)
    month = models.DateField(null=True, help_text="first day of the month that is due")
    place = models.ForeignKey(
        "places.Place",
        on_delete=models.PROTECT,
        related_name="+",
        db_column="place",
        db_index=False,
        db_constraint=False,
    )
    run = models.ForeignKey(
        "entitlements.Run",
        on_delete=models.PROTECT,
        null=True,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    award = models.ForeignKey(
        "entitlements.Award",
        on_delete=models.PROTECT,
        null=True,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    determination = models.ForeignKey(
        "entitlements.Determination",
        on_delete=models.PROTECT,
        null=True,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="answers", db_index=False
    )
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(name="a_key_is_used_once", fields=["key"]),
            models.CheckConstraint(
                name="entry_was_prepared_and_approved_by_two_people",
                condition=~Q(prepared_by=F("approved_by")),
            ),
            models.CheckConstraint(
                name="payment_names_its_run_award_determination_and_month",
                condition=Q(
                    kind__in=["payment", "repayment"],
                    run__isnull=False,
                    award__isnull=False,
                    determination__isnull=False,
                    month__isnull=False,
                )
                | (
                    ~Q(kind__in=["payment", "repayment"])
                    & Q(run__isnull=True, award__isnull=True, determination__isnull=True)
                ),
            ),
            models.UniqueConstraint(
                name="an_entry_is_reversed_once",
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="only_a_reversal_reverses",
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
            ),
            models.UniqueConstraint(
                name="what_came_back_came_back_once",
                fields=["of"],
                condition=Q(of__isnull=False),
            ),
            models.CheckConstraint(
                name="only_what_came_back_or_goes_again_is_of_another",
                condition=Q(kind__in=["failure", "repayment"], of__isnull=False)
                | (~Q(kind__in=["failure", "repayment"]) & Q(of__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["run", "id"], name="entry_run"),
            models.Index(fields=["award", "month"], name="entry_award_month"),
        ]

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """So many fen from one account to another, because of an entry. It balances by its shape.

    The statement trigger that moves balances refuses an account that is not there, and a transfer
    that does not stand where its entry stands.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="transfers", db_constraint=False
    )
    place = models.ForeignKey(
        "places.Place",
        on_delete=models.PROTECT,
        related_name="+",
        db_column="place",
        db_constraint=False,
        db_index=False,
    )
    source = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="outgoing",
        db_index=False,
        db_constraint=False,
    )
    target = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="incoming",
        db_index=False,
        db_constraint=False,
    )
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="transfer_moves_something", condition=Q(fen__gt=0)),
            models.CheckConstraint(
                name="transfer_goes_somewhere_else", condition=~Q(source=F("target"))
            ),
        ]
        indexes = [
            models.Index(fields=["source", "id"], name="transfer_source"),
            models.Index(fields=["target", "id"], name="transfer_target"),
        ]
