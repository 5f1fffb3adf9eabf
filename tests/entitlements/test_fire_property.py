"""Whatever comes in whatever order: what was paid is what the bank confirmed, and never above a decision."""

from datetime import date

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import settings as chance
from hypothesis import strategies as st

from guanjia.entitlements.bank import holding, returning, righting
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import Award, Run
from guanjia.entitlements.tables.after import BankAnswer
from guanjia.interop import bank, returns
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Account, Entry
from guanjia.people.records import NewFact
from tests import town
from tests.entitlements import office

MONTHS = (office.DECEMBER, office.JANUARY, office.FEBRUARY, office.MARCH)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([150000, 199900, 220000, 260000, 0]),  # wages as then known; 0: no change
        st.sampled_from([0, 1, 2, 3]),  # how many lines fail
        st.booleans(),  # whether accounts are put right
    ),
    min_size=4,
    max_size=4,
)


def put_right(cast: town.Cast, month: date) -> None:
    for award in Award.objects.filter(superseded_at__isnull=True):
        at = office.moment(month, 3)
        change = righting.prepare(award, award.payee, "6217009999999990001", "更正", cast.wang, at)
        righting.decide(change.pk, True, cast.liang, at)


def answer(run: Run, cast: town.Cast, failing: int) -> None:
    """The bank answers all lines; the first few fail; the file is read twice."""
    holding.send(run.pk, cast.zhou, office.moment(run.month, 8))
    file = holding.latest_file(run)
    assert file is not None
    content = (bank.folder_of(run.month) / file.name).read_bytes()
    keys = [line.key for line in bank.lines_of(run.pk, {})][:failing]
    read = returns.read("b.csv", returns.answer(content, file.name, dict.fromkeys(keys, "已销户")))
    for _turn in range(2):
        returning.take_over(read, cast.zhou, office.moment(run.month, 9), run.month)


class Undo(Exception):
    """Ends an example; nothing of it stays."""


@pytest.mark.slow
def test_what_was_paid_is_what_the_bank_confirmed(house: town.Cast) -> None:
    office.award_chen(house)
    office.award_li(house)

    @chance(max_examples=6)
    @given(STEPS)
    def whatever(steps: list[tuple[int, int, bool]]) -> None:
        try:
            with transaction.atomic():
                live(steps)
                raise Undo
        except Undo:
            pass

    def live(steps: list[tuple[int, int, bool]]) -> None:
        for month, (wages, failing, right) in zip(MONTHS, steps, strict=True):
            if wages:
                fact = NewFact("wages", wages, date(2019, 5, 1), date(2019, 11, 1))
                office.learn(house.chen, fact, office.moment(month, 2))
            if right:
                try:
                    put_right(house, month)
                except RunError as refused:
                    raise AssertionError from refused
            (run,) = office.months(house, month)
            answer(run, house, failing)
        assert audit() == []
        moved = Entry.objects.annotate(fen=Sum("transfers__fen"))
        paid = sum(e.fen for e in moved.filter(kind="payment"))
        back = sum(e.fen for e in moved.filter(kind="reversal"))
        held = sum(a.balance for a in Account.objects.filter(path__startswith="suspense/"))
        confirmed = BankAnswer.objects.filter(result="paid").aggregate(fen=Sum("fen"))["fen"]
        assert paid - back - held == confirmed

    whatever()
