"""A case, its timeline (append-only), its clocks, what must be told, how it was rated.

What cannot be said by a CHECK stands in the triggers of migration 0002: `due_at` is the earliest
unmet clock of the round, an answer has its words on the timeline, a merged case is answered with
its leading one, a clock moves only before it ends, a returned case that was assigned stays. What an
asker may do stands in migration 0013, as the workflows say it.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from guanjia.cases.workflow import MOST_RETURNS
from guanjia.people.acting import post_key


class State(models.TextChoices):
    """Where a case stands."""

    RECEIVED = "received", _("待受理")
    HANDLING = "handling", _("办理中")
    PAUSED = "paused", _("暂停计时")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已办结")


class ClockKind(models.TextChoices):
    """What was promised."""

    ACCEPT = "accept", _("受理")
    CONTACT = "contact", _("首次联系")
    FINISH = "finish", _("办结答复")
    VISIT = "visit", _("回访")


class Who(models.TextChoices):
    """On which side of the desk somebody sat."""

    STAFF = "staff", _("工作人员")
    RESIDENT = "resident", _("来办事的人")
    SWEEP = "sweep", _("系统")


class Addressee(models.TextChoices):
    """To whom a notice goes."""

    RESIDENT = "resident", _("来办事的人")
    DESK = "desk", _("承办单位")


class Case(models.Model):
    """One matter of one asker. `place` is where it stands, `desk` the place whose desk has it now.

    `first_desk` accepted it first and stays named; `person` is the registered one whom a desk knows
    its asker to be. `track` is the keyed hash by which its asker sees it; `step` counts its moves; `round` its
    openings; `level` how far it was escalated; `begun_at` is when it was opened or reopened.
    """

    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=12, choices=State)
    place = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="place", db_index=False
    )
    desk = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="desk", db_index=False
    )
    track = models.CharField(max_length=64, db_collation="C", unique=True)
    promise = models.CharField(max_length=24, help_text="code of the promise it was made under")
    step = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    returns = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    look_again_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="voices")
    first_desk = models.ForeignKey(
        "places.Place",
        models.PROTECT,
        null=True,
        related_name="+",
        db_column="first_desk",
        db_index=False,
    )
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_open_case_has_a_due_moment",
                condition=Q(closed_at__isnull=False) | Q(due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_closed_case_was_answered_in_its_round",
                condition=Q(closed_at__isnull=True)
                | Q(answered_at__isnull=False, answered_at__gte=F("begun_at")),
            ),
            models.CheckConstraint(
                name="a_case_is_closed_when_its_state_says_so",
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_case_is_answered_when_its_state_says_so",
                condition=Q(state__in=("answered", "closed"), answered_at__isnull=False)
                | (~Q(state__in=("answered", "closed")) & Q(answered_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_paused_case_is_looked_at_again",
                condition=Q(state="paused", look_again_at__isnull=False)
                | (~Q(state="paused") & Q(look_again_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="after_three_returns_the_backstop_desk_decides",
                condition=Q(returns__lt=MOST_RETURNS)
                | (
                    Q(returns=MOST_RETURNS)
                    & (Q(assigned_at__isnull=False) | Q(desk=Left("place", 6)))
                ),
            ),
            models.CheckConstraint(
                name="a_case_begins_where_it_was_opened", condition=Q(begun_at__gte=F("opened_at"))
            ),
            models.CheckConstraint(
                name="a_case_is_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["desk", "due_at", "id"],
                name="case_desk_due",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["place", "due_at", "id"], name="case_place_due"),
            models.Index(fields=["desk", "opened_at", "id"], name="case_desk_opened"),
            models.Index(fields=["first_desk", "due_at", "id"], name="case_first_desk"),
            models.Index(fields=["due_at"], name="case_due", condition=Q(closed_at__isnull=True)),
        ]


class Event(models.Model):
    """One thing that happened to a case: who, what, when, from which state to which, in which words."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    step = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=16)
    who = models.CharField(max_length=12, choices=Who)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    was = models.CharField(max_length=12, blank=True)
    became = models.CharField(max_length=12, choices=State)
    desk = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="desk", db_index=False
    )
    reason = models.CharField(max_length=32, blank=True)
    note = models.TextField(max_length=4000, blank=True)
    post = post_key()

    class Meta:
        ordering = ["case", "step"]
        constraints = [
            models.UniqueConstraint(name="one_event_a_step", fields=["case", "step"]),
            models.CheckConstraint(
                name="staff_have_a_name",
                condition=Q(who="staff", by__isnull=False) | (~Q(who="staff") & Q(by__isnull=True)),
            ),
        ]


class Clock(models.Model):
    """One promise of one round: when it began, when it ends, under which text; when it was kept.

    `period` is the promise as it was made (`5个工作日`), `status` whether its text was found.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=12, choices=ClockKind)
    round = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    period = models.CharField(max_length=24)
    law = models.CharField(max_length=200)
    status = models.CharField(max_length=12)
    promise = models.CharField(max_length=24)

    class Meta:
        ordering = ["case", "round", "due_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_clock_of_a_kind_a_round", fields=["case", "round", "kind"]
            ),
            models.CheckConstraint(
                name="a_clock_ends_after_it_starts", condition=Q(due_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="a_promise_is_kept_after_it_was_made",
                condition=Q(met_at__isnull=True) | Q(met_at__gte=F("started_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="clock_provisional",
                condition=Q(provisional=True, met_at__isnull=True),
            )
        ]

    @property
    def late(self) -> bool:
        """Kept, but after its end."""
        return self.met_at is not None and self.met_at > self.due_at


class Notice(models.Model):
    """The outbox: what somebody must be told of an event, once by each way. `desk` has those to desks.

    `tries` and `next_at` claim it for a worker; `read_at` is when the desk looked.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="notices", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="notices")
    addressee = models.CharField(max_length=12, choices=Addressee)
    way = models.CharField(max_length=8, default="page")
    desk = models.CharField(max_length=16, db_collation="C", blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="nobody_is_told_twice_of_one_event", fields=["event", "addressee", "way"]
            ),
            models.CheckConstraint(
                name="what_was_sent_was_not_given_up",
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="notice_to_send",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True, next_at__isnull=False),
            ),
            models.Index(
                fields=["desk", "id"],
                name="notice_unread",
                condition=Q(read_at__isnull=True, way="in_app"),
            ),
            models.Index(fields=["desk", "-id"], name="notice_of_desk", condition=Q(way="in_app")),
        ]


class Rating(models.Model):
    """What the asker said of an answer: solved or not, satisfied or not, why."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="ratings", db_index=False)
    round = models.PositiveSmallIntegerField()
    solved = models.BooleanField()
    satisfied = models.BooleanField()
    why = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["case", "round"]
        constraints = [
            models.UniqueConstraint(name="a_round_is_rated_once", fields=["case", "round"])
        ]


class Beat(models.Model):
    """When a job that must not stop last ran to its end, so that a desk sees where it stopped."""

    name = models.CharField(max_length=24, primary_key=True)
    at = models.DateTimeField()


class Attachment(models.Model):
    """A photo or document of a case: what it is, its hash, the random name under which it lies on disk."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", db_index=False)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="attachments", db_index=False
    )
    who = models.CharField(max_length=12, choices=Who)
    name = models.CharField(max_length=120)
    media = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=32, db_collation="C", unique=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["case", "pk"]
        constraints = [
            models.UniqueConstraint(name="a_case_has_a_file_once", fields=["case", "sha256"]),
            models.CheckConstraint(
                name="a_file_is_ten_megabytes_at_most",
                condition=Q(size__gt=0, size__lte=10 << 20),
            ),
            models.CheckConstraint(
                name="a_file_lies_under_a_random_name", condition=Q(stored__regex=r"^[0-9a-f]{32}$")
            ),
        ]

    @property
    def is_photo(self) -> bool:
        """Whether a page may show it."""
        return self.media.startswith("image/")
