"""What follows an answer: leave to show it to others, what everybody reads of it, calls to those who said nothing.

Migration 0013 keeps: nothing is shown without leave, leave that is taken back takes the showing along,
a call stays as it was made.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

MOST_CALLS = 3
LONGEST = 2000


class Consent(models.Model):
    """The asker's leave to show a matter to others, and when it was taken back."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class BoardCase(models.Model):
    """An answered matter as everybody may read it: masked, of a town, without a name, a phone or a code."""

    case = models.OneToOneField("cases.Case", models.PROTECT)
    place = models.CharField(max_length=9, db_collation="C", db_index=True)
    category = models.CharField(max_length=24)
    category_label = models.CharField(max_length=60)
    question = models.TextField(max_length=LONGEST)
    answer = models.TextField(max_length=LONGEST)
    answered_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="what_is_shown_says_something",
                condition=~Q(question__regex=r"^\s*$") & ~Q(answer__regex=r"^\s*$"),
            )
        ]


class Call(models.Model):
    """One call to somebody who did not rate an answer: reached or not, what was said, solved, satisfied."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="calls", db_index=False)
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(help_text="which attempt of the round, from 1")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    reached = models.BooleanField()
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    note = models.TextField(max_length=LONGEST, blank=True)

    class Meta:
        ordering = ["case", "round", "number"]
        constraints = [
            models.UniqueConstraint(
                name="an_attempt_is_made_once", fields=["case", "round", "number"]
            ),
            models.CheckConstraint(
                name="somebody_is_called_so_often_and_no_more",
                condition=Q(number__gte=1, number__lte=MOST_CALLS),
            ),
            models.CheckConstraint(
                name="who_was_reached_said_both_or_nothing",
                condition=Q(solved=None, satisfied=None)
                | Q(reached=True, solved__isnull=False, satisfied__isnull=False),
            ),
        ]
