"""The read log: who read what about whom, and the chain of hashes that keeps it from being changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReadKind(models.TextChoices):
    """What was read. An export is logged before its first line, and at its end with its length."""

    PERSON = "person", _("打开个人页")
    HOUSEHOLD = "household", _("打开户档案页")
    MATTER = "matter", _("打开诉求页")
    SEARCH = "search", _("查找")
    REVEAL = "reveal", _("查看完整号码")
    EXPORT = "export", _("导出开始")
    EXPORTED = "exported", _("导出结束")


class RevealReason(models.TextChoices):
    """Why a whole number is asked for: the office's own occasions."""

    VERIFY = "verify", _("与证件原件核对")
    PAYMENT = "payment", _("核对发放账户或退款")
    CONTACT = "contact", _("联系本人")
    REQUEST = "request", _("本人要求")
    OTHER = "other", _("其他（请写明）")


class Read(models.Model):
    """One reading. Append-only; moment, transaction and cluster are set by the database itself.

    `person`, or `matter` (the case of one who asked and is no registered person), has no foreign key:
    an attempt at somebody out of reach, or at nobody, is logged too.
    `words_hash` is sha256 over a secret nonce and the words, so it outlives a change of keys.
    """

    at = models.DateTimeField()
    user = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("staff.Post", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12, db_collation="C", help_text="of the post, at that time")
    kind = models.CharField(max_length=12, choices=ReadKind)
    person = models.BigIntegerField(null=True)
    matter = models.BigIntegerField(null=True)
    what = models.CharField(max_length=80, blank=True, help_text="which list, page or number")
    filters = models.CharField(max_length=400, blank=True)
    found = models.BigIntegerField(null=True, help_text="persons found, rows taken along")
    words_sealed = models.BinaryField(null=True)
    words_hash = models.BinaryField(null=True, max_length=32)
    reason = models.CharField(max_length=12, choices=RevealReason, blank=True)
    reason_words = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    status = models.PositiveSmallIntegerField(default=200)
    xid = models.BigIntegerField()
    cluster = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_number_is_revealed_for_a_reason",
                condition=~Q(kind=ReadKind.REVEAL)
                | (
                    (Q(person__isnull=False) | Q(matter__isnull=False))
                    & ~Q(reason="")
                    & ~Q(what="")
                ),
            ),
            models.CheckConstraint(
                name="another_reason_is_written_out",
                condition=~Q(reason=RevealReason.OTHER) | ~Q(reason_words=""),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="read_person"),
            models.Index(fields=["cluster", "xid", "id"], name="read_order"),
            models.Index(
                fields=["post", "at"], name="read_reveals", condition=Q(kind=ReadKind.REVEAL)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.kind}"


class ReadBatch(models.Model):
    """A link of the chain: the rows whose transaction lies in a range, hashed upon the link before.

    Only finished transactions are sealed, so nothing can join a range later.
    """

    number = models.BigIntegerField(primary_key=True)
    cluster = models.BigIntegerField()
    from_xid = models.BigIntegerField()
    to_xid = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "read batches"
        constraints = [
            models.CheckConstraint(
                name="a_batch_covers_transactions", condition=Q(to_xid__gt=models.F("from_xid"))
            ),
            models.UniqueConstraint(name="the_chain_never_forks", fields=["previous"]),
        ]

    def __str__(self) -> str:
        return str(self.number)
