"""Books: those adopted, those proposed, and what a book would change that nobody has proposed yet."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from guanjia.entitlements.columns import place_key, staff_key, two_people
from guanjia.people.acting import post_key

MOST_MONTHS = 24


class Revision(models.Model):
    """A whole policy book as it was adopted: its hash and its text. Runs read these, never files.

    Each follows the one that was in force when it was adopted, and no two follow the same: of two
    people who adopt at one time, one must look again.
    """

    revision = models.CharField(primary_key=True, max_length=64)
    text = models.TextField()
    adopted_at = models.DateTimeField(db_default=Now())
    prepared_by = staff_key()
    approved_by = staff_key()
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            two_people("book_was_adopted_by_two_people"),
            models.UniqueConstraint(
                name="one_book_follows_another", fields=["follows"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="a_book_does_not_follow_itself",
                condition=Q(follows__isnull=True) | ~Q(follows=F("revision")),
            ),
        ]

    def __str__(self) -> str:
        return self.revision[:12]


class WhatIfState(models.TextChoices):
    """Where a what-if stands."""

    ASKED = "asked", _("排队中")
    WORKING = "working", _("试算中")
    DONE = "done", _("已算完")
    CANCELLED = "cancelled", _("已停止")
    FAILED = "failed", _("出错待处理")


AT_WORK = (WhatIfState.ASKED, WhatIfState.WORKING)


class WhatIf(models.Model):
    """Other figures from some month on, tried on everybody of a place; it decides and pays nothing.

    The book that is tried is not kept: `base` and `changes` make it again, and `revision` proves it.
    """

    place = place_key()
    base = models.ForeignKey(Revision, models.PROTECT, related_name="+", db_index=False)
    changes = models.TextField(help_text="one change a line: dibao_line=1150")
    revision = models.CharField(max_length=64, help_text="of the book that is tried")
    since = models.DateField(help_text="first day of the first month tried")
    months = models.PositiveSmallIntegerField()
    known_at = models.DateTimeField(help_text="facts as known at this moment")
    state = models.CharField(max_length=10, choices=WhatIfState, default=WhatIfState.ASKED)
    done = models.PositiveSmallIntegerField(default=0, help_text="months tried so far")
    by = staff_key()
    asked_at = models.DateTimeField(db_default=Now())
    ended_by = staff_key(null=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="what_if_begins_on_a_first_day", condition=Q(since__day=1)),
            models.CheckConstraint(
                name="what_if_tries_some_months", condition=Q(months__range=(1, MOST_MONTHS))
            ),
            models.CheckConstraint(
                name="what_if_does_no_more_than_asked", condition=Q(done__lte=F("months"))
            ),
            models.CheckConstraint(name="what_if_says_what_changes", condition=~Q(changes="")),
            models.CheckConstraint(
                name="what_if_is_done_when_every_month_is",
                condition=~Q(state="done") | Q(done=F("months"), ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_what_if_that_was_stopped_names_who",
                condition=~Q(state="cancelled") | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_if_has_ended_or_is_at_work",
                condition=Q(state__in=["asked", "working"], ended_at__isnull=True)
                | Q(state__in=["done", "cancelled", "failed"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_what_if_that_failed_says_why", condition=~Q(state="failed") | ~Q(trouble="")
            ),
        ]

    def __str__(self) -> str:
        return self.changes.replace("\n", "，")


class WhatIfFigure(models.Model):
    """What a what-if comes to in one month, for one town and benefit; written once.

    Units are persons or households, by the chapter; fen a period. `held`: those with an award in force.
    """

    what_if = models.ForeignKey(WhatIf, models.PROTECT, related_name="figures", db_index=False)
    month = models.DateField()
    place = place_key()
    benefit = models.CharField(max_length=24, db_collation="C")
    held = models.BooleanField()
    before_units = models.BigIntegerField()
    after_units = models.BigIntegerField()
    gainers = models.BigIntegerField()
    losers = models.BigIntegerField()
    before_fen = models.BigIntegerField()
    after_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_figure_a_what_if_month_town_and_benefit",
                fields=["what_if", "month", "place", "benefit", "held"],
            ),
            models.CheckConstraint(
                name="who_gains_is_entitled_after_and_who_loses_was_before",
                condition=Q(gainers__range=(0, F("after_units")))
                & Q(losers__range=(0, F("before_units"))),
            ),
            models.CheckConstraint(
                name="nobody_entitled_costs_nothing",
                condition=Q(before_fen__gte=0, after_fen__gte=0)
                & (Q(before_units__gt=0) | Q(before_fen=0))
                & (Q(after_units__gt=0) | Q(after_fen=0)),
            ),
        ]


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    PROPOSED = "proposed", _("待审批")
    ADOPTED = "adopted", _("已采用")
    REJECTED = "rejected", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


class Proposal(models.Model):
    """A book that one person prepared and another adopts or sends back; or the first takes it back.

    `base` is the book that it was compared with: where another is in force by then, it is not adopted.
    """

    place = place_key()
    base = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", db_index=False)
    revision = models.CharField(max_length=64, help_text="of the text")
    text = models.TextField()
    what_if = models.ForeignKey(
        WhatIf, models.PROTECT, null=True, related_name="proposals", db_index=False
    )
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    prepared_by = staff_key()
    prepared_post = post_key()
    prepared_at = models.DateTimeField(db_default=Now())
    decided_by = staff_key(null=True)
    decided_post = post_key()
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True, help_text="why it was sent back")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_proposal_a_book",
                fields=["revision"],
                condition=Q(state="proposed"),
            ),
            models.CheckConstraint(
                name="a_proposal_is_decided_by_a_second_person",
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="withdrawn", decided_by=F("prepared_by"), decided_at__isnull=False)
                | (
                    Q(state__in=["adopted", "rejected"], decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                    & ~Q(decided_by=F("prepared_by"))
                ),
            ),
            models.CheckConstraint(
                name="a_proposal_sent_back_says_why", condition=~Q(state="rejected") | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return self.revision[:12]
