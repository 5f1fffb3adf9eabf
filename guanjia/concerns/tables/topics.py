"""Topics: what no policy covers, or what keeps coming back, gathered by words over time. All append-only.

A topic and its words are open to every office of the city; its months and its cases by place.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Topic(models.Model):
    """One topic of a city, by the words that its matters share."""

    place = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="place", db_index=False
    )
    label = models.CharField(max_length=120)
    category = models.CharField(max_length=24, help_text="of most of its first matters")
    found_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(name="a_topic_has_words", condition=~Q(label=""))]


class TopicWord(models.Model):
    """A run of characters that the matters of a topic share: in how many hundredths of them, how rare else."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="words", db_index=False)
    word = models.CharField(max_length=12)
    percent = models.PositiveSmallIntegerField()
    others = models.PositiveIntegerField(help_text="matters outside the topic that have it too")

    class Meta:
        ordering = ["topic", "-percent", "word"]
        constraints = [
            models.UniqueConstraint(name="a_word_stands_once_in_a_topic", fields=["topic", "word"])
        ]


class TopicCase(models.Model):
    """A matter of a topic; a matter is of one topic at most. `again`: it kept coming back."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="ones")
    again = models.BooleanField()
    added_on = models.DateField()


class TopicMonth(models.Model):
    """How many matters of a topic came in a month that is over, in one town; written once."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="months", db_index=False)
    month = models.DateField()
    place = models.ForeignKey(
        *("places.Place", models.PROTECT), related_name="+", db_column="place", db_index=False
    )
    count = models.PositiveIntegerField()
    written_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_month_of_a_topic_is_written_once", fields=["topic", "month", "place"]
            )
        ]


class ChoiceKind(models.TextChoices):
    """What a topic was chosen for."""

    MONTHLY = "monthly", _("每月一题")
    POLICY = "policy", _("提政策建议")
    PROJECT = "project", _("做微实事")
    ASIDE = "aside", _("先放一放")


class TopicChoice(models.Model):
    """What was decided about a topic: for what, in which words, by whom. The latest holds."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="choices")
    kind = models.CharField(max_length=12, choices=ChoiceKind)
    words = models.TextField(max_length=2000)
    by = models.ForeignKey(
        *(settings.AUTH_USER_MODEL, models.PROTECT), related_name="+", db_index=False
    )
    post = models.ForeignKey("staff.Post", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["topic", "pk"]
        constraints = [
            models.CheckConstraint(name="a_choice_says_why", condition=~Q(words__regex=r"^\s*$")),
            models.CheckConstraint(
                name="a_choice_is_of_a_known_kind", condition=Q(kind__in=ChoiceKind.values)
            ),
        ]
