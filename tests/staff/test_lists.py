"""Long lists: every row once in the order that was asked for, bad addresses refused, no cell a formula."""

from datetime import date, timedelta
from itertools import chain

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.test import RequestFactory

from guanjia.staff import lists, roles
from guanjia.staff.lists import Column, Sight
from guanjia.staff.models import Post, User
from tests import town

COLUMNS = (
    Column("who", "谁", fixed=True),
    Column("role", "岗位", by="role"),
    Column("since", "自", by="since", kind="day"),
    Column("until", "止", by="until", kind="day", nullable=True),
    Column("number", "号", by="pk", kind="number", unseen=True),
)
USUAL = Column("usual", "次序", by="place_id")


def asked(address: str = "", hidden: str = "") -> HttpRequest:
    """A request with that query, from a desk that hides those columns."""
    request = RequestFactory().get(f"/posts/?{address}")
    request.COOKIES["list-posts"] = hidden
    return request


def seen(address: str = "", hidden: str = "", falling: bool = False) -> Sight:
    """The list as that address asks for it."""
    filtered = {"place": "441900119", "kind": ""}
    return lists.sight(asked(address, hidden), "posts", COLUMNS, USUAL, filtered, falling)


@pytest.fixture
def posts(cast: town.Cast) -> list[Post]:
    """Thirty posts, many alike, some without an end."""
    first = date(2019, 1, 1)
    for n in range(30):
        since = first + timedelta(days=n % 4)
        until = since + timedelta(days=400 + n % 3) if n % 5 else None
        role = (roles.TOWN_CLERK, roles.VILLAGE_WORKER)[n % 2]
        place = (town.CHANGAN, town.HUMEN)[n % 3 == 0]
        user = User.objects.create_user(f"user{n}", full_name="某")
        Post.objects.create(user=user, role=role, place_id=place, since=since, until=until)
    return list(Post.objects.all())


@pytest.mark.parametrize(
    "sort", ["", *(f"{sign}{c.code}" for c in COLUMNS if c.by for sign in "+-")]
)
def test_every_row_comes_once_in_the_order_asked_for(sort: str, posts: list[Post]) -> None:
    sort = sort.removeprefix("+")
    sight, found = seen(f"sort={sort}"), list[Post]()
    while True:
        rows, mark = lists.page(Post.objects.all(), sight, 7)
        assert len(rows) == 7 or mark is None
        found += rows
        url = sight.next_url(mark)
        if url is None:
            break
        assert "place=441900119" in url
        assert "kind" not in url
        sight = seen(url.removeprefix("?"))
    nothing = date(1, 1, 1)
    field = sight.by.by
    wanted = sorted(
        posts,
        key=lambda post: (getattr(post, field) or nothing, post.pk),
        reverse=sort.startswith("-"),
    )
    assert [post.pk for post in found] == [post.pk for post in wanted]
    batches = lists.everything(Post.objects.all(), seen(f"sort={sort}"), 7)
    assert [post.pk for post in chain(*batches)] == [post.pk for post in wanted]


def test_a_head_says_how_the_list_is_sorted_and_turns_it_round() -> None:
    heads = {head.column.code: head for head in seen("sort=since").heads}
    assert heads["since"].direction == "ascending"
    assert heads["since"].url == "?place=441900119&sort=-since"
    assert (heads["role"].direction, heads["role"].url) == ("", "?place=441900119&sort=role")
    assert heads["who"].url == ""
    assert "number" not in heads
    assert "number" in {head.column.code for head in seen().sorts}
    assert {h.direction for h in seen("sort=-since").heads} == {"", "descending"}
    assert seen(falling=True).falling


def test_a_hidden_column_stays_hidden_and_a_fixed_one_does_not() -> None:
    sight = seen(hidden="who.role.nonsense")
    assert sight.shows == {"who": True, "role": False, "since": True, "until": True}
    assert [head.column.code for head in sight.heads] == ["who", "since", "until"]
    assert [(c.code, shown) for c, shown in sight.choices] == [
        *(("role", False), ("since", True), ("until", True))
    ]


@pytest.mark.parametrize(
    "address",
    [
        *("sort=who", "sort=nothing", "sort=--since", "sort=usual", "after=x", "after=~"),
        *("sort=since&after=x~5", "sort=since&after=2020-13-01~5", "sort=number&after=1e3~5"),
        *(f"after={'9' * 200}~1", "sort=number&after=5~99999999999999999999", "after=a~-1"),
        "sort=role&after=%00~1",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(address: str) -> None:
    with pytest.raises(BadRequest):
        seen(address)


def test_a_file_opens_in_an_office_program_and_no_cell_becomes_a_formula() -> None:
    response = lists.as_csv(
        "x.csv", [["=1+1", "-2.50", "-cmd", "@x", "陈", 7, lists.plain_yuan(-5)]]
    )
    assert response.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
    text = b"".join(response.streaming_content).decode()
    assert text == "\ufeff'=1+1,-2.50,'-cmd,'@x,陈,7,-0.05\r\n"
    assert lists.plain_yuan(118000) == "1180.00"
