"""Whose contact it is, proved by a code: codes that were asked for, and the browsers that a right one opened.

Migration 0031 keeps: a session begins by a right code alone, a code that is over stays over, nobody
reads another contact's.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_TRIES = 5
GOOD_FOR = timedelta(minutes=10)
IDLE, REMEMBERED = timedelta(minutes=30), timedelta(days=30)
BACK = timedelta(minutes=1)  # by which a clock may be set back without ending anything


class Way(models.TextChoices):
    """How a code reaches its contact."""

    SMS = "sms", _("短信")
    EMAIL = "email", _("电子邮件")


class ContactCode(models.Model):
    """A code of six digits that somebody asked for, kept as a keyed hash.

    `nonce` is the number of this one attempt, which the browser that asked holds sealed; the code is
    made from it. The sealed contact is wiped once the code was sent or is over. `over_at`: used, used
    up, or too old.
    """

    nonce = models.CharField(max_length=32, db_collation="C", unique=True)
    way = models.CharField(max_length=8, choices=Way)
    contact = models.CharField(max_length=96, db_collation="C", help_text="keyed hashes")
    contact_sealed = models.BinaryField(blank=True)
    hash = models.CharField(max_length=64, db_collation="C", help_text="keyed hash")
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    over_at = models.DateTimeField(null=True)
    sends = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_code_is_tried_so_often_and_no_more",
                condition=Q(tries__lt=MOST_TRIES) | Q(tries=MOST_TRIES, over_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "asked_at"], name="code_of_contact"),
            models.Index(
                fields=["next_at"],
                name="code_to_send",
                condition=Q(sent_at__isnull=True, over_at__isnull=True, next_at__isnull=False),
            ),
            models.Index(fields=["asked_at"], name="code_asked"),
        ]


class ContactSession(models.Model):
    """A browser that showed a right code: what the database knows its token by, for whom, until when.

    It ends by itself half an hour after its last use; where its owner wished to be remembered on her
    own phone, thirty days after it began.
    """

    token = models.CharField(max_length=64, db_collation="C", unique=True, help_text="keyed hash")
    way = models.CharField(max_length=8, choices=Way)
    contact = models.CharField(max_length=96, db_collation="C", help_text="keyed hashes")
    remembered = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_session_ends_by_itself",
                condition=Q(remembered=True, until__lte=F("begun_at") + REMEMBERED)
                | Q(remembered=False, until__lte=F("seen_at") + IDLE),
            ),
        ]
        indexes = [models.Index(fields=["until"], name="session_until")]
