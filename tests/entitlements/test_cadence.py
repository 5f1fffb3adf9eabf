"""What is paid by the year or once: due when it is due, however months, corrections and awards fall."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from guanjia.entitlements.families.weighing import Granted
from guanjia.entitlements.models import Award, Determination, Lead, Run
from guanjia.entitlements.records import NewAward
from guanjia.entitlements.runs import actions
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Entry, Transfer
from guanjia.people.records import NewFact
from guanjia.policy.chapter import Cadence
from tests import town
from tests.entitlements import office

FUND = "社会保险基金"
ANOTHER_YEAR = date(2021, 1, 1)


def granted(cadence: Cadence, since: date, pays_from: date, until: date | None) -> Granted:
    return Granted(1, "A", "441900119", 1, since, pays_from, since, until, False, cadence)


@pytest.mark.parametrize(
    ("cadence", "since", "pays_from", "until", "due"),
    [
        ("month", (2019, 12), (2019, 12), (2020, 2), [(2019, 12), (2020, 1)]),
        ("month", (2019, 11), (2020, 1), (2020, 3), [(2020, 1), (2020, 2)]),
        ("year", (2019, 11), (2019, 11), None, [(2019, 11), (2020, 1), (2021, 1)]),
        ("year", (2019, 3), (2019, 12), None, [(2019, 12), (2020, 1), (2021, 1)]),
        ("year", (2019, 3), (2020, 1), (2020, 6), [(2020, 1)]),
        ("year", (2020, 5), (2020, 5), (2021, 1), [(2020, 5)]),
        ("once", (2020, 1), (2020, 1), (2021, 1), [(2020, 1)]),
        ("once", (2019, 11), (2019, 12), (2020, 11), []),
    ],
)
def test_an_award_is_due_when_its_cadence_says(
    cadence: Cadence,
    since: tuple[int, int],
    pays_from: tuple[int, int],
    until: tuple[int, int] | None,
    due: list[tuple[int, int]],
) -> None:
    end = date(*until, 1) if until else None
    award = granted(cadence, date(*since, 1), date(*pays_from, 1), end)
    months = [date(year, month, 1) for year in (2019, 2020, 2021) for month in range(1, 13)]
    assert [(m.year, m.month) for m in months if award.due(m)] == due


def insured(house: town.Cast, fen: int = 360_00, **changes: object) -> NewAward:
    """陈大文 is disabled and owes a contribution; his award names the fund as payee."""
    for kind, value in (
        *(("disability_level", 3), ("disability_kind", "limb")),
        *(("social_insurance", "residents"), ("insurance_contribution", fen)),
    ):
        office.learn(house.chen, NewFact(kind, value, town.START))
    award = replace(office.LI, number="I-1", benefit="disability_insurance", person=house.chen.id)
    award = replace(award, payee=FUND, granted=fen, cadence="year")
    return office.grant(house, replace(award, **changes))


def helped(house: town.Cast, at_month: date, day: int = 20, **changes: object) -> NewAward:
    """陈大文 had a fire in a month and was helped some days later."""
    at = office.moment(at_month, day)
    office.learn(house.chen, NewFact("emergency", "fire", at_month), at)
    award = replace(office.LI, number="R-1", benefit="relief_urgent", person=house.chen.id)
    award = replace(
        award,
        **dict.fromkeys(("applied_on", "assessed_on", "approved_on"), at.date()),
        **{"granted": 318000, "since": at_month, "pays_from": at_month},
        **{"cadence": "once", "until": date(at_month.year + 1, at_month.month, 1)},
    )
    return office.grant(house, replace(award, **changes), at)


def paid(benefit: str) -> dict[str, int]:
    """The period of each payment and its fen."""
    moves = Transfer.objects.filter(entry__kind="payment", entry__benefit=benefit)
    return {m.entry.key.split("/")[-3]: m.fen for m in moves.select_related("entry")}


def months_paid(benefit: str) -> set[date | None]:
    return {e.month for e in Entry.objects.filter(kind="payment", benefit=benefit)}


def test_what_is_due_by_the_year_is_paid_in_the_years_first_month(house: town.Cast) -> None:
    insured(house)
    runs = office.months(house, office.DECEMBER, office.JANUARY, office.FEBRUARY)
    assert paid("disability_insurance") == {"2019": 36000, "2020": 36000}
    assert months_paid("disability_insurance") == {office.DECEMBER, office.JANUARY}
    key = (town.CHANGAN, "disability_insurance")
    assert office.figures(runs[2])[(*key, "same")] == (1, 0)
    assert (*key, "paid") not in office.figures(runs[2])
    office.learn(
        house.chen,
        NewFact("insurance_contribution", 600_00, office.MARCH),
        office.moment(office.MARCH, 2),
    )
    office.months(house, office.MARCH)
    assert paid("disability_insurance") == {"2019": 36000, "2020": 36000}
    decided = Determination.objects.filter(benefit="disability_insurance").latest("pk")
    assert (decided.what, decided.pays) == ("changed", 60000)
    assert audit() == []


def test_a_year_whose_first_month_had_no_run_is_made_up_for_once(house: town.Cast) -> None:
    insured(house)
    office.months(house, office.DECEMBER)
    february = office.pay(house, office.determine(house, office.FEBRUARY))
    assert paid("disability_insurance") == {"2019": 36000, "2020": 36000}
    key = (town.CHANGAN, "disability_insurance", "arrears")
    assert office.figures(february)[key] == (1, 36000)
    office.months(house, office.MARCH)
    assert len(paid("disability_insurance")) == 2
    assert audit() == []


def test_a_corrected_yearly_award_pays_no_second_time(house: town.Cast) -> None:
    insured(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    at = office.moment(office.FEBRUARY, 2)
    award = Award.objects.get(benefit="disability_insurance")
    Award.objects.filter(pk=award.pk).update(superseded_at=at)
    award.pk, award.payee, award.recorded_at = None, "另一个基金户", at
    award._state.adding = True
    award.save(force_insert=True)
    office.months(house, office.FEBRUARY, office.MARCH)
    assert len(paid("disability_insurance")) == 2
    assert audit() == []


def test_a_year_belongs_to_one_award(house: town.Cast) -> None:
    first = insured(house)
    at = office.moment(office.FEBRUARY, 2)
    actions.end_award(Award.objects.get(number="I-1"), office.FEBRUARY, at)
    june = date(2020, 6, 1)
    again = replace(first, number="I-2", since=june, pays_from=june)
    with pytest.raises(IntegrityError, match="one_yearly_award"), transaction.atomic():
        office.grant(house, again, at)
    office.grant(house, replace(again, pays_from=ANOTHER_YEAR), at)


def test_one_event_is_paid_once_and_missed_by_nobody_while_the_award_stands(
    house: town.Cast,
) -> None:
    helped(house, office.JANUARY)
    office.months(house, office.JANUARY)
    assert paid("relief_urgent") == {}
    february, march = office.months(house, office.FEBRUARY, office.MARCH)
    assert paid("relief_urgent") == {"once": 318000}
    assert months_paid("relief_urgent") == {office.JANUARY}
    key = (town.CHANGAN, "relief_urgent")
    assert office.figures(february)[(*key, "arrears")] == (1, 318000)
    assert not {what for _town, of, what in office.figures(march) if of == "relief_urgent"}
    assert not Lead.objects.filter(benefit="relief_urgent").exists()
    assert audit() == []


def test_after_its_term_nothing_is_stopped_and_a_new_event_is_seen(house: town.Cast) -> None:
    helped(house, office.DECEMBER, day=3)
    office.months(house, office.DECEMBER)
    assert paid("relief_urgent") == {"once": 294000}  # three times the line of 2019
    office.months(house, office.JANUARY)
    after = date(2020, 12, 1)
    run = office.determine(house, after, today=date(2021, 3, 1))
    whats = {what for _town, of, what in office.figures(run) if of == "relief_urgent"}
    assert whats == {"missed"}  # the fire is still on record, and nobody helps any more
    assert Lead.objects.get(benefit="relief_urgent").state == "open"


def test_a_missed_event_that_is_helped_is_missed_no_more(house: town.Cast) -> None:
    office.learn(
        house.chen,
        NewFact("emergency", "fire", office.JANUARY),
        office.moment(office.JANUARY, 2),
    )
    office.months(house, office.JANUARY)
    lead = Lead.objects.get(benefit="relief_urgent", kind="missed")
    helped(house, office.JANUARY)
    office.months(house, office.FEBRUARY)
    lead.refresh_from_db()
    assert lead.state == "gone"
    assert paid("relief_urgent") == {"once": 318000}


def test_a_doubt_of_what_was_paid_once_waits_for_a_visit(house: town.Cast) -> None:
    helped(house, office.DECEMBER, day=3, granted=200000)
    office.learn(
        house.chen, NewFact("emergency", "none", office.DECEMBER), office.moment(office.DECEMBER, 4)
    )
    office.months(house, office.DECEMBER, office.JANUARY, office.FEBRUARY)
    assert paid("relief_urgent") == {"once": 200000}
    assert Lead.objects.get(benefit="relief_urgent").state == "open"
    decided = Determination.objects.filter(benefit="relief_urgent").latest("pk")
    assert (decided.what, decided.pays) == ("spent", 0)


def test_an_award_paid_once_ends_and_every_cadence_is_known(house: town.Cast) -> None:
    with pytest.raises(IntegrityError, match="award_paid_once_has_an_end"), transaction.atomic():
        helped(house, office.JANUARY, until=None)
    with pytest.raises(IntegrityError, match="award_cadence_is_known"), transaction.atomic():
        insured(house, cadence="week")
    with pytest.raises(IntegrityError, match="due_from_a_first_day"), transaction.atomic():
        insured(house, since=date(2019, 12, 2), pays_from=date(2019, 12, 2))


@pytest.mark.parametrize(
    ("key", "month", "promise"),
    [
        ("key", "month", "a_key_is_used_once"),
        ("key", "month + interval '1 month'", "a_key_is_used_once"),
        ("replace(key, '/0', '/x')", "month", "has not the key"),
        ("replace(key, '2020', '2020-02')", "month + interval '1 month'", "has not the key"),
        ("replace(key, 'once', '2020-02')", "month + interval '1 month'", "has not the key"),
        ("'gift'", "month", "has not the key"),
        ("replace(key, '-1/', '-2/')", "month", "has not the key"),
    ],
)
@pytest.mark.parametrize("benefit", ["disability_insurance", "relief_urgent"])
def test_no_statement_pays_a_year_or_an_event_twice(
    house: town.Cast, benefit: str, key: str, month: str, promise: str
) -> None:
    insured(house, since=office.JANUARY, pays_from=office.JANUARY)
    helped(house, office.JANUARY, day=3)
    run = office.post(house, office.determine(house, office.JANUARY))
    assert len(paid(benefit)) == 1
    if f"replace(key, '{'2020' if benefit == 'relief_urgent' else 'once'}'" in key:
        promise = "a_key_is_used_once"  # nothing is replaced: the key is the one that was used
    columns = "kind, benefit, place, run_id, award_id, determination_id, prepared_by_id, \
        approved_by_id, note"
    with (
        pytest.raises(IntegrityError, match=promise),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f'INSERT INTO ledger_entry (key, "on", month, {columns}) '
            f'SELECT {key}, "on", {month}, {columns} FROM ledger_entry '
            "WHERE benefit = %s AND run_id = %s",
            [benefit, run.pk],
        )
    assert Run.objects.get().state == "approved"
    assert audit() == []
