"""Under which category and policy a desk put a matter; which ticket of another system it was. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Sorting(models.Model):
    """A desk's word on what a matter is; the latest holds. Codes are the city's, of its registers.

    `department` is the one that the register named then; `desk` the place of the post that said so.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="sortings")
    at = models.DateTimeField()
    by = models.ForeignKey(
        *(settings.AUTH_USER_MODEL, models.PROTECT), related_name="+", db_index=False
    )
    desk = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="desk", db_index=False
    )
    category = models.CharField(max_length=24)
    policy = models.CharField(max_length=32, blank=True)
    department = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["case", "pk"]
        indexes = [
            models.Index(fields=["policy", "case"], name="sorting_policy", condition=~Q(policy=""))
        ]
        constraints = [
            models.CheckConstraint(
                name="a_sorted_matter_has_a_category", condition=~Q(category="")
            ),
            models.CheckConstraint(
                name="a_policy_has_its_department", condition=Q(policy="") | ~Q(department="")
            ),
        ]


class Ticket(models.Model):
    """The number that another system gave a matter, `12345/2020-0001`: it is let in once."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True)
    number = models.CharField(max_length=100, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_ticket_names_its_system", condition=Q(number__regex=r"^[^/]+/.+$")
            )
        ]
