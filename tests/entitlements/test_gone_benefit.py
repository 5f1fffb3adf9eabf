"""A benefit that the book no longer has: nothing is lost, and somebody is told."""

import json

import pytest
from django.urls import reverse

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import replay
from guanjia.entitlements.leads import settling
from guanjia.entitlements.models import Lead
from guanjia.entitlements.runs import actions
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Entry
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.web.demo.statement import statement
from tests import town
from tests.doors import at_desk, text_of
from tests.entitlements import office


def without(code: str) -> Book:
    """The shipped book without a chapter and the relations that name it."""
    whole = json.loads(office.BOOK.text)
    files = {path: text for path, text in whole["files"].items() if f"/{code}/" not in path}
    rows = files["relations.toml"].split("[[relation]]")
    kept = [row for row in rows if f'"{code}"' not in row]
    files["relations.toml"] = "[[relation]]".join(kept)
    return books.from_text(json.dumps({**whole, "files": files}))


@pytest.fixture
def gone(house: town.Cast) -> town.Cast:
    """December paid by the whole book, January by one without 高龄津贴."""
    office.award_li(house)
    office.months(house, office.DECEMBER)
    at = office.moment(office.JANUARY, 2)
    actions.adopt_book(without("longevity"), house.zhou, house.liang, at)
    office.months(house, office.JANUARY)
    return house


def test_it_is_paid_as_before_and_somebody_must_look(gone: town.Cast) -> None:
    paid = Entry.objects.filter(kind="payment", benefit="longevity").values_list("month", flat=True)
    assert set(paid) == {office.DECEMBER, office.JANUARY}
    lead = Lead.objects.get(benefit="longevity", person=gone.li.id, kind="doubtful")
    assert lead.determination.carried and lead.determination.pays == 15000
    assert audit() == []
    assert not replay.replay(list(queries.runs())).disagreements


def test_one_who_looked_stops_it(gone: town.Cast) -> None:
    lead = Lead.objects.get(benefit="longevity", kind="doubtful")
    assert not settling.may_settle_in_bulk(lead)
    at = office.moment(office.FEBRUARY, 1)
    settling.settle_lead(lead.pk, gone.wang, "confirmed", "本市不再发放", at, office.FEBRUARY)
    february = office.pay(gone, office.determine(gone, office.FEBRUARY))
    assert not Entry.objects.filter(run=february, benefit="longevity").exists()


def test_pages_and_statement_say_so(gone: town.Cast) -> None:
    january = queries.runs()[0]
    lead = Lead.objects.get(benefit="longevity", kind="doubtful")
    page = text_of(at_desk(gone.zhou), reverse("run", args=[january.pk]))
    assert "政策簿里没有下列待遇了" in page and "高龄津贴" in page
    clerk = at_desk(gone.wang)
    for url in (
        reverse("lead", args=[lead.pk]),
        reverse("why", args=[lead.determination_id]),
    ):
        assert "政策簿里没有这项待遇了" in text_of(clerk, url)
    assert "高龄津贴" in text_of(clerk, reverse("person", args=[gone.li.id]))
    assert text_of(clerk, reverse("leads") + "?kind=doubtful")
    told = "".join(map(str, statement(town.CITY, town.TODAY).renderables[0].columns[0].cells))  # type: ignore[union-attr]
    assert "高龄津贴" in told
