"""Jobs of this room: a month's sample of what was found unreasonable for another desk; topics, every night."""

import secrets
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from guanjia.concerns.answered import judging
from guanjia.concerns.keys import limits
from guanjia.concerns.likeness import gathering, topics
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.models import Draw
from guanjia.kit import clock, days, scope


@app.periodic(cron="40 2 * * *")
@app.task(name="concerns.draw_sample", queue="cases")
def draw_sample(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every night: last month's sample, unless it was drawn; so a night without power loses none."""
    at = clock.now()
    last = days.add_months(at.astimezone(days.SHANGHAI).date().replace(day=1), -1)
    draw_for(last, secrets.token_hex(8), at)


def draw_for(month: date, seed: str, at: datetime) -> Draw:
    """Draw a month's sample over the whole city."""
    known = the_brand()
    with scope.hold(scope.job("draw", known.city, clock.today())):
        return judging.draw(known.city, month, known.sample, seed, at)


@app.periodic(cron="*/10 * * * *")
@app.task(name="concerns.forget_tries", queue="cases")
def forget_tries(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every ten minutes: counts of tries that are over leave the table."""
    limits.forget(clock.now())


@app.periodic(cron="10 3 * * *")
@app.task(name="concerns.gather_topics", queue="cases")
def gather_topics(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Every night: matters that no policy covers, or that came back, gathered by their words."""
    gather_at(clock.now())


def gather_at(at: datetime) -> tuple[int, int]:
    """Gather over the whole city; returns how many topics are new, how many matters were added.

    Moments are the wall clock's, in a demonstration too: the day that counts is that of the moment.
    """
    known, passed = the_brand(), topics.passed_over(Path(settings.GUANJIA_CITY))
    on = at.astimezone(days.SHANGHAI).date()
    with scope.hold(scope.job("topics", known.city, clock.today())):
        return gathering.gather(known.city, gathering.asked(at), on, passed)
