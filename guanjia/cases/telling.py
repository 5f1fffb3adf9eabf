"""The outbox emptied: a notice is claimed, handed to a carrier, marked; killed in between, it goes once.

A claim counts a try and says when the next may come, so that of two workers one sends. What a carrier
refuses is tried again with growing waits; after the last the desk is told on the timeline.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from guanjia.cases import askers, carriers, ways
from guanjia.cases.carriers import Message
from guanjia.cases.models import Addressee, Case, Notice
from guanjia.cases.words import IN_SHORT
from guanjia.cases.writing import write_aside
from guanjia.kit.days import SHANGHAI
from guanjia.policy.words import day
from guanjia.staff.models import Post

WAITS = tuple(timedelta(minutes=m) for m in (2, 10, 60, 240, 720, 1440))


def claim(notice: Notice, at: datetime) -> Message | None:
    """Count a try; None where another worker has it, or nobody can be reached, and the page must do."""
    mine = Notice.objects.filter(
        pk=notice.pk, tries=notice.tries, sent_at=None, given_up_at=None, next_at__lte=at
    )
    wait = WAITS[min(notice.tries, len(WAITS) - 1)]
    if not mine.update(tries=F("tries") + 1, next_at=at + wait):
        return None
    notice.refresh_from_db()
    message = message_of(notice, at)
    if not message.to:
        Notice.objects.filter(pk=notice.pk).update(sent_at=at, problem="unreachable")
        return None
    return message


def carry(message: Message) -> None:
    """Hand a message to what carries its way. Raises Unsent."""
    folder: Path = settings.GUANJIA_CITY
    carriers.CARRIERS[ways.load(folder).carriers[message.way]](message)


def sent(notice: Notice, at: datetime) -> None:
    """The carrier has it."""
    Notice.objects.filter(pk=notice.pk, sent_at=None).update(sent_at=at, problem="")


@transaction.atomic
def failed(notice: Notice, problem: str, at: datetime) -> None:
    """It was not taken; after the last try the timeline says so, for the desk to call."""
    last = notice.tries >= len(WAITS)
    given_up = {"given_up_at": at} if last else {}
    mine = Notice.objects.filter(pk=notice.pk, sent_at=None, given_up_at=None)
    if not mine.update(problem=problem[:80], **given_up) or not last:
        return
    case = Case.objects.select_for_update(no_key=True).get(pk=notice.case_id)
    Case.objects.filter(pk=case.pk).update(step=F("step") + 1)
    case.refresh_from_db()
    write_aside(case, "untold", at, notice.way)


def message_of(notice: Notice, at: datetime) -> Message:
    """What is said, in words for its addressee: no name, no place, nothing of what was asked or answered."""
    case, verb = notice.case, notice.event.verb
    with translation.override(settings.LANGUAGE_CODE):
        if notice.addressee == Addressee.RESIDENT:
            contact = askers.contact_of(case, notice.way)
            to: tuple[str, ...] = (contact,) if contact else ()
            title = _("莞家：您说的事有进展")
            text = _(
                "【莞家】您%(day)s说的事：%(what)s请打开本市莞家网站“查办理进度”，或拨打 12345 报查询码。"
            ) % {
                "day": day(case.opened_at.astimezone(SHANGHAI).date()),
                "what": IN_SHORT[verb],
            }
        else:
            held = Post.objects.filter(place=notice.event.desk_id, since__lte=at.date())
            held = held.exclude(until__lte=at.date()).exclude(user__email="")
            to = tuple(held.values_list("user__email", flat=True).distinct()[:20])
            title = _("莞家：有诉求等您承办")
            text = _("第 %(number)s 号诉求有新情况，请登录莞家，在“通知”里查看。") % {
                "number": case.pk
            }
    return Message(f"{notice.pk}-{notice.way}", notice.way, to, title, text)
