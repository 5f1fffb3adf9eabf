"""Columns of households, members and stretches: held against the plain way of working them out."""

from collections import defaultdict
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.month.cells import Cells
from guanjia.policy.month.finding import Span, floor
from guanjia.policy.month.register import OPEN, Rows
from guanjia.policy.month.seats import Seats
from guanjia.policy.month.sheet import Answers, Sheet
from guanjia.policy.month.stretches import EVER, Stretches

sizes = st.lists(st.integers(0, 7), min_size=1, max_size=12).map(sorted).map(lambda x: x[::-1])
changes = st.lists(st.tuples(st.integers(0, 5), st.integers(24000, 24012)), max_size=20)


@given(sizes)
def test_members_are_summed_counted_and_told_of_as_one_by_one(many: list[int]) -> None:
    seats = Seats(np.array(many))
    home = [place for seat in range(max(many)) for place, size in enumerate(many) if size > seat]
    values = np.arange(len(home)) * 7 - 20
    said = values % 3 == 0
    of = defaultdict[int, list[int]](list)
    for who, place in enumerate(home):
        of[place].append(who)
    every = range(len(many))
    assert seats.homes_of.tolist() == home
    assert seats.persons == len(home)
    assert seats.total(values).tolist() == [values[of[place]].sum() for place in every]
    assert seats.count(said).tolist() == [said[of[place]].sum() for place in every]
    assert seats.some(said).tolist() == [bool(said[of[place]].any()) for place in every]
    assert seats.spread(np.array(many)).tolist() == [many[place] for place in home]
    heads = [int(values[of[place][0]]) if of[place] else 0 for place in every]
    assert seats.head(values).tolist() == heads
    rows = np.stack([values, values + 1])
    assert seats.total(rows).tolist() == [seats.total(row).tolist() for row in rows]


@given(sizes, st.data())
def test_members_of_a_few_stand_where_those_of_all_did(
    many: list[int], data: st.DataObject
) -> None:
    seats = Seats(np.array(many))
    places = np.array(sorted(data.draw(st.sets(st.integers(0, len(many) - 1), min_size=1))))
    few = Seats(seats.sizes[places])
    spots = seats.spots(places)
    assert seats.homes_of[spots].tolist() == places[few.homes_of].tolist()
    assert seats.number[spots].tolist() == few.number.tolist()


@given(changes)
def test_a_stretch_begins_with_each_month_in_which_something_changes(
    told: list[tuple[int, int]],
) -> None:
    home, since = (np.array([row[k] for row in told], np.int64) for k in (0, 1))
    stretches = Stretches.of(
        [(home[::2], since[::2]), (home[1::2], since[1::2])], Seats(np.ones(6))
    )
    for place in range(6):
        months = sorted({month for at, month in told if at == place})
        mine = stretches.starts[:, place].tolist()
        assert mine == [EVER, *months] + [OPEN] * (stretches.most - 1 - len(months))
        assert stretches.many[place] == len(months) + 1
        asked = np.array([23999, *months, 24020])
        numbers = stretches.number(np.full(len(asked), place), asked).tolist()
        assert numbers == [0, *range(1, len(months) + 1), len(months)]


@pytest.mark.parametrize("wanted", [(4,), (3, 4), (2, 3, 4), (0, 4)])
def test_a_column_that_is_let_go_is_worked_out_again_if_it_is_asked_for(
    wanted: tuple[int, ...],
) -> None:
    sheet, done = Sheet(), list[str]()

    def does(_answers: Answers, name: str, *parts: Cells) -> Cells:
        done.append(name)
        return Cells(np.arange(3) + sum((part.value for part in parts), np.zeros(3, int)))

    one = sheet.step(does, (), "one")
    two = sheet.step(does, (one,), "two")
    three = sheet.step(does, (one, two), "three")
    four = sheet.step(does, (three, three), "four")
    five = sheet.step(does, (four, two), "five")
    plain = Answers(sheet, None)  # type: ignore[arg-type]  # these steps read no household
    expected = [plain.of(step).value.tolist() for step in (one, two, three, four, five)]
    assert done == ["one", "two", "three", "four", "five"]
    done.clear()
    saving = Answers(sheet, None, wanted=wanted)  # type: ignore[arg-type]
    assert [saving.of(step).value.tolist() for step in wanted] == [expected[k] for k in wanted]
    assert len(done) == 5
    asked = [saving.of(step).value.tolist() for step in range(5)]
    assert asked == expected
    again = [name for k, name in enumerate(("one", "two", "three", "four")) if k not in wanted]
    assert set(done[5:]) == set(again)


def test_only_awards_of_benefits_that_look_back_say_how_far_changes_matter() -> None:
    """An old-age allowance is held for decades; the months before its assessment are read by no rule."""
    book, month = books.load(books.SHIPPED), date(2020, 1, 1)
    span, now = Span(book, month, month), days.number(month)
    held = {"longevity": now - 240, "dibao": now - 9}

    class City:
        register = SimpleNamespace(arrays={f"held-{benefit}.at": None for benefit in held})
        parts = ()

        @staticmethod
        def changes(name: str) -> list[Rows]:
            one = np.zeros(1, np.int64)
            return [Rows(one, one + held[name.removeprefix("held-")], one + OPEN)]

    assert floor(City, span) == now - 9 - 12  # type: ignore[arg-type]  # all that is read of it
