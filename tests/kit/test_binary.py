"""Arrays written by hand come back as they were, whatever the texts contain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from guanjia.kit import bulk

TEXTS = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]))
LISTS = {
    "text": TEXTS | some.sampled_from(["NULL", "null", "{}", '"', "\\", ",", " ", ""]),
    "bigint": some.integers(-(2**63), 2**63 - 1),
    "boolean": some.booleans(),
    "date": some.dates(date(1, 1, 1), date(9999, 12, 31)),
}


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_an_array_comes_back_as_it_went(db: None, kind: str) -> None:
    @given(some.lists(some.none() | LISTS[kind], max_size=20))
    def goes_and_comes(values: list[object]) -> None:
        found = bulk.rows(f"SELECT * FROM unnest(%s::{kind}[])", [values])
        assert [value for (value,) in found] == values

    goes_and_comes()
