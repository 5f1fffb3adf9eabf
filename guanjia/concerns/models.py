"""A concern: what its asker wrote, where, by which channel, and how to reach them; and a desk's own filters."""

from django.db import models

from guanjia.concerns.tables.contacts import ContactCode, ContactSession
from guanjia.concerns.tables.judgements import Draw, Drawn, Review
from guanjia.concerns.tables.public import Consent
from guanjia.concerns.tables.rates import Taking
from guanjia.concerns.tables.sorting import Sorting, Ticket
from guanjia.concerns.tables.topics import (
    ChoiceKind,
    Topic,
    TopicCase,
    TopicChoice,
    TopicMonth,
    TopicWord,
)

__all__ = [
    "ChoiceKind",
    "Concern",
    "Consent",
    "ContactCode",
    "ContactSession",
    "Draw",
    "Drawn",
    "Review",
    "Sorting",
    "Taking",
    "Ticket",
    "Topic",
    "TopicCase",
    "TopicChoice",
    "TopicMonth",
    "TopicWord",
]

LONGEST_TEXT = 2000


class Concern(models.Model):
    """What was asked, one to a case. Phone and address are sealed; category and channel are codes of the city.

    `category_label` keeps the name a category had, should the city drop it.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True)
    category = models.CharField(max_length=24)
    category_label = models.CharField(max_length=60)
    channel = models.CharField(max_length=24)
    text = models.TextField(max_length=LONGEST_TEXT)
    spot = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=40, blank=True)
    for_other = models.BooleanField(default=False)
    phone_sealed = models.BinaryField(blank=True)
    phone_mask = models.CharField(max_length=20, blank=True)
    phone_index = models.CharField(
        max_length=64, blank=True, default="", db_collation="C", help_text="keyed hash"
    )
    email_sealed = models.BinaryField(blank=True, default=b"")
    email_mask = models.CharField(max_length=260, blank=True, default="")
    email_index = models.CharField(
        max_length=64, blank=True, default="", db_collation="C", help_text="keyed hash"
    )
    synthetic = models.BooleanField(default=False, help_text="made up for a demonstration")

    class Meta:
        indexes = [
            models.Index(
                fields=["phone_index"], name="concern_phone", condition=~models.Q(phone_index="")
            ),
            models.Index(
                fields=["email_index"], name="concern_email", condition=~models.Q(email_index="")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_concern_says_something", condition=~models.Q(text__regex=r"^\s*$")
            )
        ]


class SavedFilter(models.Model):
    """A filter of the inbox that a post gave a name: its own, seen by nobody else."""

    post = models.ForeignKey("staff.Post", models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    asked = models.CharField(max_length=400, help_text="the filter as an address has it")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="a_post_names_a_filter_once", fields=["post", "name"])
        ]
