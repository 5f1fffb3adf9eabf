"""Files for tests: a photo with the place where it was taken, documents, and what only looks like one."""

import io
import zipfile

from PIL import Image

GPS = {1: "N", 2: (22.0, 48.0, 30.0), 3: "E", 4: (113.0, 48.0, 15.0)}


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture with EXIF: a maker, a GPS position, a comment."""
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "SECRETMAKER"
    exif[0x8825] = GPS
    out = io.BytesIO()
    more = {"comment": b"SECRETCOMMENT"} if kind == "JPEG" else {}
    picture.save(out, kind, exif=exif, **more)
    return out.getvalue()


def document(main: str = "word/document.xml", *more: str) -> bytes:
    """A packed office document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("[Content_Types].xml", main, *more):
            packed.writestr(name, "<x/>")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that would unpack to 900 million pixels."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
