"""How names are found: any part of a name, and its pinyin initials."""

from hypothesis import given
from hypothesis import strategies as st

from guanjia.people import names

signs = st.text(st.sampled_from("陈大文何丽珍𠮷埗滘欧阳A·"), min_size=1, max_size=6)


def test_initials_are_those_a_clerk_would_type() -> None:
    assert names.initials("陈大文") == "cdw"
    assert names.initials("欧阳慧") == "oyh"
    assert names.initials("John Smith") == "johnsmith"


def test_surnames_are_read_as_surnames() -> None:
    assert names.initials("曾志伟") == "zzw"
    assert names.initials("单丽") == "sl"
    assert names.initials("区桂芬") == "ogf"


def test_rarely_written_signs_do_not_break_a_name() -> None:
    assert names.initials("黄埗滘") == "hbj"
    assert names.grams("陈𠮷")[:2] == ["陈𠮷", "𠮷"]


@given(signs)
def test_every_part_of_a_name_begins_one_of_its_grams(name: str) -> None:
    grams = names.grams(name)
    assert len(grams) == len(set(grams))
    for first in range(len(name)):
        for last in range(first + 1, len(name) + 1):
            assert any(gram.startswith(name[first:last]) for gram in grams)
