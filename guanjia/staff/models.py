"""Users and their posts: a person, a role, a place, from a day until a day."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
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

    class Meta:
        ordering = ["place_id", "role"]
        constraints = [
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
        return f"{self.get_role_display()} · {self.place}"

    def in_force(self, on: date) -> bool:
        """Whether the post is held on `on`."""
        return self.since <= on and (self.until is None or on < self.until)
