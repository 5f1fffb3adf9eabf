"""What a what-if writes for a synthetic city is what each household comes to by itself."""

from datetime import date

import pytest

from guanjia.entitlements.families import snapshot
from guanjia.entitlements.runs import actions
from guanjia.entitlements.tables.books import WhatIf, WhatIfFigure
from guanjia.entitlements.what_if import tasks as what_if_tasks
from guanjia.entitlements.what_if import trying, what_ifs
from guanjia.interop import load
from guanjia.kit import days, scope
from guanjia.people.models import Household
from guanjia.policy.city.comparing import Toll
from tests import town
from tests.entitlements import oracle
from tests.entitlements.test_what_ifs import AT, MAY, wish
from tests.interop import cities


def written(what_if: WhatIf, month: date) -> set[Toll]:
    """The lines of one month as they stand."""
    rows = WhatIfFigure.objects.filter(what_if=what_if, month=month)
    return {Toll(*row) for row in rows.values_list("month", "place_id", *Toll._fields[2:])}


@pytest.mark.parametrize(
    "changes",
    [
        ("dibao_line=1150",),
        ("dibao_line=1000", "longevity.age_first=75"),
        (f"disability_living.living_allowance@{town.CHANGAN}=250", "care_allowance=250"),
        ("tekun_line=1800", "dibao.house_limit=2", "orphan_line=2000"),
    ],
)
def test_a_city_comes_out_as_its_households(db: None, changes: tuple[str, ...]) -> None:
    zhou, liang = cities.office()
    load.load_synthetic(cities.book(), cities.scene(), 2_500, zhou, liang)
    with scope.hold(cities.all_eyes()):
        actions.adopt_book(cities.book(), zhou, liang, town.KNOWN)
        asked = wish(*changes, months=2)
        found = trying.ask_what_if(asked, town.CITY, zhou, AT, town.TODAY)
        what_if_tasks.try_figures(None, found.pk)
        ids = list(Household.objects.order_by("pk").values_list("pk", flat=True))
        for month in (MAY, days.add_months(MAY, 1)):
            homes = snapshot.read(cities.book(), ids, month, found.known_at)
            by_hand = set(oracle.tolls(cities.book(), what_ifs.tried(found), month, homes))
            rows = written(found, month)
            benefits = {row.benefit for row in rows}
            assert rows == {toll for toll in by_hand if toll.benefit in benefits}
            left = [toll for toll in by_hand if toll.benefit not in benefits]
            assert not any(t.gainers or t.losers or t.before_fen != t.after_fen for t in left)
            assert any(row.gainers or row.losers for row in rows)
