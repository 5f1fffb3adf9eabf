"""Users and their posts: a person, a role, a place, from a day until a day."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanjia.staff import roles
from guanjia.staff.read_models import Read, ReadBatch

__all__ = ["Post", "Read", "ReadBatch", "User"]


class User(AbstractUser):
    """A named human being who signs in. One person, one account."""

    full_name = models.CharField(_("姓名"), max_length=40, blank=True)

    def __str__(self) -> str:
        return self.full_name or self.username


class Days(Func):
    """daterange(since, until): half-open, an empty end is open."""

    function = "daterange"


class Post(models.Model):
    """A desk that a user holds in a dated period. Scopes are made from it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=list(roles.NAMES.items()))
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="posts")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    stands_in_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="substitutes"
    )

    class Meta:
        ordering = ["place_id", "role"]
        constraints = [
            models.CheckConstraint(
                name="a_substitute_sits_for_a_dated_time",
                condition=Q(stands_in_for__isnull=True) | Q(until__isnull=False),
            ),
            models.CheckConstraint(
                name="post_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
            ),
            ExclusionConstraint(
                name="one_post_of_a_kind_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (F("place"), RangeOperators.EQUAL),
                    (Days(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.place}"

    @property
    def title(self) -> str:
        """The role's name; of a substitute with the mark that says so."""
        role = str(self.get_role_display())
        return gettext("代%(role)s") % {"role": role} if self.stands_in_for_id else role

    def in_force(self, on: date) -> bool:
        """Whether the post is held on `on`."""
        return self.since <= on and (self.until is None or on < self.until)


class Handover(models.Model):
    """A post ends on a day: who ended it, and which post takes over what is open. Append-only.

    `to` is empty where nothing was open. `forced`: nobody took over by agreement; the work fell to
    the chief of the place, and the reason says why.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="handovers")
    place = models.CharField(max_length=12, db_collation="C", help_text="of the post")
    ends_on = models.DateField()
    to = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="taken_over")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    forced = models.BooleanField(default=False)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="a_post_ends_once_on_a_day", fields=["post", "ends_on"]),
            models.CheckConstraint(
                name="a_post_is_handed_to_another",
                condition=Q(to__isnull=True) | ~Q(to=F("post")),
            ),
            models.CheckConstraint(
                name="a_forced_end_says_why", condition=Q(forced=False) | ~Q(reason="")
            ),
        ]


class HandedOver(models.Model):
    """How much work of one kind was open when a post ended. Append-only."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="open_work")
    place = models.CharField(max_length=12, db_collation="C", help_text="of the handover")
    what = models.CharField(max_length=40)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["what"]
        constraints = [
            models.UniqueConstraint(
                name="one_line_a_kind_of_open_work", fields=["handover", "what"]
            ),
            models.CheckConstraint(name="handed_over_is_something", condition=Q(count__gt=0)),
        ]


class Taken(models.Model):
    """The successor has seen what was handed over, and has it. Append-only."""

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, related_name="taken")
    place = models.CharField(max_length=12, db_collation="C", help_text="of the handover")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
