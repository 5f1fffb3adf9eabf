"""The made-up city: the same for a seed, at the census' shares, right in every number, nobody twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

import pytest

from guanjia.interop.synthetic import cast, scene
from guanjia.interop.synthetic.city import Town, homes, make
from guanjia.interop.synthetic.draft import Draft, Home
from guanjia.interop.synthetic.numbers import luhn
from guanjia.interop.synthetic.poor import LINES
from guanjia.people import documents
from guanjia.people.records import NewFact, NewHousehold, NewPerson
from guanjia.policy import facts
from guanjia.policy.book import SHIPPED

SCENE = scene.read(SHIPPED)
RESIDENTS = 20_000
TOWNS = (
    Town("441900003", 600_000, ("441900003001", "441900003002")),
    Town("441900119", 800_000, ("441900119002", "441900119003")),
    Town("441900129", 200_000, ("441900129200", "441900129213")),
)


@pytest.fixture(scope="module")
def city() -> list[Home]:
    """One city, made once for these tests."""
    return list(homes(replace(SCENE, seed=3), TOWNS, RESIDENTS))


def drafts(city: Iterable[Home]) -> list[Draft]:
    """All its people."""
    return [draft for home in city for draft in home.drafts]


def hashed(made: Iterable[NewHousehold]) -> str:
    """The hash of everything that the records say."""
    return sha256("\n".join(map(repr, made)).encode()).hexdigest()


def test_the_same_seed_makes_the_same_city_and_another_seed_another() -> None:
    first, again, other = (
        hashed(make(replace(SCENE, seed=seed), TOWNS, 2_000)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_city_begins_at_once_however_large_it_is() -> None:
    assert len(list(islice(make(SCENE, TOWNS, 10_000_000), 50))) == 50


def test_it_has_as_many_residents_as_were_asked_for(city: list[Home]) -> None:
    assert RESIDENTS <= len(drafts(city)) < RESIDENTS + 12


def test_towns_have_their_share_of_the_residents(city: list[Home]) -> None:
    made = Counter[str]()
    for home in city:
        made[home.household.place[:9]] += len(home.drafts)
    for town in TOWNS:
        assert made[town.code] / RESIDENTS == pytest.approx(town.population / 1_600_000, abs=0.02)


def test_ages_households_and_hukou_are_as_in_the_census(city: list[Home]) -> None:
    people = drafts(city)
    total = len(people)
    families = [home for home in city if not home.household.collective]
    local = [draft for draft in people if draft.local]
    men = sum(draft.person.sex == "1" for draft in people)
    assert sum(len(home.drafts) for home in families) / len(families) == pytest.approx(
        1.95, abs=0.1
    )
    assert all(len(home.drafts) == 1 for home in city if home.household.collective)
    assert sum(draft.age < 15 for draft in people) / total == pytest.approx(0.131, abs=0.02)
    assert sum(draft.age >= 60 for draft in people) / total == pytest.approx(0.055, abs=0.01)
    assert men / (total - men) == pytest.approx(1.30, abs=0.1)
    assert len(local) / total == pytest.approx(0.25, abs=0.02)
    assert sum(draft.age >= 60 for draft in local) / len(local) > 0.12
    assert {age for age in (70, 80, 90, 100) if any(d.age >= age for d in local)} == {
        70,
        80,
        90,
        100,
    }


def test_the_rate_of_disability_is_plausible(city: list[Home]) -> None:
    local = [draft for draft in drafts(city) if draft.local]
    certified = sum(draft.has("disability_level") for draft in local)
    assert 0.018 <= certified / len(local) <= 0.035


def test_every_citizen_number_is_right_and_belongs_to_one(city: list[Home]) -> None:
    people = [draft.person for draft in drafts(city)]
    numbers = [p.document for p in people if p.document_kind == "citizen"]
    assert len(numbers) == len(set(numbers))
    for person in people:
        if person.document_kind == "citizen":
            assert documents.citizen_number(person.document) == person.document
            assert documents.born_on(person.document) == person.born_on
            assert (int(person.document[16]) % 2 == 1) == (person.sex == "1")
    assert {number[:6] == "441900" for number in numbers} == {True, False}


def test_some_names_are_rarely_written(city: list[Home]) -> None:
    assert any(sign in draft.person.name for draft in drafts(city) for sign in "𠮷埗滘䶮")


def units(city: Iterable[Home]) -> Iterator[NewHousehold | NewPerson]:
    """Households and persons alike."""
    for home in city:
        yield home.household
        yield from home.household.members


def test_every_fact_is_declared_and_within_its_range(city: list[Home]) -> None:
    declared = {f.name: f for f in (*facts.declared().person, *facts.declared().household)}
    for unit in units(city):
        of = "household" if isinstance(unit, NewHousehold) else "person"
        for fact in [*unit.facts, *(later.fact for later in unit.later)]:
            known = declared[fact.kind]
            assert known.of == of
            assert fits(known, fact), fact


def fits(known: facts.Fact, fact: NewFact) -> bool:
    """Whether the declaration allows the value and the days."""
    value, allowed = fact.value, True
    if known.by_month:
        allowed = fact.since.day == 1 and (fact.until is None or fact.until.day == 1)
    if value is None:
        return allowed
    if known.type == "choice":
        return allowed and value in known.choices
    if known.type == "yes_no":
        return allowed and isinstance(value, bool)
    if known.type == "place":
        return value == "elsewhere" or str(value).startswith("441900")
    low, high = known.minimum, known.maximum
    assert isinstance(value, int) and low is not None and high is not None
    return allowed and low <= value <= high


def test_no_two_facts_of_one_kind_overlap(city: list[Home]) -> None:
    for unit in units(city):
        kinds = defaultdict(list)
        for fact in unit.facts:
            kinds[fact.kind].append((fact.since, fact.until or date.max))
        for periods in kinds.values():
            assert all(a[1] <= b[0] for a, b in pairwise(sorted(periods)))


def monthly(home: Home) -> int | None:
    """Countable fen a month of a family whose receipts never change; None where one is unknown."""
    total = 0
    for draft in home.drafts:
        for fact in draft.person.facts:
            if fact.kind in ("wages", "transfers_in", "work_costs"):
                if not isinstance(fact.value, int):
                    return None
                total += -fact.value if fact.kind == "work_costs" else fact.value
    return total


@pytest.mark.parametrize("line", [*LINES, *(line * 3 // 2 for line in LINES)])
def test_there_are_families_a_fen_on_each_side_of_each_line(city: list[Home], line: int) -> None:
    near = {(monthly(home) or 0) - line * len(home.drafts) for home in city if home.poor}
    assert {-1, 0, 1} <= near


def test_of_some_poor_families_an_answer_is_missing(city: list[Home]) -> None:
    poor = [home for home in city if home.poor]
    missing = [
        home
        for home in poor
        if monthly(home) is None or not any(f.kind == "deposits" for f in home.household.facts)
    ]
    others = [h for h in city if h.local and not h.poor and len(h.drafts) > 1]
    assert 0 < len(missing) < 0.1 * len(poor)
    assert not any(f.kind == "deposits" for home in others for f in home.household.facts)


def test_people_die_and_lose_or_find_work_in_the_months(city: list[Home]) -> None:
    learnt = Counter(later.fact.kind for unit in units(city) for later in unit.later)
    assert learnt["alive"] > 0
    assert learnt["wages"] > 0
    for unit in units(city):
        assert all(later.at.date() > later.fact.since for later in unit.later)


def test_the_cast_is_there_with_its_stories(city: list[Home]) -> None:
    by_number = {home.household.number: home.household for home in city}
    for story in cast.STORIES:
        names = [person.name for person in by_number[story.number].members]
        assert story.who in names
    chen = by_number[cast.CHEN]
    assert [person.name for person in chen.members] == ["陈大文", "何丽珍", "陈小星"]
    wages = [fact for fact in chen.members[0].facts if fact.kind == "wages"]
    assert [(fact.value, fact.until) for fact in wages] == [(199900, None)]


def test_the_cast_lives_where_other_cities_have_places_too() -> None:
    elsewhere = Town("442000001", 1_000, ("442000001001",))
    made = list(make(SCENE, [elsewhere], 50))
    assert {home.place for home in made} == {"442000001001"}


def test_a_city_without_a_scene_has_usual_shares_and_its_own_document_numbers(
    tmp_path: Path,
) -> None:
    (tmp_path / "city.toml").write_text('code = "442000"\n', encoding="utf-8")
    usual = scene.read(tmp_path)
    assert (usual.area, usual.homes) == ("442000", {})
    town_ = Town("442000001", 1_000, ("442000001001",))
    li = next(make(usual, [town_], 5)).members[0]
    assert li.document.startswith("442000")


def test_account_numbers_end_with_the_check_digit_of_bank_cards() -> None:
    assert luhn("7992739871") == "3"
