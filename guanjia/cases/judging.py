"""What a file is, judged by what is in it and never by its name; a photo is drawn anew, without what it carried.

A photo keeps its pixels alone: no place, no maker, no hidden text, no second file behind the first.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MEGABYTE = 1 << 20
MOST_BYTES = 10 * MEGABYTE
LONGEST_SIDE = 2560
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 40_000_000, "WEBP": 40_000_000}
MOST_PARTS, MOST_UNPACKED = 2000, 200 * MEGABYTE
LONGEST_NAME = 120
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"
ENDINGS = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
MAIN_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
HEIC = re.compile(rb"....ftyp(heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGE = re.compile(rb"<\s*(html|script|svg|!doctype)", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\]")


class BadFile(ValueError):
    """A file that is not taken, with why and what helps."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A file as it may be kept: its name, its media type, its bytes."""

    name: str
    media: str
    content: bytes


def judge(name: str, content: bytes) -> Judged:
    """What a file is. Raises BadFile in words."""
    called = _shown(name)
    if not content:
        raise BadFile(_("“%(name)s”是空的。请重新选一次。") % {"name": called})
    if len(content) > MOST_BYTES:
        raise too_large(called)
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or content[8:12] == b"WEBP":
        return _photo(called, content)
    if content.startswith(b"%PDF-"):
        return _pdf(called, content)
    if content.startswith(b"PK\x03\x04"):
        return _office(called, content)
    if HEIC.match(content[:16]):
        raise BadFile(
            _(
                "“%(name)s”是苹果手机的 HEIC 照片，别的设备打不开。请截一张图，或在相机设置里选“兼容性最佳”再拍。"
            )
            % {"name": called}
        )
    if content.startswith(OLD_OFFICE):
        raise BadFile(
            _("“%(name)s”是旧格式的文档。请另存为 docx、xlsx 或 PDF 再传。") % {"name": called}
        )
    raise _no_kind(called)


def too_large(name: str) -> BadFile:
    """The refusal of a file beyond the most."""
    most = MOST_BYTES // MEGABYTE
    return BadFile(
        _("“%(name)s”太大，每个文件最多 %(most)d MB。照片可以截图后再传。")
        % {"name": _shown(name), "most": most}
    )


def _no_kind(name: str) -> BadFile:
    return BadFile(
        _("“%(name)s”不是照片，也不是 PDF、Word（docx）或 Excel（xlsx）文件，没有收下。")
        % {"name": name}
    )


def _damaged(name: str) -> BadFile:
    return BadFile(_("“%(name)s”打不开，可能没有传完或已经损坏。请重新选一次。") % {"name": name})


def _shown(name: str) -> str:
    """The last part of a name, without what cannot be seen."""
    plain = UNSEEN.sub("", re.split(r"[/\\]", name)[-1]).strip(". ")
    return plain[-LONGEST_NAME:] or _("文件")


def _named(name: str, media: str) -> str:
    """A name that ends as its content does."""
    stem = PurePath(name).stem or name
    return f"{stem[: LONGEST_NAME - 8]}{ENDINGS[media]}"


def _photo(name: str, content: bytes) -> Judged:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(MOST_PIXELS)) as photo:
            if photo.width * photo.height > MOST_PIXELS[photo.format or "PNG"]:
                raise _too_wide(name)
            drawn, media = _drawn(photo)
    except Image.DecompressionBombError:
        raise _too_wide(name) from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning) as problem:
        if isinstance(problem, BadFile):
            raise
        raise _damaged(name) from None
    return Judged(_named(name, media), media, drawn)


def _too_wide(name: str) -> BadFile:
    return BadFile(_("“%(name)s”的像素太多，打开会占满机器。请截图后再传。") % {"name": name})


def _drawn(photo: Image.Image) -> tuple[bytes, str]:
    """The pixels on a new sheet, upright and no larger than a screen shows."""
    photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read small
    upright = ImageOps.exif_transpose(photo)
    seen_through = upright.has_transparency_data
    plain = upright.convert("RGBA" if seen_through else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    sheet = Image.new(plain.mode, plain.size)
    sheet.paste(plain)
    out = io.BytesIO()
    if seen_through:
        sheet.save(out, "PNG")
        return out.getvalue(), PNG
    sheet.save(out, "JPEG", quality=85)
    return out.getvalue(), JPEG


def _pdf(name: str, content: bytes) -> Judged:
    if PAGE.search(content[:2048]):
        raise _no_kind(name)
    if b"%%EOF" not in content[-2048:]:
        raise _damaged(name)
    return Judged(_named(name, PDF), PDF, content)


def _office(name: str, content: bytes) -> Judged:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):
        raise _damaged(name) from None
    names = {part.filename for part in parts}
    media = next((kind for main, kind in MAIN_PART.items() if main in names), None)
    if media is None or "[Content_Types].xml" not in names:
        raise _no_kind(name)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_wide(name)
    if any(part.endswith(("vbaProject.bin", ".exe", ".js")) for part in names):
        raise BadFile(
            _("“%(name)s”带有宏，会自己运行，没有收下。请另存为不带宏的文件。") % {"name": name}
        )
    return Judged(_named(name, media), media, content)
