"""Draws the application's icon in the sizes of the hicolor theme.  usage: render_icons.py FOLDER"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[2]
SIZES = (16, 22, 24, 32, 48, 64, 128, 256)


def main() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.path.insert(0, str(ROOT))
    from desktop import APP_ID
    from desktop.resources import resource_path

    drawing = resource_path("icons/caponier.svg")
    app = QGuiApplication([])
    renderer = QSvgRenderer(str(drawing))
    theme_dir = Path(sys.argv[1])
    for size in SIZES:
        target = theme_dir / f"{size}x{size}" / "apps" / f"{APP_ID}.png"
        target.parent.mkdir(parents=True)
        if not _drawn(renderer, size).save(str(target)):
            raise OSError(f"{target} could not be written")
    scalable_dir = theme_dir / "scalable" / "apps"
    scalable_dir.mkdir(parents=True)
    shutil.copyfile(drawing, scalable_dir / f"{APP_ID}.svg")
    app.quit()


def _drawn(renderer: QSvgRenderer, size: int) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    main()
