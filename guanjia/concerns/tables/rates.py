"""The stored sets behind published rates: a month taken at a moment, its rounds, its rows, its sums.

All append-only. A sum is refused where its rows do not come to it; rows are refused once the sums
stand. `TakenRound` says which case a row is of, and only whose places it lies in reads it; rows and
sums speak of no person, and everybody may count them again.
"""

from django.db import models
from django.db.models import F, Q

from guanjia.concerns.rules.rates import FEWEST, OUTSIDE, RATES

HASH = 32


class Taking(models.Model):
    """A month, counted at a moment: what became known later is in the next taking of that month."""

    place = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="place", db_index=False
    )
    month = models.DateField()
    as_of = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_month_is_taken_once_at_a_moment", fields=["place", "month", "as_of"]
            ),
            models.CheckConstraint(
                name="a_month_begins_on_its_first_day", condition=Q(month__day=1)
            ),
        ]
        indexes = [models.Index(fields=["-month", "-as_of"], name="taking_newest")]


class TakenRound(models.Model):
    """What was known of one round of one case when the month was taken; `mark` is its number in the set.

    Moments are empty where nothing had happened; `said_by`: '' nobody, self, called.
    """

    taking = models.ForeignKey(Taking, models.PROTECT, related_name="rounds", db_index=False)
    mark = models.PositiveIntegerField()
    place = models.CharField(max_length=12, db_collation="C")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField()
    answer_due = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    contact_due = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    visit_due = models.DateTimeField(null=True)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    said_by = models.CharField(max_length=8, blank=True)
    reopened_at = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    pause = models.ForeignKey(
        "cases.Event", models.PROTECT, null=True, related_name="+", db_index=False
    )
    review = models.ForeignKey(
        "cases.Event", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_mark_is_of_one_round", fields=["taking", "mark"]),
            models.UniqueConstraint(
                name="a_round_is_taken_once", fields=["taking", "case", "round"]
            ),
            models.CheckConstraint(
                name="who_said_something_said_both",
                condition=Q(said_by="", solved=None, satisfied=None)
                | (
                    Q(said_by__in=("self", "called"), solved__isnull=False, satisfied__isnull=False)
                ),
            ),
        ]


class RateRow(models.Model):
    """One row of a rate's set: in the denominator or outside for a reason; in the numerator or not.

    `place` is the smallest that may be named: a town, or the city where the town has too few.
    """

    taking = models.ForeignKey(Taking, models.PROTECT, related_name="rows", db_index=False)
    rate = models.CharField(max_length=12, db_collation="C")
    place = models.CharField(max_length=9, db_collation="C")
    mark = models.PositiveIntegerField()
    counts = models.BooleanField()
    outside = models.CharField(max_length=12, blank=True)
    review = models.BigIntegerField(null=True, help_text="event of the review or of the pause")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_row_stands_once_in_a_set", fields=["taking", "rate", "mark"]
            ),
            models.CheckConstraint(name="a_row_is_of_a_known_rate", condition=Q(rate__in=RATES)),
            models.CheckConstraint(
                name="what_stands_outside_does_not_count",
                condition=Q(outside="") | Q(counts=False),
            ),
            models.CheckConstraint(
                name="nothing_leaves_a_denominator_without_a_reason",
                condition=Q(outside__in=("", *OUTSIDE)),
            ),
            models.CheckConstraint(
                name="what_was_found_unreasonable_names_its_review",
                condition=~Q(outside__in=("unreasonable", "paused")) | Q(review__isnull=False),
            ),
        ]


class RateSum(models.Model):
    """What a set comes to in the city or in a town; `hidden` ones have too few to be shown.

    `hash` is the SHA-256 of the rows as `mark,counts,outside` lines in the order of their marks.
    """

    taking = models.ForeignKey(Taking, models.PROTECT, related_name="sums", db_index=False)
    rate = models.CharField(max_length=12, db_collation="C")
    place = models.CharField(max_length=9, db_collation="C")
    counted = models.PositiveIntegerField()
    of = models.PositiveIntegerField()
    unanswered = models.PositiveIntegerField()
    paused = models.PositiveIntegerField()
    unreasonable = models.PositiveIntegerField()
    hidden = models.BooleanField()
    hash = models.BinaryField(max_length=HASH)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_set_has_one_sum_a_place", fields=["taking", "rate", "place"]
            ),
            models.CheckConstraint(
                name="no_more_are_counted_than_there_are", condition=Q(counted__lte=F("of"))
            ),
            models.CheckConstraint(
                name="too_few_are_not_shown",
                condition=Q(hidden=True) | Q(of=0) | Q(of__gte=FEWEST),
            ),
        ]
