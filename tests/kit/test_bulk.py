"""Many rows in one statement, in batches, with fresh numbers."""

from guanjia.kit import bulk
from guanjia.people.models import Source

COLUMNS = {"code": "text", "name": "text", "synthetic": "boolean"}


def test_rows_of_any_number_are_written(db: None) -> None:
    rows = ((f"s{n:05d}", "来源", n % 2 == 0) for n in range(bulk.BATCH + 1))
    assert bulk.insert("people_source", COLUMNS, rows) == bulk.BATCH + 1
    assert Source.objects.filter(synthetic=True).count() == bulk.BATCH // 2 + 1


def test_no_rows_are_no_statement(db: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert bulk.insert("people_source", COLUMNS, []) == 0


def test_the_tail_decides_about_rows_that_stand_already(db: None) -> None:
    row = ("s", "来源", True)
    assert bulk.insert("people_source", COLUMNS, [row]) == 1
    again = bulk.insert("people_source", COLUMNS, [row], "ON CONFLICT (code) DO NOTHING")
    assert again == 0


def test_fresh_numbers_are_new_and_in_order(db: None) -> None:
    first, second = bulk.take_ids("people_person", 3), bulk.take_ids("people_person", 2)
    assert first == sorted(first)
    assert max(first) < min(second)
    assert len({*first, *second}) == 5
