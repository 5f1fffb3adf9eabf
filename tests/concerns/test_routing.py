"""The routing table: the most particular row has it, nothing falls through, flaws are found exactly."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from guanjia.concerns.rules import brand, register, routing
from guanjia.concerns.rules.brand import BrandError
from guanjia.concerns.rules.register import RegisterError
from guanjia.concerns.rules.routing import ANY, Conflict, Matter, Route, RoutingError, Sent, Table
from guanjia.kit.days import SHANGHAI

TOWN, COMMUNITY, PARK = "441900119", "441900119002", "441900401"
PLACES = [TOWN, COMMUNITY, PARK, "441900121", "441900121004"]
ON = date(2020, 4, 1)
NOON = datetime(2020, 4, 1, 12, tzinfo=SHANGHAI)
FOLDER = Path(settings.GUANJIA_CITY)


def table(*rows: str, fallback: str = "town") -> Table:
    """A table as one writes it."""
    text = f'[fallback]\ndesk = "{fallback}"\n' + "".join(f"[[route]]\n{row}\n" for row in rows)
    return routing.read_text(text)


def flaws(tried: Table) -> routing.Flaws:
    """Over two categories, one policy and five places."""
    return routing.flaws(tried, {"bus": "road"}, ["road", "elder"], PLACES, ON)


def desk(tried: Table, category: str = "road", place: str = COMMUNITY, **more: object) -> str:
    """Where it goes."""
    return tried.send(Matter(category, place, more.pop("at", NOON), **more)).desk  # type: ignore[arg-type]


def test_the_more_particular_row_has_it() -> None:
    rows = [
        'desk = "city"',
        'category = "road"\ndesk = "community"',
        f'place = "{TOWN}"\ndesk = "town"',
        'policy = "bus"\ndesk = "city"',
    ]
    tried = table(*rows)
    assert desk(tried, "elder", "441900121004") == "441900"
    assert desk(tried, "road", "441900121004") == "441900121004"
    assert desk(tried, "road") == TOWN, "a place goes before a category"
    assert desk(tried, "road", "441900121004", policy="bus") == "441900"


def test_hours_and_days_are_of_the_city_and_half_open() -> None:
    tried = table(
        'desk = "town"',
        'hours = "17:30-08:30"\ndesk = "city"',
        'until = 2020-04-01\ndesk = "community"',
    )
    at = datetime(2020, 4, 1, 17, 29, tzinfo=SHANGHAI)
    assert desk(tried, at=at) == TOWN
    assert desk(tried, at=at + timedelta(minutes=1)) == "441900"
    assert desk(tried, at=at - timedelta(hours=12)) == "441900"
    assert desk(tried, at=at - timedelta(days=1)) == COMMUNITY


def test_two_equal_rows_that_send_apart_are_in_conflict() -> None:
    tried = table('category = "road"\ndesk = "town"', 'category = "road"\ndesk = "community"')
    [found] = flaws(tried).conflicts
    assert (found.one, found.other) == (0, 1)
    assert found.asked.category == "road"
    assert len(found.asked.place) == 12, "in a town itself both come to the same desk"
    assert flaws(table('desk = "town"', 'desk = "town"')).conflicts == ()
    apart = table('since = 2020-05-01\ndesk = "town"', 'since = 2020-06-01\ndesk = "city"')
    assert isinstance(flaws(apart).conflicts[0], Conflict)
    assert flaws(apart).conflicts[0].asked.at.date() == date(2020, 6, 1)


def test_a_row_that_is_always_beaten_is_unreachable() -> None:
    rows = [
        'desk = "city"',
        'category = "road"\ndesk = "town"',
        'category = "elder"\ndesk = "town"',
    ]
    assert flaws(table(*rows)).unreachable == (0,)
    assert flaws(table(*rows[:2])).unreachable == ()
    assert flaws(table('place = "441900999"\ndesk = "town"')).unreachable == (0,)
    assert flaws(table('desk = "town"', 'desk = "town"')).unreachable == (1,)


def test_a_row_whose_time_is_over_is_told_apart() -> None:
    found = flaws(table('until = 2020-04-01\ndesk = "city"', 'until = 2020-04-02\ndesk = "city"'))
    assert found.over == (0,)
    assert found.unreachable == ()


@pytest.mark.parametrize(
    "bad",
    [
        'desk = "street"',
        'place = "441900"',
        'desk = "town"\nhours = "9"',
        'desk = "town"\nhours = "09:00-09:00"',
        'desk = "town"\nsince = "2020"',
        'desk = "town"\nsince = 2020-04-02\nuntil = 2020-04-02',
        'desk = "town"\ndesks = "x"',
    ],
)
def test_a_row_that_cannot_be_read_is_refused_in_words(bad: str) -> None:
    with pytest.raises(RoutingError, match="派单表第 1 行"):
        table(bad)


@pytest.mark.parametrize("text", ["", '[fallback]\ndesk = ""', '[fallback]\ndesk = "x"'])
def test_an_empty_fallback_does_not_load(text: str) -> None:
    with pytest.raises(RoutingError, match="兜底"):
        routing.read_text(text)
    with pytest.raises(RoutingError, match="读不出"):
        routing.read_text("[[")


@given(
    st.lists(
        st.builds(
            Route,
            category=st.sampled_from([ANY, "road", "elder"]),
            place=st.sampled_from(["", "441900", TOWN, COMMUNITY, PARK]),
            desk=st.sampled_from(list(routing.LEVELS)),
            policy=st.sampled_from(["", "bus"]),
            since=st.sampled_from([None, date(2020, 3, 1)]),
            until=st.sampled_from([None, date(2020, 5, 1)]),
        ),
        max_size=8,
    ),
    st.sampled_from(["road", "elder", "gone"]),
    st.sampled_from([*PLACES, "441900999999"]),
)
def test_nothing_is_ever_without_a_desk(rows: list[Route], category: str, place: str) -> None:
    tried = Table(tuple(rows), "town")
    sent = tried.send(Matter(category, place, NOON))
    assert sent.desk
    assert place.startswith(sent.desk)
    if sent.row is not None:
        assert rows[sent.row].fits(Matter(category, place, NOON))
        assert sent.row not in flaws(tried).unreachable or category == "gone" or "999" in place


def city(tmp_path: Path, **files: str) -> Path:
    """A copy of the city's brand files, some with other text."""
    for name in ("brand.toml", "city.toml", "departments.toml", "policies.toml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_place_and_category_of_the_city_has_a_desk() -> None:
    known = brand.load(FOLDER)
    for category in [*known.categories, "gone"]:
        for place in (TOWN, COMMUNITY, "441900401498", "441900999999"):
            assert place.startswith(known.send(category, place, NOON).desk)
    assert known.send("elder", COMMUNITY, NOON).desk == COMMUNITY
    assert known.send("living", COMMUNITY, NOON).desk == TOWN
    assert known.send("elder", TOWN, NOON).desk == TOWN
    assert known.send("living", COMMUNITY, NOON, "dibao") == Sent(TOWN, "minzheng")


def test_the_city_s_own_table_has_no_flaws() -> None:
    known = brand.load(FOLDER)
    policies = {p.code: p.category for p in known.register.policies.values()}
    codes = [TOWN, COMMUNITY, "441900401498", "441900401"]
    found = routing.flaws(known.table, policies, list(known.categories), codes, ON)
    assert (found.conflicts, found.unreachable, found.over) == ((), (), ())


def test_a_city_file_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "brand.toml").read_text(encoding="utf-8")
    with pytest.raises(RoutingError, match="ghost"):
        brand.load(city(tmp_path, brand=f'{text}\n[[route]]\npolicy = "ghost"\ndesk = "town"\n'))
    for number, (old, new) in enumerate(
        [('brand = "wish"', 'brand = "ghost"'), ('taken = "self"', 'taken = "ghost"')]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(BrandError):
            brand.load(city(folder, brand=text.replace(old, new)))
    policies = (FOLDER / "policies.toml").read_text(encoding="utf-8")
    lost = tmp_path / "lost"
    lost.mkdir()
    with pytest.raises(RegisterError, match="ghost"):
        register.load(city(lost, policies=policies.replace('"minzheng"', '"ghost"', 1)))
    twice = tmp_path / "twice"
    twice.mkdir()
    with pytest.raises(RegisterError, match="不能重复"):
        register.load(city(twice, policies=policies + policies))
    assert register.load(tmp_path / "none").policies == {}


def test_what_nobody_found_is_marked() -> None:
    known = register.load(FOLDER)
    assert known.made_up
    assert known.departments["minzheng"].status == "found"
    for policy in known.policies.values():
        assert (policy.status == "synthetic") == (policy.chapter == ""), policy.code
