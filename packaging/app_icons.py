"""Draws resources/icons/caponier.svg as the icon file of Windows or macOS.

Made at each build, with the Qt that is bundled anyway: the repository holds the drawing only.
"""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parents[1] / "resources" / "icons" / "caponier.svg"

# What Explorer and the taskbar ask for at 100, 125, 150, 200 and 250 percent.
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
# Up to here as plain pixels, above as PNG: old dialogs read no small PNG, and 256 pixels as such are 256 KiB.
LARGEST_BITMAP = 64

# Apple's names for a PNG of each size; two are 16 and 32 points on a Retina screen (iconutil(1) writes the same).
ICNS_TYPES = ((b"ic11", 32), (b"ic12", 64), (b"ic07", 128), (b"ic13", 256), (b"ic08", 256), (b"ic14", 512))
ICNS_LARGE = ((b"ic09", 512), (b"ic10", 1024))
# The drawing fills 232 of its 256 units; Apple's grid gives a square tile 824 of 1024 (Human Interface Guidelines).
ICNS_SCALE = (824 / 1024) / (232 / 256)


def drawn(size: int, scale: float = 1.0) -> QImage:
    """The drawing in a transparent square of `size` pixels, in its middle, `scale` of its full size."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    edge = size * (1 - scale) / 2
    QSvgRenderer(str(DRAWING)).render(painter, QRectF(edge, edge, size - 2 * edge, size - 2 * edge))
    painter.end()
    return image


def ico() -> bytes:
    """An .ico file (Microsoft, "Icons")."""
    pictures = [_bitmap(size) if size <= LARGEST_BITMAP else _png(drawn(size)) for size in ICO_SIZES]
    entries = b""
    offset = 6 + 16 * len(pictures)
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        # A width of 0 stands for 256.
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures)


def icns() -> bytes:
    """An .icns file: each picture after its type and length."""
    body = b""
    for name, size in ICNS_TYPES + ICNS_LARGE:
        picture = _png(drawn(size, ICNS_SCALE))
        body += name + struct.pack(">I", 8 + len(picture)) + picture
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise OSError("Qt wrote no PNG")
    return bytes(buffer.data().data())


def _bitmap(size: int) -> bytes:
    """A BITMAPINFOHEADER, the rows from the bottom up as BGRA, and an empty mask: alpha says what shows."""
    image = drawn(size).convertToFormat(QImage.Format.Format_ARGB32)
    pixels = bytes(image.constBits())
    rows = [pixels[start : start + 4 * size] for start in range(0, len(pixels), 4 * size)]
    mask = bytes((size + 31) // 32 * 4 * size)
    # The height counts the mask's rows too.
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(pixels) + len(mask), 0, 0, 0, 0)
    return header + b"".join(reversed(rows)) + mask
