"""Numbers of persons and organisations: what is right passes, one wrong sign does not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.people import documents
from guanjia.people.documents import BadDocument

VECTOR = "11010519491231002X"
ORGANISATIONS = ("91350100M000100Y43", "11441900007330010D")

areas = st.integers(100_000, 999_999).map(str)
births = st.dates(date(1890, 1, 1), date(2026, 12, 31))
orders = st.integers(0, 999).map("{:03d}".format)
first17 = st.builds(lambda area, born, order: f"{area}{born:%Y%m%d}{order}", areas, births, orders)


def test_the_vector_of_the_standard_passes() -> None:
    assert documents.check_digit(VECTOR[:17]) == "X"
    assert documents.citizen_number(VECTOR) == VECTOR
    assert documents.born_on(VECTOR) == date(1949, 12, 31)


def test_a_number_is_read_as_people_write_it() -> None:
    assert documents.citizen_number(" 11010519491231002x ") == VECTOR
    assert documents.citizen_number("１１０１０５１９４９１２３１００２Ｘ") == VECTOR


def test_an_old_number_of_15_digits_is_widened() -> None:
    assert documents.citizen_number("110105491231002") == VECTOR


@given(first17)
def test_any_area_and_day_with_its_check_digit_passes(first: str) -> None:
    number = first + documents.check_digit(first)
    assert documents.citizen_number(number) == number


@given(first17, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_refused(first: str, place: int, more: int) -> None:
    number = first + documents.check_digit(first)
    wrong = str((int(number[place]) + more) % 10)
    with pytest.raises(BadDocument):
        documents.citizen_number(number[:place] + wrong + number[place + 1 :])


@given(first17, st.integers(0, 15))
def test_two_digits_changed_about_are_refused(first: str, place: int) -> None:
    number = first + documents.check_digit(first)
    left, right = number[place], number[place + 1]
    swapped = number[:place] + right + left + number[place + 2 :]
    if left == right:
        assert documents.citizen_number(swapped) == number
    else:
        with pytest.raises(BadDocument):
            documents.citizen_number(swapped)


@pytest.mark.parametrize(
    "text",
    ["", "1101051949123100", "11010519491331002", "A1010519491231002X", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X"],
)
def test_what_cannot_be_a_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadDocument, match="请对照证件再输一次"):
        documents.citizen_number(text)


def test_a_birth_date_that_never_was_is_refused_though_the_check_digit_fits() -> None:
    first = "44190019990230001"
    with pytest.raises(BadDocument, match="出生日期"):
        documents.citizen_number(first + documents.check_digit(first))


def test_a_number_is_shown_with_its_middle_hidden() -> None:
    assert documents.masked(VECTOR) == "110*************2X"
    assert documents.masked("G1234") == "*****"
    assert documents.masked("") == ""


@pytest.mark.parametrize("number", ORGANISATIONS)
def test_real_organisation_codes_pass(number: str) -> None:
    assert documents.organisation_number(f" {number.lower()} ") == number


@given(
    st.sampled_from(ORGANISATIONS),
    st.integers(0, 17),
    st.sampled_from(documents.ORGANISATION_SIGNS),
)
def test_one_wrong_sign_of_an_organisation_code_is_refused(
    number: str, place: int, sign: str
) -> None:
    changed = number[:place] + sign + number[place + 1 :]
    if changed == number:
        assert documents.organisation_number(changed) == number
    else:
        with pytest.raises(BadDocument):
            documents.organisation_number(changed)


@pytest.mark.parametrize("sign", "IOSVZ-一")
def test_signs_that_organisation_codes_do_not_use_are_refused(sign: str) -> None:
    with pytest.raises(BadDocument, match="18位"):
        documents.organisation_number(f"9135010{sign}M00100Y43"[:18])
