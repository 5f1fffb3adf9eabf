"""The bank's files: what they hold, byte for byte, and that a second writing is the first."""

import csv
from pathlib import Path

import pytest
from django.conf import settings
from python_calamine import CalamineWorkbook

from guanjia.entitlements import queries
from guanjia.entitlements.models import BankFile, Run, RunState
from guanjia.interop import bank, bank_tasks
from guanjia.ledger.models import Entry
from tests import town
from tests.entitlements import office


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A files folder of this test's own."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    return tmp_path


@pytest.fixture
def run(as_job: town.Cast, files: Path) -> Run:
    """December 2019, paid to a name that GBK cannot write and one that looks like a formula."""
    office.open_house(as_job)
    office.award_chen(as_job, payee="陈𠮷")
    office.award_li(as_job, payee="=李月好")
    return office.pay(as_job, office.determine(as_job, office.DECEMBER))


def rows(run: Run) -> list[list[str]]:
    """The CSV's rows."""
    table = bank.folder_of(run.month) / BankFile.objects.get(run=run, name__endswith=".csv").name
    return list(csv.reader(table.read_text(encoding=bank.ENCODING).splitlines()))


def test_the_csv_has_a_header_lines_and_a_total_in_the_banks_encoding(run: Run) -> None:
    header, *lines, total = rows(run)
    assert header == list(bank.HEADER)
    assert [line[:5] for line in lines] == [
        ["1", "陈𠮷", "6217001234567890001", "941.00", "最低生活保障 2019-12"],
        ["2", "'=李月好", "6217001234567890002", "150.00", "高龄津贴 2019-12 李月好"],
        *(
            [str(n), "陈𠮷", "6217001234567890001", "44.10", f"价格临时补贴 2019-12 {name}"]
            for n, name in enumerate(("陈大文", "何丽珍", "陈小星"), 3)
        ),
    ]
    assert {line[5] for line in lines} == set(
        Entry.objects.filter(run=run).values_list("key", flat=True)
    )
    assert total[:4] == ["合计", "5 笔", "", "1223.30"]
    content = (bank.folder_of(run.month) / f"bank-2019-12-441900-{run.pk}.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 7
    assert "𠮷".encode("gb18030") in content


def test_the_sheet_says_the_same_as_the_table(run: Run) -> None:
    file = bank.folder_of(run.month) / f"bank-2019-12-441900-{run.pk}.xlsx"
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert sheet[1][1:4] == ["陈𠮷", "6217001234567890001", 941.0]
    assert [row[5] for row in sheet[1:-1]] == [row[5] for row in rows(run)[1:-1]]
    assert sheet[-1][3] == 1223.3


def test_what_is_recorded_is_what_lies_there(run: Run) -> None:
    recorded = queries.bank_files(run.pk)
    assert len(recorded) == 2
    for file in recorded:
        assert (file.lines, file.fen) == (5, 122330)
        assert bank.sha256(bank.folder_of(run.month) / file.name) == file.sha256


def test_written_again_they_are_the_same_bytes(run: Run) -> None:
    titles = {c.code: c.title for c in office.BOOK.chapters}
    again = bank.write(run, titles)
    assert {f.sha256 for f in again} == {f.sha256 for f in queries.bank_files(run.pk)}


def test_the_job_ends_a_month_once(as_job: town.Cast, files: Path) -> None:
    office.open_house(as_job)
    office.award_chen(as_job)
    run = office.determine(as_job, office.DECEMBER)
    bank_tasks.write_bank_files(None, run.pk)
    assert not BankFile.objects.exists()  # nobody has approved
    office.pay(as_job, run)
    bank_tasks.write_bank_files(None, run.pk)
    run.refresh_from_db()
    assert run.state == RunState.PAID
    assert BankFile.objects.filter(run=run).count() == 2


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (5, "0.05"), (118000, "1180.00")])
def test_yuan_are_written_as_banks_write_them(fen: int, text: str) -> None:
    assert bank.yuan(fen) == text


def test_accounts_stand_sealed_in_the_database(run: Run) -> None:
    sealed = Entry.objects.filter(run=run).values_list("award__account_sealed", flat=True)
    assert all(b"6217" not in bytes(text) for text in sealed)
