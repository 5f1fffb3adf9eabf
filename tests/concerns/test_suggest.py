"""Suggestions: taught by command on closed matters, tested on what was held out, safe to load, never deciding."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from guanjia.concerns import cli
from guanjia.concerns.likeness import duplicates, grams, personal, suggest, training
from guanjia.concerns.likeness.suggest import BadModel
from guanjia.concerns.likeness.training import Told, TooFew
from guanjia.interop.synthetic import wordings
from guanjia.kit import clock, scope
from guanjia.people.documents import check_digit
from tests import town
from tests.concerns.test_desk import EYES, ask
from tests.doors import at_desk, text_of

FOLDER = Path(settings.GUANJIA_CITY)


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    """A data folder of its own."""
    settings.GUANJIA_FILES = tmp_path
    return tmp_path


def told(count: int = 600) -> list[Told]:
    """Made-up closed matters."""
    made = wordings.made(FOLDER, count, seed=1)
    return [Told(n, one.text, one.category, True) for n, one in enumerate(made)]


def test_many_different_wordings_are_made_up_and_say_so() -> None:
    made = wordings.made(FOLDER, 400, seed=1)
    assert len({one.text for one in made}) == 400
    assert made == wordings.made(FOLDER, 400, seed=1)
    assert all(one.text.endswith("（演示）") for one in made)
    assert len({one.category for one in made}) == 6
    assert any("唔" in one.text for one in made)
    assert any("路登" in one.text or "底保" in one.text for one in made)
    assert wordings.made(FOLDER.parent, 400, seed=1) == []


def test_it_learns_and_tells_how_it_fares_on_what_it_had_not_seen(files: Path) -> None:
    made = training.train(told(), "441900", clock.now())
    assert made.synthetic == made.trained_on == 600
    assert 60 < made.held_out < 180
    assert made.right / made.held_out > 0.8
    assert set(made.tested) == set(made.categories)
    best = suggest.categories("菜市场后面嘅路灯坏咗")
    assert best[0][0] == "public_place"
    assert suggest.categories("高龄津帖点解冇到账")[0][0] == "living"
    assert sum(suggest.shares(made, "路灯").values()) == pytest.approx(1)
    assert suggest.categories("") == suggest.categories("……") == []
    assert suggest.categories("长" * 100_000) == [] or suggest.categories("长" * 100_000)


def test_plain_python_scores_as_the_trainer_does(files: Path) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = told(200)
    made = training.train(rows, "441900", clock.now())
    cut = TfidfVectorizer(analyzer=grams.one_to_three, min_df=2, max_features=20_000)
    cut.set_params(sublinear_tf=True)
    line = LogisticRegression(C=10.0, max_iter=300, class_weight="balanced")
    line.fit(cut.fit_transform([r.text for r in rows]), [r.category for r in rows])
    for one in rows[:20]:
        theirs = dict(
            zip(line.classes_, line.predict_proba(cut.transform([one.text]))[0], strict=True)
        )
        assert suggest.shares(made, one.text) == pytest.approx(theirs, abs=0.01)


def test_too_few_closed_matters_teach_nothing(files: Path, cast: town.Cast) -> None:
    with pytest.raises(TooFew, match="还不够"):
        training.train(told(20), "441900", clock.now())
    with pytest.raises(TooFew):
        cli.train([])
    assert suggest.model() is None
    assert suggest.categories("路灯") == []
    assert "还没有学过" in text_of(at_desk(cast.wang), "/suggestions/")


def test_a_file_that_somebody_changed_is_not_used(files: Path, cast: town.Cast) -> None:
    training.train(told(200), "441900", clock.now())
    file = suggest.path()
    head, body = file.read_text(encoding="utf-8").split("\n", 1)
    json.loads(body)
    file.write_text(f"{head}\n{body.replace('living', 'elder', 1)}", encoding="utf-8")
    with pytest.raises(BadModel):
        suggest.model()
    assert suggest.categories("路灯") == []
    assert "被改动过" in text_of(at_desk(cast.wang), "/suggestions/")
    file.write_text("nonsense", encoding="utf-8")
    assert suggest.categories("路灯") == []


def test_the_page_says_how_good_it_is_and_that_it_is_made_up(files: Path, cast: town.Cast) -> None:
    training.train(told(200), "441900", clock.now())
    client = at_desk(cast.wang)
    page = text_of(client, "/suggestions/")
    assert "说明不了真实的诉求" in page
    assert "老人照料" in page
    tried = client.post("/suggestions/", {"text": "路灯不亮"}).content.decode()
    assert "路、灯、公园" in tried
    case = ask(1)
    assert "可能是这一类" in text_of(client, f"/inbox/{case.pk}/beside/")


def test_serving_and_suggesting_import_no_trainer() -> None:
    code = (
        "import django, sys; django.setup(); import guanjia.concerns.urls, guanjia.concerns.cli;"
        "from guanjia.concerns.likeness import suggest; suggest.categories('x');"
        "sys.exit('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr[-800:]


def test_the_same_matter_is_found_near_and_nowhere_else(cast: town.Cast) -> None:
    one, other, old = ask(1), ask(11), ask(111, hours=24 * 40)
    with scope.hold(town.eyes(cast.wang)):
        one.concern.refresh_from_db()
        found = duplicates.near(one)
        assert [n.case.pk for n in found] == [other.pk]
        assert 0 < found[0].share <= 1
        assert old.pk not in [n.case.pk for n in found]
        assert duplicates.like("", town.COMMUNITY, clock.now()) == []
    with scope.hold(town.eyes(cast.huang)):
        assert duplicates.like("第1件事", town.COMMUNITY, clock.now()) == []
    with scope.hold(EYES):
        assert duplicates.like("第1件事", town.ELSEWHERE, clock.now()) == []
        late = clock.now() + timedelta(days=60)
        assert duplicates.like("第1件事", town.COMMUNITY, late) == []


DIGITS = st.text("0123456789", min_size=3, max_size=3)
PROSE = st.text("路灯坏了请来修老人没饭吃，。 ", max_size=30)


@given(PROSE, st.dates(min_value=date(1920, 1, 1)), DIGITS, PROSE)
def test_every_id_number_is_found_wherever_it_stands(
    before: str, born: date, order: str, after: str
) -> None:
    first = f"441900{born:%Y%m%d}{order}"
    number = first + check_digit(first)
    text = f"{before}{number}{after}"
    assert number not in personal.masked(text)
    assert [f.kind for f in personal.found(text)] == ["document"]
    assert len(personal.masked(text)) == len(text)


@given(PROSE, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), PROSE)
def test_every_mobile_number_is_found(before: str, phone: str, after: str) -> None:
    assert phone not in personal.masked(before + phone + after)
    spaced = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    assert phone[-4:] not in personal.masked(before + spaced + after)


@given(st.from_regex(r"62[0-9]{14,16}", fullmatch=True))
def test_a_bank_card_is_found_by_its_last_digit(first: str) -> None:
    card = first + next(d for d in "0123456789" if personal.luhn(first + d))
    assert [f.kind for f in personal.found(f"卡号{card}。")] in (["card"], ["document"])
    wrong = first + next(d for d in "0123456789" if not personal.luhn(first + d))
    assert "card" not in [f.kind for f in personal.found(wrong)]


@given(PROSE)
def test_what_holds_nothing_personal_stays_as_it_is(text: str) -> None:
    assert personal.masked(text) == text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("车牌粤S12345停在路口", ["plate"]),
        ("住3栋2单元501室", ["door"]),
        ("致电0769-22001234", ["phone"]),
        ("2号线地铁，3月15号坏的，5000元，2020年", []),
        ("１３８００００１２３４", ["phone"]),
        ("上个月是10号到的，这个月都15号还没到，20号左右才发", []),
        ("住在15号，晚上漏水；找8号201室", ["door", "door"]),
    ],
)
def test_other_kinds_are_found(text: str, kinds: list[str]) -> None:
    assert [f.kind for f in personal.found(text)] == kinds
