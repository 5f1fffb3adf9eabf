"""A book that does not load, and every command, are told in the reader's language: page and terminal alike."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from guanjia.policy import words
from guanjia.policy.book import BookError, load
from guanjia.web.tongues import speaking, terminal
from tests.web.running import CLONE, guanjia

LINE = 'value = "1060 元/人·月"'
BROKEN = [
    (
        "relations.toml",
        'giver = "dibao"',
        'giver = "dibaoo"',
        "没有叫 dibaoo 的章节；是不是 dibao？",
        "there is no chapter dibaoo; did you mean dibao?",
        "沒有叫 dibaoo 的章節；是不是 dibao？",
    ),
    (
        "chapters/dibao/chapter.toml",
        LINE,
        'value = "9060000000000000 元/人·月"',
        "结果可能超出 64 位整数",
        "the result may pass 64 bits",
        "結果可能超出 64 位整數",
    ),
]


@pytest.fixture
def own_language() -> Iterator[None]:
    """What a test speaks, the next one does not."""
    yield
    translation.deactivate()
    words.speak_with(speaking.SPEAKER)


def broken(folder: Path, file: str, right: str, wrong: str) -> Path:
    """The shipped city with one thing wrong in it."""
    shutil.copytree(settings.GUANJIA_CITY, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return folder


@pytest.mark.django_db
@pytest.mark.parametrize(("file", "right", "wrong", "chinese", "english", "traditional"), BROKEN)
def test_a_broken_book_is_told_on_its_page_in_the_language_of_the_page(
    file: str,
    right: str,
    wrong: str,
    chinese: str,
    english: str,
    traditional: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    own_language: None,
) -> None:
    monkeypatch.setattr(settings, "GUANJIA_CITY", broken(tmp_path / "city", file, right, wrong))
    for accepted, says in (("zh-CN", chinese), ("en", english), ("zh-HK", traditional)):
        page = Client().get("/book/", headers={"accept-language": accepted})
        assert page.status_code == 503
        assert says in page.content.decode()
        assert file in page.content.decode()


@pytest.mark.parametrize(("file", "right", "wrong", "chinese", "english", "traditional"), BROKEN)
def test_a_broken_book_is_told_in_a_terminal_in_the_language_of_its_user(
    file: str,
    right: str,
    wrong: str,
    chinese: str,
    english: str,
    traditional: str,
    tmp_path: Path,
    own_language: None,
) -> None:
    city = broken(tmp_path / "city", file, right, wrong)
    for code, says in (("zh-hans", chinese), ("en", english), ("zh-hant", traditional)):
        words.speak_with(speaking.SPEAKER)
        terminal.speak({"LANG": code})
        with pytest.raises(BookError) as caught:
            load(city)
        assert says in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "zh-hans"),
        ({"LANG": "fr_FR.UTF-8"}, "zh-hans"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "fr:zh_HK:en"}, "zh-hant"),
        ({"LANG": "zh_TW.Big5"}, "zh-hant"),
        ({"LANG": "zh-Hant-MO"}, "zh-hant"),
        ({"LANG": "", "LC_MESSAGES": "en"}, "en"),
    ],
)
def test_the_environment_names_the_language(environ: dict[str, str], code: str) -> None:
    assert terminal.language(environ) == code


def test_the_books_words_and_ours_are_both_told_in_a_terminal(tmp_path: Path) -> None:
    family = str(CLONE / "docs" / "family.toml")
    told = guanjia(tmp_path, "policy", "explain", family, "dibao", LANGUAGE="en")
    assert told.returncode == 0
    assert "Minimum living allowance" in told.stdout
    assert "entitled to 1,421.00 yuan a month" in told.stdout
    assert not (tmp_path / "keys").exists(), "no house was made for it"
    told = guanjia(tmp_path, "policy", "explain", family, "dibao", LANGUAGE="zh_TW")
    assert "應得 1,421.00 元/月" in told.stdout


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["policy", "explain"], "missing: family"),
        (["policy", "explain", "nowhere.toml"], "cannot be opened"),
        (["policy", "show", "dibbao"], "there is no chapter dibbao; did you mean dibao?"),
        (["policy", "show", "--month", "2020-13"], '"2020-13" is no month'),
        (["run", "--help"], "Work out one month"),
        (["serve", "--port", "99999"], "There is no port 99999"),
        (["polcy"], 'There is no command "guanjia polcy"'),
    ],
)
def test_a_mistake_is_told_in_the_language_of_the_terminal(
    typed: list[str], says: str, tmp_path: Path
) -> None:
    done = guanjia(tmp_path, *typed, LANGUAGE="en")
    assert says in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_account_is_refused_in_the_language_of_the_terminal(ready: Path) -> None:
    refused = guanjia(ready, "account", "wang", "--role", "chief", LANGUAGE="en")
    assert 'There is no post "chief"' in refused.stderr
    refused = guanjia(ready, "run", "2020-01", "--as", "nobody", LANGUAGE="en")
    assert "The account nobody may not do this" in refused.stderr
    assert "missing: Month" in guanjia(ready, "run", LANGUAGE="en").stderr
    refused = guanjia(
        ready, "account", "li", "--role", "auditor", "--place", "441999", LANGUAGE="zh_HK"
    )
    assert "沒有代碼為 441999 的地方" in refused.stderr
