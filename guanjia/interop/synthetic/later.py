"""What the registers learn after the first day: deaths, moves of 户籍, work found and lost, money come in."""

from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random

from guanjia.interop.synthetic.draft import Draft, Home, fact
from guanjia.people.records import Later, Value

MONTHS = (date(2019, 12, 1), date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1))


def go_on(random: Random, home: Home) -> None:
    """Changes in the months from December 2019 to March 2020, each learnt some days later."""
    for draft in home.drafts:
        _die(random, draft)
        if draft.local and random.random() < 0.0004:
            learn(random, draft, "hukou", "elsewhere")
        if draft.has("disability_level") and random.random() < 0.012:
            learn(random, draft, "disability_level", random.randint(2, 4))
    if home.poor:
        _fortune(random, home)
    elif home.local and random.random() < 0.0015:
        worker = next((d for d in home.drafts if d.has("wages")), home.drafts[0])
        learn(random, worker, "wages", 0)


def _die(random: Random, draft: Draft) -> None:
    if draft.age < 55:
        return
    for month in MONTHS:
        if random.random() < 0.0005 * exp(0.095 * (draft.age - 60)):
            died_on = month + timedelta(days=random.randrange(27))
            draft.person.later.append(known(random, "alive", False, died_on))
            return


def _fortune(random: Random, home: Home) -> None:
    draw = random.random()
    worker = next((d for d in home.drafts if d.has("wages")), None)
    if draw < 0.04 and worker is not None:
        learn(random, worker, "wages", random.randint(350, 600) * 10_00)
    elif draw < 0.07 and worker is not None:
        learn(random, worker, "wages", 0)
    elif draw < 0.10:
        found = known(
            random, "deposits", random.randint(150, 600) * 1_000_00, random.choice(MONTHS)
        )
        home.household.later.append(found)


def learn(random: Random, draft: Draft, kind: str, value: Value) -> None:
    """A fact of the person that begins with one of the months."""
    draft.person.later.append(known(random, kind, value, random.choice(MONTHS)))


def known(random: Random, kind: str, value: Value, since: date) -> Later:
    """A fact that begins on a day and is learnt two to twenty days later."""
    day = since + timedelta(days=random.randint(2, 20))
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return Later(at, fact(kind, value, since))
