"""Files judged by what is in them: photos drawn anew without place and maker, and what is refused, in words."""

import io

import pytest
from PIL import Image

from guanjia.cases import judging
from guanjia.cases.judging import BadFile
from tests.cases.photos import PAPER, bomb, document, photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_pixels_and_nothing_else(kind: str) -> None:
    given = photo(kind)
    assert Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825)[2] == (22.0, 48.0, 30.0)
    kept = judging.judge("../../IMG_1.jpeg", given)
    assert (kept.name, kept.media) == ("IMG_1.jpg", "image/jpeg")
    drawn = Image.open(io.BytesIO(kept.content))
    assert drawn.size == (640, 480)
    assert dict(drawn.getexif()) == {}
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(drawn.info)
    for secret in (b"SECRETMAKER", b"SECRETCOMMENT", b"Exif"):
        assert secret not in kept.content
    with_tail = judging.judge("x.jpg", given + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in with_tail.content


def test_a_large_photo_becomes_a_small_one_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (6000, 3000), "teal").save(out, "JPEG", exif=exif)
    drawn = Image.open(io.BytesIO(judging.judge("a.jpg", out.getvalue()).content))
    assert drawn.size == (1280, 2560)


def test_what_one_sees_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    kept = judging.judge("图.png", out.getvalue())
    assert (kept.media, Image.open(io.BytesIO(kept.content)).mode) == ("image/png", "RGBA")


@pytest.mark.parametrize(
    ("name", "content", "media"),
    [
        ("申请.pdf", PAPER, judging.PDF),
        ("a.txt", document(), judging.DOCX),
        ("b", document("xl/workbook.xml"), judging.XLSX),
    ],
)
def test_documents_are_known_by_their_content(name: str, content: bytes, media: str) -> None:
    kept = judging.judge(name, content)
    assert (kept.media, kept.content) == (media, content)
    assert kept.name.endswith(judging.ENDINGS[media])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "不是照片"),
        (b"<!DOCTYPE html><script>1</script>", "不是照片"),
        (b"#!/bin/sh\nrm -rf /\n", "不是照片"),
        (b"GIF89a" + b"\0" * 50, "不是照片"),
        (b"MZ" + b"\0" * 100, "不是照片"),
        (b"%PDF-1.4\n<html><script>1</script>\n%%EOF", "不是照片"),
        (b"%PDF-1.4\ncut off", "打不开"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "打不开"),
        (photo()[:900], "打不开"),
        (bomb(), "像素太多"),
        (document("evil.html"), "不是照片"),
        (document("word/document.xml", "word/vbaProject.bin"), "宏"),
        (b"PK\x03\x04broken", "打不开"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 20, "HEIC"),
        (judging.OLD_OFFICE + b"\0" * 20, "旧格式"),
        (b"", "是空的"),
        (b"\xff\xd8\xff" + b"\0" * judging.MOST_BYTES, "太大"),
    ],
)
def test_what_is_no_photo_and_no_document_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        judging.judge("photo.jpg", content)


def test_a_name_shows_what_it_is() -> None:
    assert judging.judge("a\u202egpj.exe\0", PAPER).name == "agpj.pdf"
    assert judging.judge("C:\\照片\\门口.pdf", PAPER).name == "门口.pdf"
    assert len(judging.judge("长" * 300, PAPER).name) <= 120
