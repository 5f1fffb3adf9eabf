"""Photos and documents of a case: given with the form or later, seen by who sees the case, kept through a kill."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory

from guanjia.cases import attaching, storing, tasks
from guanjia.cases.models import Attachment, Case, Who
from guanjia.concerns.matters import uploads
from guanjia.interop.uploads import Limited
from guanjia.kit import scope
from tests import town
from tests.cases.photos import PAPER, photo
from tests.concerns.test_ask import SAID
from tests.concerns.test_desk import EYES, ask
from tests.doors import at_desk, text_of

SEND = {**SAID, "step": "3", "go": "send"}


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)


def a_photo(name: str = "门口.jpg") -> SimpleUploadedFile:
    """A photo as a browser sends it."""
    return SimpleUploadedFile(name, photo(), "text/html")


def lying() -> list[Path]:
    """Every file of attachments."""
    return [p for p in (settings.GUANJIA_FILES / "attachments").rglob("*") if p.is_file()]


def rows() -> list[Attachment]:
    """Every row of attachments."""
    with scope.hold(EYES):
        return list(Attachment.objects.order_by("pk"))


def asked_with(*files: SimpleUploadedFile) -> Client:
    """A resident whose form came with files."""
    client = Client()
    assert client.post("/ask/", {**SEND, "files": files})["Location"] == "/case/slip/"
    return client


def test_what_was_given_is_seen_by_its_asker_and_its_desk_alone(cast: town.Cast) -> None:
    client = asked_with(a_photo(), SimpleUploadedFile("申请.docx", PAPER))
    assert [(r.name, r.media) for r in rows()] == [
        ("门口.jpg", "image/jpeg"),
        ("申请.pdf", "application/pdf"),
    ]
    assert "门口.jpg" in text_of(client, "/case/")
    shown: Any = client.get("/case/files/1/")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Cache-Control"].startswith("private")
    assert shown["Content-Disposition"].startswith("inline")
    assert b"SECRETMAKER" not in shown.content
    assert client.get("/case/files/2/")["Content-Disposition"].startswith("attachment")
    assert client.get("/case/files/3/").status_code == 404
    case = rows()[0].case_id
    assert "门口.jpg" in text_of(at_desk(cast.wang), f"/inbox/{case}/")
    assert at_desk(cast.wang).get(f"/inbox/{case}/files/1/").content == shown.content
    assert at_desk(cast.huang).get(f"/inbox/{case}/files/1/").status_code == 404
    assert Client().get(f"/inbox/{case}/files/1/").status_code == 302
    assert Client().get("/case/files/1/")["Location"] == "/case/"
    assert all(oct(p.stat().st_mode & 0o777) == "0o600" for p in lying())


def test_a_bad_file_is_refused_in_words_and_what_was_written_stays(cast: town.Cast) -> None:
    bad = SimpleUploadedFile("photo.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = Client().post("/ask/", {**SEND, "files": [a_photo(), bad]})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "不是照片" in page
    assert SAID["text"] in page
    assert lying() == rows() == []
    many = Client().post("/ask/", {**SEND, "files": [a_photo() for _ in range(6)]})
    assert "一次最多 5 个文件" in many.content.decode()


def test_the_form_sent_twice_keeps_each_file_once(cast: town.Cast) -> None:
    for _again in range(2):
        asked_with(a_photo(), a_photo("同一张.jpg"))
    assert len(rows()) == len(lying()) == 1
    asked_with(SimpleUploadedFile("后来.pdf", PAPER))
    assert [r.name for r in rows()] == ["门口.jpg", "后来.pdf"]


def test_a_photo_is_added_later_and_has_an_end(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asked_with()
    client.post("/case/files/", {"files": [a_photo()]})
    assert "门口.jpg" in text_of(client, "/case/")
    monkeypatch.setattr(attaching, "MOST_OF_A_CASE", 1)
    client.post("/case/files/", {"files": [SimpleUploadedFile("b.pdf", PAPER)]})
    assert "不能再加" in text_of(client, "/case/")
    assert len(rows()) == 1


def test_a_desk_gives_a_file_with_its_answer_and_its_asker_sees_that_one(cast: town.Cast) -> None:
    resident = asked_with()
    with scope.hold(EYES):
        case = Case.objects.get()
    wang = at_desk(cast.wang)
    wang.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    note = SimpleUploadedFile("内部.pdf", PAPER)
    wang.post(f"/inbox/{case.pk}/contact/", {"step": 1, "note": "去过", "files": [note]})
    said = {"step": 2, "note": "修好了", "files": [a_photo("修好.jpg")]}
    refused = wang.post(f"/inbox/{case.pk}/answer/", {**said, "step": 1})
    assert refused.status_code == 409
    assert len(lying()) == 1, "what came with a refused move is gone"
    wang.post(f"/inbox/{case.pk}/answer/", {**said, "files": [a_photo("修好.jpg")]})
    page = text_of(resident, "/case/")
    assert "修好.jpg" in page
    assert "内部.pdf" not in page
    assert resident.get("/case/files/1/").status_code == 404
    assert resident.get("/case/files/2/").status_code == 200


def test_rows_of_files_are_not_changed_and_not_seen_from_elsewhere(cast: town.Cast) -> None:
    asked_with(a_photo())
    for change in ("UPDATE cases_attachment SET name = 'x'", "DELETE FROM cases_attachment"):
        with (
            scope.hold(EYES),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    with scope.hold(town.eyes(cast.huang)):
        assert not Attachment.objects.exists()
    with scope.hold(EYES), pytest.raises(IntegrityError, match="random_name"), transaction.atomic():
        Attachment.objects.create(
            case=rows()[0].case,
            who="staff",
            name="x",
            media="x",
            size=1,
            sha256="x",
            stored="../../etc/passwd",
            at=town.KNOWN,
        )


class Endless:
    """A body of 200 megabytes that nobody holds in memory; it knows how much of it was read."""

    def __init__(self, size: int) -> None:
        head = b'--b\r\nContent-Disposition: form-data; name="keep"\r\n\r\nyes\r\n'
        head += b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'
        self.head, self.left, self.read_so_far = head, size, 0
        self.length = len(head) + size

    def read(self, most: int = -1) -> bytes:
        """The next piece."""
        most = 1 << 16 if most < 0 else most
        if self.head:
            piece, self.head = self.head[:most], self.head[most:]
        else:
            piece = b"\0" * min(most, self.left)
            self.left -= len(piece)
        self.read_so_far += len(piece)
        return piece

    readline = read


def sent(size: int, monkeypatch: pytest.MonkeyPatch) -> tuple[HttpRequest, Endless, list[int]]:
    """A form with a file of a size; what was written to disk of it."""
    written: list[int] = []

    def counted(self: Limited, data: bytes, start: int) -> None:
        written.append(len(data))

    monkeypatch.setattr(Limited, "receive_data_chunk", counted)
    body = Endless(size)
    request = RequestFactory().generic(
        "POST", "/ask/", b"x", content_type="multipart/form-data; boundary=b"
    )
    request.META["CONTENT_LENGTH"] = str(body.length)
    request._stream = body  # type: ignore[attr-defined]
    request._read_started = False  # type: ignore[attr-defined]
    return request, body, written


def test_a_file_of_200_megabytes_fills_neither_memory_nor_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request, body, written = sent(200 << 20, monkeypatch)
    assert request.POST["keep"] == "yes"
    with pytest.raises(uploads.BadFile, match="太大"):
        uploads.taken(request)
    assert written == []
    assert body.left == 0
    request, body, written = sent(2 << 30, monkeypatch)
    assert list(request.POST) == ["keep"]
    assert body.read_so_far < 1 << 20, "broken off"
    assert written == []


def test_a_file_that_a_crash_left_is_swept_and_others_are_not(cast: town.Cast) -> None:
    asked_with(a_photo())
    orphan = storing.store(storing.Judged("x", "image/jpeg", b"x"))
    tasks.sweep_files(0)
    assert len(lying()) == 2, "one that was written just now waits for its row"
    old = time.time() - 2 * storing.ORPHAN_SECONDS
    for path in lying():
        os.utime(path, (old, old))
    tasks.sweep_files(0)
    assert [p.name for p in lying()] == [rows()[0].stored]
    assert not storing.path_of(orphan.stored).exists()


def test_the_pages_of_a_case_take_no_more_queries_with_files(cast: town.Cast) -> None:
    case, wang = ask(1), at_desk(cast.wang)
    with scope.hold(EYES):
        stored = [
            storing.store(storing.Judged(f"{n}.jpg", "image/jpeg", bytes([n]))) for n in (1, 2, 3)
        ]
        attaching.attach(case, stored, Who.STAFF, town.KNOWN)
    assert text_of(wang, f"/inbox/{case.pk}/").count("/files/") >= 3
