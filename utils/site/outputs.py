"""What the cells of an executed notebook show, made light: pictures in files, explorers' ones fetched late.

A page of the site should be small at first. So every picture goes into a file of its own, named by its
content, and what an explorer leafs through into a script that is loaded when somebody touches the explorer.
Scripts and styles that each output carries stand once for the whole site.
"""

import base64
import hashlib
import html
import io
import json
import re
from pathlib import Path

from PIL import Image

from utils import figures, saved, static_quiz

_DATA = re.compile(r'<img alt="([^"]*)" width="(\d+)" src="data:image/png;base64,([^"]+)">')
_PICTURES = re.compile(r'<script type="application/json" class="relu-pictures">(.*?)</script>\n', re.DOTALL)
_EXPLORER = '<div class="relu-saved" '
# The whole page has one of each.
SHEET = re.sub(r"</?style>", "", figures.STYLE) + "\n" + saved.SHEET
SCRIPT = saved.SCRIPT + static_quiz.SCRIPT
_ONCE = (saved.HEAD, static_quiz.HEAD, figures.STYLE)


class Store:
    """The files beside the pages, named by their content. `address` leads from a page to `folder`."""

    def __init__(self, folder: Path, address: str):
        self._folder, self._address = folder, address

    def keep(self, kind: str, name: str, content: bytes) -> str:
        """Keep a file of this name in the folder of its kind, and return its address."""
        path = self._folder / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return f"{self._address}/{kind}/{name}"


def lighten(page: str, store: Store) -> str:
    """The HTML of one output with its pictures in `store` and without what stands once for the site."""
    for part in _ONCE:
        page = page.replace(part, "")
    found = _PICTURES.search(page)
    if found:
        name = _digest(found.group(1).encode()) + ".js"
        script = f"(window.reluPictures ??= {{}})[{json.dumps(name)}] = {found.group(1)};\n"
        address = store.keep("explorers", name, script.encode())
        page = _PICTURES.sub("", page).replace(_EXPLORER, f'{_EXPLORER}data-src="{address}" ')
    shown = re.search(r'data-relu-explorer="([^"]*)"', page)
    return _DATA.sub(lambda image: _image(image, page, shown, store), page)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _image(image, page, shown, store):
    """One picture as an address. What only paper shows of an explorer is not loaded before it is needed."""
    alt, width, data = image.groups()
    png = base64.b64decode(data)
    across, down = Image.open(io.BytesIO(png)).size
    address = store.keep("pictures", _digest(png) + ".png", png)
    height = round(int(width) * down / across)
    stop = re.findall(r'class="relu-stop" data-key="([^"]*)"', page[: image.start()])
    late = ' loading="lazy"' if shown and stop and stop[-1] != shown.group(1) else ""
    return f'<img alt="{alt}" width="{width}" height="{height}"{late} src="{html.escape(address)}">'
