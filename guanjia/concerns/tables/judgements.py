"""合理 or not, reviewed: the judgement is an event of the case; who reviewed it, and which were drawn to be.

A trigger of the gate keeps that another desk and another person review. All append-only.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Draw(models.Model):
    """One month's sample of what was found unreasonable, made again from its seed by anybody."""

    place = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="place", db_index=False
    )
    month = models.DateField(help_text="first day of the month in which it was judged")
    seed = models.CharField(max_length=32)
    percent = models.PositiveSmallIntegerField()
    judged = models.PositiveIntegerField(help_text="found unreasonable in that month")
    drawn = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_month_is_drawn_once", fields=["place", "month"]),
            models.CheckConstraint(
                name="no_more_are_drawn_than_there_are", condition=Q(drawn__lte=F("judged"))
            ),
        ]


class Drawn(models.Model):
    """One judgement of a sample."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="ones", db_index=False)
    event = models.OneToOneField("cases.Event", models.PROTECT, primary_key=True)


class Review(models.Model):
    """What another desk says of a judgement: upheld, or overturned and to be answered again."""

    event = models.OneToOneField("cases.Event", models.PROTECT, primary_key=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="reviews")
    by = models.ForeignKey(
        *(settings.AUTH_USER_MODEL, models.PROTECT), related_name="+", db_index=False
    )
    post = models.ForeignKey("staff.Post", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    upheld = models.BooleanField()
    note = models.TextField(max_length=2000)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_review_says_why", condition=~Q(note__regex=r"^\s*$"))
        ]
