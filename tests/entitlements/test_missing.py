"""Who is missed: only for what would be paid beside everything else that the family is owed."""

from dataclasses import replace

from guanjia.entitlements.models import Determination, Lead
from guanjia.kit.money import shares
from guanjia.people.records import NewFact, NewPerson
from tests import town
from tests.entitlements import office

ALONE = ("eats", "dresses", "leaves_bed", "uses_toilet", "walks_indoors", "bathes")


def say(person: NewPerson, **facts: object) -> None:
    for kind, value in facts.items():
        office.learn(person, NewFact(kind, value, town.START))  # type: ignore[arg-type]


def destitute(person: NewPerson, **more: object) -> None:
    """Nobody supports this person, who does everything alone."""
    say(person, supporters="none", **more)
    say(person, **{f"{item}_alone": True for item in ALONE})


def missed(person: NewPerson) -> set[str]:
    """For what a person is missed."""
    return set(
        Lead.objects.filter(person=person.id, kind="missed").values_list("benefit", flat=True)
    )


def test_one_who_is_owed_destitute_support_is_missed_for_that_and_what_goes_with_it(
    house: town.Cast,
) -> None:
    """Not for the subsidies that it excludes, nor for a family allowance that would count nobody."""
    destitute(house.li, disability_level=1, disability_kind="limb")
    home = replace(house.chen_home, id=_home_of(house.li))
    office.learn(home, NewFact("deposits", 0, town.START))
    run = office.determine(house, office.MARCH)
    assert missed(house.li) == {"tekun", "longevity"}
    assert not Lead.objects.filter(household=home.id).exists()
    key = (town.CHANGAN, "tekun", "missed")
    assert office.figures(run)[key] == (1, 169600 + 3440)


def test_a_child_is_missed_for_what_was_chosen(house: town.Cast) -> None:
    child = house.chen_home.members[2]
    destitute(
        child,
        care_form="relatives",
        father_state="dead",
        mother_state="dead",
        chosen_benefit="orphan",
    )
    office.determine(house, office.MARCH)
    assert missed(child) == {"orphan"}


def test_without_a_choice_somebody_asks(house: town.Cast) -> None:
    child = house.chen_home.members[2]
    destitute(child, care_form="relatives", father_state="dead", mother_state="dead")
    office.determine(house, office.MARCH)
    assert missed(child) == set()
    asked = Lead.objects.filter(person=child.id, kind="unknown")
    assert set(asked.values_list("benefit", flat=True)) == {"orphan", "tekun"}


def test_a_child_of_able_parents_is_asked_nothing(house: town.Cast) -> None:
    """Nothing is recorded of its parents: no register knows of anything."""
    office.determine(house, office.MARCH)
    assert not Lead.objects.filter(person=house.chen_home.members[2].id).exists()


def test_what_a_missed_family_would_get_counts_what_tops_up_once(house: town.Cast) -> None:
    """The allowance of the child makes up the difference to the family's."""
    child = house.chen_home.members[2]
    say(child, care_form="relatives", father_state="dead", mother_state="dead", supporters="able")
    run = office.determine(house, office.MARCH)
    figures = office.figures(run)
    family = figures[town.CHANGAN, "dibao", "missed"][1]
    orphan = figures[town.CHANGAN, "orphan", "missed"][1]
    decided = {d.benefit: d.net for d in Determination.objects.filter(person=child.id, run=run)}
    assert decided["orphan"] == 182000, "by itself it is the whole allowance"
    assert family > 0
    assert orphan == 182000 - shares(family, 3)[2]


def test_one_who_holds_the_other_is_not_missed(house: town.Cast) -> None:
    destitute(house.li, disability_level=1, disability_kind="limb")
    home = replace(house.chen_home, id=_home_of(house.li))
    office.learn(home, NewFact("deposits", 0, town.START))
    award = replace(office.LI, number="T-1", benefit="tekun", person=house.li.id)
    office.grant(house, award)
    office.pay(house, office.determine(house, office.MARCH))
    assert missed(house.li) == {"longevity"}
    decided = Determination.objects.filter(person=house.li.id, since=office.MARCH)
    held = {d.benefit: d.pays for d in decided if d.pays}
    assert held == {"tekun": 169600 + 3440, "price_subsidy": 106000 * 52 // 1000}


def test_in_a_household_that_holds_the_allowance_nobody_is_missed_for_destitute_support(
    house: town.Cast,
) -> None:
    office.award_chen(house)
    destitute(house.chen, disability_level=1, disability_kind="limb")
    office.determine(house, office.MARCH)
    assert "tekun" not in missed(house.chen)
    assert not Lead.objects.filter(person=house.chen.id, benefit="tekun").exists()


def _home_of(person: NewPerson) -> int:
    from guanjia.people.models import Membership

    return Membership.objects.get(person=person.id, superseded_at=None).household_id
