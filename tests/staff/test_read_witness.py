"""The witness outside the database: cut off in writing, and told what a restore took away."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from guanjia.staff import read_witness
from guanjia.staff.read_witness import Damaged, Gone

AT, MADE = datetime(2020, 4, 1, 9, tzinfo=UTC), datetime(2020, 3, 30, 23, 30, tzinfo=UTC)


def batches(last: int, letter: str = "a") -> dict[int, str]:
    """A chain of so many batches."""
    return {number: f"{number:x}".zfill(63) + letter for number in range(1, last + 1)}


def test_a_line_that_was_cut_off_does_not_count_and_is_written_again(tmp_path: Path) -> None:
    read_witness.add(tmp_path, batches(3).items())
    file = read_witness.file_in(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    for cut in (1, 30, 66):
        file.write_bytes(file.read_bytes()[:-cut])
        assert read_witness.read(tmp_path).hashes == batches(2)
        read_witness.add(tmp_path, [(3, batches(3)[3])])
        assert read_witness.read(tmp_path).hashes == batches(3)


def test_a_backup_that_holds_all_takes_nothing_away(tmp_path: Path) -> None:
    assert read_witness.restored(tmp_path, batches(3), AT, MADE) is None, "a new house"
    read_witness.add(tmp_path, batches(3).items())
    for held in (3, 5):
        assert read_witness.restored(tmp_path, batches(held), AT, MADE) is None
    assert read_witness.read(tmp_path).gone == []


def test_an_older_backup_and_one_of_another_house_are_remembered(tmp_path: Path) -> None:
    read_witness.add(tmp_path, batches(9).items())
    gone = read_witness.restored(tmp_path, batches(4), AT, MADE)
    assert gone == Gone(4, 9, AT, MADE)
    assert read_witness.read(tmp_path).hashes == batches(4)
    assert read_witness.restored(tmp_path, batches(4), AT, MADE) is None, (
        "run again, it says no more"
    )
    other = {**batches(4), 5: batches(5, "b")[5]}
    read_witness.add(tmp_path, [(5, other[5])])
    found = read_witness.read(tmp_path)
    assert (found.hashes, found.gone) == (other, [gone])
    foreign = read_witness.restored(tmp_path, batches(7, "c"), AT, MADE)
    assert foreign == Gone(0, 5, AT, MADE)
    assert read_witness.read(tmp_path).hashes == {}
    assert "第 5 至 9 批的查阅记录不在库里" in read_witness.told(gone)


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"3", b"3 abc", b"x " + b"a" * 64, b"-3 " + b"a" * 64, b"3  " + b"a" * 64),
        *(
            b"3 " + b"z" * 64,
            b"3 " + b"a" * 63 + b"\xff",
            b"\x00" * 66,
            b"9" * 5000 + b" " + b"a" * 64,
        ),
        *(b"restored 2 3 yesterday 2020-03-30", b"restored 2 x 2020-04-01 2020-03-30"),
        *(b"restored 2 3 2020-04-01", b"restored 2 3 2020-04-01 2020-03-30 more"),
    ],
)
def test_a_damaged_line_is_named_and_what_to_do(tmp_path: Path, line: bytes) -> None:
    read_witness.add(tmp_path, batches(2).items())
    file = read_witness.file_in(tmp_path)
    file.write_bytes(file.read_bytes() + line + b"\n")
    read_witness.add(tmp_path, [(4, batches(4)[4])])
    with pytest.raises(Damaged) as said:
        read_witness.read(tmp_path)
    assert f"{file} 第 3 行读不懂" in str(said.value) and "guanjia log seal" in str(said.value)
    with pytest.raises(Damaged):
        read_witness.restored(tmp_path, batches(4), AT, MADE)
