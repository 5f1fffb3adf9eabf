"""Reading is logged: what a page read is noted on the request and written when its transaction is over.

The rows go into a transaction of their own after the page's, and before anything is sent: a page that
failed is logged, and a page that cannot be logged is not shown.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from guanjia.kit import scope
from guanjia.people import seal
from guanjia.staff import gate
from guanjia.staff.models import Post
from guanjia.staff.read_models import ReadKind

NONCE = 16  # bytes before the words, so that a hash of a name tells nobody the name
LONGEST_FILTER, LONGEST_WORDS = 400, 200
INSERT = """
INSERT INTO staff_read (user_id, post_id, place, kind, person, matter, what, filters, found,
  words_sealed, words_hash, reason, reason_words, address, status, at, xid, cluster)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), 0, 0)
"""


@dataclass(slots=True)
class Note:
    """What was read: `words` are those looked for, `found` how many persons or rows, `matter` which case."""

    kind: ReadKind
    person: int | None = None
    what: str = ""
    filters: str = ""
    found: int | None = None
    words: str = ""
    reason: str = ""
    reason_words: str = ""
    matter: int | None = None


def note(request: HttpRequest, one: Note) -> Note:
    """Remember a reading; it is written when the request's transaction is over."""
    request.__dict__.setdefault("reads", []).append(one)
    return one


def log_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Writes what was noted, and each file that is taken along, under the post that asked."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        post: Post | None = getattr(request, "post", None)
        if post is None:
            return response
        notes: list[Note] = request.__dict__.get("reads", [])
        file = _taken_along(request, response)
        write(request, post, [*notes, *([file] if file else [])], response.status_code)
        if file and isinstance(response, StreamingHttpResponse):
            body: Any = response.streaming_content
            response.streaming_content = _counted(body, partial(_ended, request, post, file))
        return response

    return respond


def write(request: HttpRequest, post: Post, notes: list[Note], status: int = 200) -> None:
    """Write rows in one transaction under the post's scope."""
    if notes:
        with scope.hold(gate.scope_of(post)):
            insert(request, post, notes, status)


def insert(request: HttpRequest, post: Post, notes: list[Note], status: int = 200) -> None:
    """Write rows under the scope that is held. Raises IntegrityError past a limit."""
    who: list[Any] = [post.user_id, post.pk, post.place_id]
    with connection.cursor() as cursor:
        for one in notes:
            cursor.execute(INSERT, [*who, *_row(one), _address(request), status])


def _row(one: Note) -> list[Any]:
    sealed = digest = None
    if one.words:
        nonce = secrets.token_hex(NONCE)
        kept = nonce + one.words[:LONGEST_WORDS].replace("\0", "")
        sealed, digest = seal.seal(kept), sha256(kept.encode()).digest()
    what, filters = one.what[:80], one.filters[:LONGEST_FILTER]
    return [
        *(one.kind, one.person, one.matter, what, filters, one.found, sealed, digest),
        *(one.reason, one.reason_words),
    ]


def words_of(sealed: bytes) -> str:
    """The words that were looked for. Raises KeyGone where their key is not held."""
    return seal.unseal(sealed)[2 * NONCE :]


def _taken_along(request: HttpRequest, response: HttpResponseBase) -> Note | None:
    """The note of a file, where the response is one."""
    if not response.headers.get("Content-Disposition", "").startswith("attachment"):
        return None
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    asked = request.META.get("QUERY_STRING", "").replace("\0", "")
    return Note(ReadKind.EXPORT, what=f"{request.path[:60]} {kind}"[:80], filters=asked)


def _counted(body: Iterator[bytes], ended: Callable[[int], None]) -> Iterator[bytes]:
    """The body as it is; at its end, or where the reader breaks off, how many rows it had."""
    sent = 0
    try:
        for chunk in body:
            sent += chunk.endswith(b"\n")  # a chunk a line, as staff/lists.py sends them
            yield chunk
    finally:
        ended(max(0, sent - 1))  # the head is no row


def _ended(request: HttpRequest, post: Post, file: Note, rows: int) -> None:
    done = Note(ReadKind.EXPORTED, what=file.what, filters=file.filters, found=rows)
    write(request, post, [done])


def _address(request: HttpRequest) -> str:
    """Where the connection came from; behind a proxy that is the proxy, unless it is trusted."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
