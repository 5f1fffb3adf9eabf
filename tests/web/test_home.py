"""The data folder: its version, its keys, its permissions, its demonstration day."""

import os
from datetime import date
from pathlib import Path

import pytest

from guanjia.web.house import home


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that does not exist yet."""
    folder = tmp_path / "house"
    monkeypatch.setenv("GUANJIA_DATA", str(folder))
    return folder


def test_a_folder_is_made_for_its_owner_alone(place: Path) -> None:
    home.ensure()
    closed = 0o711 if os.geteuid() == 0 else 0o700
    assert place.stat().st_mode & 0o777 == closed
    assert (place / "keys").stat().st_mode & 0o777 == 0o700
    assert (place / "files").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_exists_keeps_its_permissions(place: Path) -> None:
    place.mkdir(mode=0o755)
    home.ensure()
    assert place.stat().st_mode & 0o777 == 0o755


def test_a_folder_of_a_newer_version_is_refused_and_left_alone(place: Path) -> None:
    place.mkdir()
    (place / "version").write_text(f"{home.FORMAT + 1}\n")
    with pytest.raises(home.HomeError, match="更新版本"):
        home.ensure()
    assert [f.name for f in place.iterdir()] == ["version"]


def test_a_folder_that_cannot_be_one_is_refused_in_words(place: Path) -> None:
    place.write_text("a file")
    with pytest.raises(home.HomeError, match="GUANJIA_DATA"):
        home.ensure()


def test_a_key_is_made_once_and_read_by_its_owner_alone(place: Path) -> None:
    first = home.secret("index")
    assert len(first) == home.KEY_BYTES
    assert home.secret("index") == first
    assert home.secret("django") != first
    assert (place / "keys" / "index").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_gone_is_never_made_anew(place: Path) -> None:
    home.secret("seal-k1")
    home.keys_are_in_use(place)
    (place / "keys" / "seal-k1").unlink()
    with pytest.raises(home.HomeError, match="从备份恢复"):
        home.secret("seal-k1")
    assert not (place / "keys" / "seal-k1").exists()


def test_the_key_of_tickets_is_the_first_index_key_of_a_house_from_before(place: Path) -> None:
    first = home.secret("index")
    assert home.ticket() == first
    (place / "keys" / "index").rename(place / "keys" / "retired-index-k1")
    assert home.ticket() == first, "it stays when the index key goes"


def test_a_new_house_has_a_key_of_tickets_of_its_own(place: Path) -> None:
    assert home.ticket() == home.ticket() != home.secret("index")


def test_only_a_marked_folder_has_a_demonstration_day(place: Path) -> None:
    home.ensure()
    assert home.demo_day() is None
    home.mark_demo(date(2020, 4, 1))
    assert home.demo_day() == date(2020, 4, 1)


def test_a_demonstration_of_own_files_is_not_called_made_up(place: Path) -> None:
    home.ensure()
    assert home.demo_is_synthetic()
    home.write_private(place / home.DEMO_STATE, "synthetic = false\n")
    assert not home.demo_is_synthetic()


def test_a_half_restored_folder_is_refused(place: Path) -> None:
    home.ensure()
    home.refuse_half_restored(place)
    (place / "restoring").write_text("/backups/monday.tar\n")
    with pytest.raises(home.HomeError, match=r"guanjia restore /backups/monday\.tar"):
        home.refuse_half_restored(place)


def test_the_default_folder_differs_between_clones_and_can_be_reached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GUANJIA_DATA")
    monkeypatch.setattr(home, "CLONE", tmp_path / "one")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    first = home.folder()
    monkeypatch.setattr(home, "CLONE", tmp_path / "two")
    assert first.parent == home.folder().parent == Path("/var/lib/guanjia")
    assert first != home.folder()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert home.folder() == tmp_path / ".local" / "share" / "guanjia"
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "pyproject.toml").touch()
    assert home.folder() == tmp_path / "two" / "var"
