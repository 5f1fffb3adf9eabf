"""What day and moment it is. Only doors (views, commands, tasks) call these."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from guanjia.kit.days import SHANGHAI


def now() -> datetime:
    """This moment, aware, in UTC. Never shifted: what was recorded was recorded then."""
    return timezone.now()


def today() -> date:
    """Today's civil date in the city; in a demonstration, the day that the demonstration lives in."""
    demo_day: date | None = settings.GUANJIA_DEMO_DAY
    return demo_day or now().astimezone(SHANGHAI).date()
