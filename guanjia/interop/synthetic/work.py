"""Receipts by month: wages that stay, change once or swing with the season; pensions; village dividends."""

from datetime import date
from random import Random

from guanjia.interop.synthetic.draft import Draft, Home

ENOUGH = 1_900_00
"""Fen a month and head from which no line of 2019 or 2020 is near."""
SEASONS = (date(2018, 1, 1), date(2018, 8, 1), date(2019, 2, 1), date(2019, 8, 1), date(2020, 2, 1))


def earn(random: Random, home: Home) -> None:
    """Give each member what such a person receives; households that office has not checked get enough."""
    income = sum(_receipts(random, home, draft) for draft in home.drafts)
    lacking = ENOUGH * len(home.drafts) - income
    if home.local and lacking > 0:
        _top_up(random, home, lacking)


def _receipts(random: Random, home: Home, draft: Draft) -> int:
    """Monthly fen that count for sure, whatever the season."""
    if draft.age >= 60:
        return _pension(random, draft)
    if draft.age < 18 or (draft.age < 22 and random.random() < 0.7):
        return 0
    if random.random() < (0.14 if home.local else 0.04):
        return 0
    return _wages(random, draft) + _dividend(random, home, draft)


def _wages(random: Random, draft: Draft) -> int:
    fen = max(1_800_00, int(random.lognormvariate(8.4, 0.38)) // 10 * 1000)
    pattern = random.random()
    if pattern < 0.90:
        draft.say("wages", fen)
    elif pattern < 0.96:
        change = date(2019, random.randint(2, 11), 1)
        draft.say("wages", fen * 9 // 10, until=change)
        draft.say("wages", fen, change)
    else:
        for number, since in enumerate(SEASONS):
            until = SEASONS[number + 1] if number + 1 < len(SEASONS) else None
            draft.say("wages", fen if number % 2 else fen * 7 // 10, since, until)
    return fen * 7 // 10


def _dividend(random: Random, home: Home, draft: Draft) -> int:
    if not (home.village and draft.local and random.random() < 0.5):
        return 0
    fen = random.randint(5, 60) * 10_00
    draft.say("property_income", fen)
    return fen


def _pension(random: Random, draft: Draft) -> int:
    if not draft.local:
        return 0
    if random.random() < 0.6:
        fen = random.randint(180, 420) * 10_00
        draft.say("transfers_in", fen)
        return fen
    draft.say("basic_pension", random.randint(38, 60) * 5_00)
    return 0


def _top_up(random: Random, home: Home, lacking: int) -> None:
    """Kin elsewhere send money, or a small business runs: more than the lack."""
    fen = lacking + random.randint(1, 80) * 10_00
    taker = home.drafts[0]
    if taker.age >= 60 and not taker.has("transfers_in"):
        taker.say("transfers_in", fen)
    else:
        taker.say("business", fen)
