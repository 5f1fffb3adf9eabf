"""The demonstration's concerns: made up, marked so, at every stage of the way."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

from guanjia.cases.models import Case
from guanjia.concerns.intake import express
from guanjia.concerns.likeness import suggest
from guanjia.concerns.models import Concern, Topic, TopicMonth
from guanjia.concerns.rates import recount
from guanjia.concerns.tables.public import BoardCase
from guanjia.concerns.tables.rates import RateSum
from guanjia.kit import clock, scope
from guanjia.web.demo import concerns as demo_concerns
from guanjia.web.demo import staff as demo_staff
from tests import town


def test_made_up_concerns_stand_at_every_stage(
    cast: town.Cast, tmp_path: Path, settings: Any
) -> None:
    settings.GUANJIA_FILES = tmp_path
    demo_concerns._nearest.cache_clear()
    for user in (cast.wang, cast.huang, cast.zhou, cast.liang):
        user.username = f"town-{user.username}"  # the demonstration brings its own
        user.save(update_fields=["username"])
    demo_staff.open_accounts("a long enough word")
    count = demo_concerns.fill(clock.now())
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        states = set(Case.objects.values_list("state", flat=True))
        assert all("（演示）" in text for text in Concern.objects.values_list("text", flat=True))
        assert Case.objects.count() == count
        assert states == {"received", "handling", "answered", "closed"}
        assert Case.objects.filter(round=2).exists()
        assert RateSum.objects.filter(place=town.CHANGAN, hidden=False, rate="feedback").exists()
        assert BoardCase.objects.filter(withdrawn_at=None).count() == 3
        assert all(found.whole for found in recount.recount())
        assert count > 150
        assert all(Concern.objects.values_list("synthetic", flat=True))
        phones = Counter(Concern.objects.values_list("phone_index", flat=True))
        assert set(phones.values()) == {1, 2, 3}, "a few people ask two or three times"
        assert len(phones) > 0.8 * count
        masks = Concern.objects.values_list("phone_mask", flat=True)
        assert all(re.fullmatch(r"138\*{4}\d{4}", mask) for mask in masks)
        assert Topic.objects.count() > 3
        standings = express.standings(clock.now())
        assert len(standings) > 5
        assert sum(one.late for one in standings.values()) > 1
        assert express.followed().filter(answered_at__isnull=False).count() > 20
        assert TopicMonth.objects.exists()
    demo_concerns.teach(clock.now())
    made = suggest.model()
    assert made is not None
    assert made.synthetic == made.trained_on > 100
    assert len(made.categories) == 6
    demo_concerns._nearest.cache_clear()
