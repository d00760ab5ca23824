"""What `Explorer` and `Live` share: the widget that shows pictures, and the page that needs no kernel."""

import io
from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets
from PIL import Image

from utils import saved, static
from utils.controls import Grid
from utils.figures import STYLE, figure_html
from utils.stage import Stage

_SCRIPT = Path(__file__).with_name("explorer.js").read_text(encoding="utf-8")
_STYLE_SHEET = Path(__file__).with_name("explorer.css").read_text(encoding="utf-8")


class Picture(NamedTuple):
    """A drawn picture: PNG bytes and the sentence that says what is to be seen."""

    png: bytes
    description: str

    def packed(self):
        """The same picture in two thirds of the bytes: worth the time for pages that are kept."""
        buffer = io.BytesIO()
        Image.open(io.BytesIO(self.png)).save(buffer, "PNG", compress_level=6)
        return self._replace(png=buffer.getvalue())


class PictureWidget(anywidget.AnyWidget):
    """Controls over pictures. `spec` says what the page builds; `first` holds the picture shown at once."""

    _esm = _SCRIPT
    _css = _STYLE_SHEET
    spec = traitlets.Dict().tag(sync=True)
    first = traitlets.List().tag(sync=True)

    def __init__(self, scene, controls, tour=(), live=False):
        self._grid = Grid(controls)
        self._at = self._grid.start
        self._stage = Stage(scene)
        self._tour = [(stop.sentence, self._grid.key(stop.settings)) for stop in tour]
        width, height = self._stage.size
        super().__init__(
            spec={
                "controls": self._grid.description(),
                "tour": [{"sentence": sentence, "key": list(key)} for sentence, key in self._tour],
                "width": width,
                "height": height,
                "live": live,
                "saved": False,
            }
        )
        self.on_msg(lambda _widget, content, _buffers: self._receive(content))

    @property
    def settings(self):
        """The settings that the learner's controls showed last: name -> value."""
        return self._grid.settings(self._at)

    def corners(self):
        """Settings at every combination of the ends of ranges and the options of choices, for tests."""
        return self._grid.corners()

    def tour(self):
        """The settings of every stop of the tour, for tests."""
        return [self._grid.settings(key) for _sentence, key in self._tour]

    def _receive(self, content):
        raise NotImplementedError

    def html(self):
        raise NotImplementedError

    def _send_picture(self, key, picture, **more):
        self.send({"type": "picture", "key": key, "description": picture.description, **more}, [picture.png])

    def _still_html(self):
        """The first picture as plain HTML, for readers that show no widgets."""
        first = self.first[0]
        return STYLE + figure_html(first["png"], first["description"], self.spec["width"])

    def _repr_mimebundle_(self, **kwargs):
        if static.is_on():
            return {"text/html": self.html(), "text/plain": self.first[0]["description"]}, {}
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/html"] = self._still_html()
        data["text/plain"] = self.first[0]["description"]
        return data, metadata

    def _page(self, pictures, shown, **spec):
        """A self-contained HTML fragment that leafs through `pictures` (key -> Picture) with no kernel."""
        return saved.fragment(self.spec | {"saved": True} | spec, pictures, shown)


def sentence_about(error):
    """One sentence for the learner about an exception in a view."""
    first_line = next(iter(str(error).splitlines()), "")
    return f"This picture could not be drawn: {type(error).__name__}: {first_line}"
