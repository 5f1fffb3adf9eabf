"""What went wrong is said in full: what happened, what was kept, what next, and a code that is logged."""

import logging
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from guanjia.web import errors
from tests import town
from tests.doors import at_desk

TOKEN = re.compile(r"[A-Za-z0-9]{64}")
CODE = re.compile(r'<span class="code">([0-9A-F]{8})</span>')


def quoted(response: HttpResponse) -> str:
    """The code that the page asks to quote, after its three answers were found."""
    page = response.content.decode()
    assert all(word in page for word in ("发生了什么", "保住了什么", "您可以"))
    found = CODE.search(page)
    assert found is not None
    return found[1]


def test_a_missing_page_is_said_to_be_missing_and_its_code_is_logged(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "guanjia.web.errors"):
        response = Client().get("/no-such-page/")
    assert response.status_code == 404
    assert f"{quoted(response)} 404 GET /no-such-page/" in caplog.text


def test_another_towns_person_and_nobody_look_the_same(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    pages = [client.get(f"/people/{number}/") for number in (cast.ho.id, 999_999_999)]
    assert [page.status_code for page in pages] == [404, 404]
    first, second = (TOKEN.sub("", CODE.sub("", page.content.decode())) for page in pages)
    assert first.replace(f"/people/{cast.ho.id}/", "") == second.replace("/people/999999999/", "")


def test_a_refused_post_is_told_why(cast: town.Cast) -> None:
    response = at_desk(cast.wang).get(reverse("ask_run"))
    assert response.status_code in (403, 405)
    response = at_desk(cast.wang).post(reverse("ask_run"))
    assert response.status_code == 403
    assert "您当前的岗位没有这项权限" in response.content.decode()
    quoted(response)


def test_a_form_without_its_token_is_not_taken(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("look"), {"theme": "dark"})
    assert response.status_code == 403
    assert "页面放得太久" in response.content.decode()
    assert "theme" not in response.cookies
    quoted(response)


def test_a_name_that_is_not_ours_is_refused_before_anybody_is_known(client: Client) -> None:
    answer = client.get("/book/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    quoted(answer)


def test_our_own_fault_is_owned_without_asking_the_database(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = errors.failed(RequestFactory().get("/book/"))  # no database is open to this test
    assert response.status_code == 500
    assert "这是我们的问题" in response.content.decode()
    assert f"{quoted(response)} 500 GET /book/" in caplog.text


@pytest.mark.parametrize(("status", "words"), [(400, "这个请求没有读懂"), (429, "先停几分钟")])
def test_each_kind_has_words_of_its_own(db: None, status: int, words: str) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request._messages = []  # type: ignore[attr-defined]
    shown = (
        errors.bad_request(request, BadRequest("x")) if status == 400 else errors.too_many(request)
    )
    assert shown.status_code == status
    assert words in shown.content.decode()
