"""Accounts, entries (the why) and transfers (the moves). Append-only; fen are whole and positive."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Account(models.Model):
    """A place where money stands, named by a path. Only the transfer trigger changes its balance."""

    path = models.CharField(max_length=120, unique=True, db_collation="C")
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    balance = models.BigIntegerField(default=0, help_text="fen")
    may_go_negative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_is_not_overdrawn",
                condition=Q(balance__gte=0) | Q(may_go_negative=True),
            )
        ]

    def __str__(self) -> str:
        return self.path


class Entry(models.Model):
    """Why money moved: a unique key, a day, a kind, who prepared and who approved."""

    key = models.CharField(max_length=160, unique=True, db_collation="C")
    on = models.DateField()
    kind = models.CharField(max_length=24)
    benefit = models.CharField(max_length=24, blank=True)
    month = models.DateField(null=True, help_text="first day of the month that is due")
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    run = models.ForeignKey(
        "entitlements.Run", on_delete=models.PROTECT, null=True, related_name="entries"
    )
    award = models.ForeignKey(
        "entitlements.Award", on_delete=models.PROTECT, null=True, related_name="entries"
    )
    determination = models.ForeignKey(
        "entitlements.Determination", on_delete=models.PROTECT, null=True, related_name="entries"
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(
                name="entry_was_prepared_and_approved_by_two_people",
                condition=~Q(prepared_by=F("approved_by")),
            ),
            models.UniqueConstraint(name="entry_stands_at_one_place", fields=["id", "place"]),
        ]
        indexes = [
            models.Index(fields=["run", "id"], name="entry_run"),
            models.Index(fields=["award", "month"], name="entry_award_month"),
        ]

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """So many fen from one account to another, because of an entry. It balances by its shape."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="transfers")
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="incoming")
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="transfer_moves_something", condition=Q(fen__gt=0)),
            models.CheckConstraint(
                name="transfer_goes_somewhere_else", condition=~Q(source=F("target"))
            ),
        ]
