"""Yuan as offices write it, fen as the ledger keeps it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kit import money


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1999.00", 199900),
        ("1,999.00 元", 199900),
        ("1，999元", 199900),
        ("１９９９．５", 199950),
        ("0", 0),
        ("-3.05", -305),
        ("−3.05 元", -305),
        (" 12.3 ", 1230),
        ("1,234,567.89", 123456789),
    ],
)
def test_what_offices_write_is_read_to_the_fen(text: str, fen: int) -> None:
    assert money.read(text) == fen


@pytest.mark.parametrize(
    "text", ["", "一千", "1.234", "1,23", "1e3", "12 34", "￥5", "--1", "1.", "元"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(money.NotMoney, match=r"1999\.00"):
        money.read(text)


@given(st.integers(-(10**15), 10**15))
def test_what_is_shown_reads_back(fen: int) -> None:
    assert money.read(money.show(fen)) == fen


@given(st.integers(0, 10**12), st.integers(1, 64))
def test_shares_add_up_and_differ_by_a_fen_at_most(fen: int, parts: int) -> None:
    shares = money.shares(fen, parts)
    assert (sum(shares), len(shares)) == (fen, parts)
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1
