"""Codes go out by the city's ways, as notices do: claimed, handed to a carrier, marked; then swept away.

A code is of no use after ten minutes: it is tried four times within four, then its page must do.
"""

from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from guanjia.cases import telling
from guanjia.cases.carriers import Message, Unsent, file_of
from guanjia.concerns.keys.signing_in import code_of
from guanjia.concerns.tables.contacts import GOOD_FOR, ContactCode, ContactSession
from guanjia.kit import scope
from guanjia.people import seal

WAITS = tuple(timedelta(seconds=s) for s in (30, 60, 120))
KEPT = timedelta(days=1)  # so long a row is counted, or known to be over
AT_ONCE = 500


def message_key(code: ContactCode) -> str:
    """By which a carrier knows the message of a code."""
    return f"code-{code.pk}-{code.way}"


def send_due(eyes: scope.Scope, at: datetime) -> int:
    """Hand every code whose moment has come to its carrier, each by itself; returns how many went."""
    waiting = Q(sent_at=None, over_at=None, next_at__lte=at, asked_at__gt=at - GOOD_FOR)
    gone = 0
    with scope.hold(eyes):
        found = list(ContactCode.objects.filter(waiting).order_by("next_at", "pk")[:AT_ONCE])
    for code in found:
        try:
            with scope.hold(eyes):
                message = _claim(code, at)
            if message is None:
                continue
            telling.carry(message)
        except (seal.KeyGone, InvalidTag):  # nobody can read whom it is for: it is over
            with scope.hold(eyes):
                ContactCode.objects.filter(pk=code.pk, over_at=None).update(over_at=at)
            continue
        except Unsent:
            continue  # its next try stands already
        with scope.hold(eyes):
            sent = ContactCode.objects.filter(pk=code.pk)
            sent.update(sent_at=at, next_at=None, contact_sealed=b"")
        gone += 1
    return gone


def sweep(eyes: scope.Scope, at: datetime) -> None:
    """What is too old is over, for good, and its contact wiped; rows of yesterday go, and messages kept as files."""
    with scope.hold(eyes):
        old = Q(asked_at__lte=at - GOOD_FOR) | Q(asked_at__gt=at + GOOD_FOR)
        ContactCode.objects.filter(old, over_at=None).update(over_at=at)
        over = ContactCode.objects.exclude(over_at=None).exclude(contact_sealed=b"")
        over.update(contact_sealed=b"", next_at=None)
        # What a clock that ran ahead wrote would be counted for years.
        gone_by = ContactCode.objects.exclude(asked_at__range=(at - KEPT, at + KEPT))
        for code in gone_by:
            file_of(message_key(code), code.way).unlink(missing_ok=True)
        gone_by.delete()
        gone = Q(ended_at__lt=at - KEPT) | Q(until__lt=at - KEPT)
        ContactSession.objects.filter(gone).delete()


def _claim(code: ContactCode, at: datetime) -> Message | None:
    """Count a try; None where another worker has it, or it is over meanwhile."""
    mine = ContactCode.objects.filter(pk=code.pk, sends=code.sends, sent_at=None, over_at=None)
    more = at + WAITS[code.sends] if code.sends < len(WAITS) else None
    if not mine.update(sends=F("sends") + 1, next_at=more):
        return None
    contact = seal.unseal(bytes(code.contact_sealed))
    with translation.override(settings.LANGUAGE_CODE):
        title = _("莞家验证码")
        text = _(
            "【莞家】验证码 %(code)s，10 分钟内有效，用来查看您提过的诉求。"
            "不是您本人要的，请不用理会。工作人员不会向您要验证码。"
        ) % {"code": code_of(code.nonce)}
    return Message(message_key(code), code.way, (contact,), title, text)
