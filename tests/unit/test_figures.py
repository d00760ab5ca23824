import io
import subprocess
import sys

import matplotlib
import pytest
from PIL import Image

from utils import figures


def test_new_figure_has_the_house_style_and_touches_no_global_setting():
    before = dict(matplotlib.rcParams)
    figure, axes = figures.new_figure(2, 3, width=7, height=3, sharex=True)
    assert dict(matplotlib.rcParams) == before
    assert axes.shape == (2, 3)
    assert tuple(figure.get_size_inches() * figure.dpi) == (700, 300)
    assert not any(
        one.spines["top"].get_visible() or one.spines["right"].get_visible() for one in figure.axes
    )


def test_png_is_transparent_and_twice_as_fine_as_the_page():
    figure, _ = figures.new_figure(width=3, height=2)
    image = Image.open(io.BytesIO(figures.png(figure)))
    assert image.size == (600, 400)
    assert image.convert("RGBA").getpixel((0, 0))[3] == 0


def test_show_escapes_the_description(monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "display", lambda data, raw: shown.append(data))
    figure, _ = figures.new_figure()
    figures.show(figure, 'For x < 0 & "always"\n  <b>zero</b>.')
    page = shown[0]["text/html"]
    text = "For x &lt; 0 &amp; &quot;always&quot; &lt;b&gt;zero&lt;/b&gt;."
    assert f'alt="{text}"' in page
    assert f"<figcaption>{text}</figcaption>" in page
    assert 'width="600"' in page
    assert shown[0]["text/plain"] == 'For x < 0 & "always" <b>zero</b>.'


@pytest.mark.parametrize("description", ["", "  \n", None, 3])
def test_a_picture_needs_a_description(description):
    figure, _ = figures.new_figure()
    with pytest.raises(ValueError, match="needs a description"):
        figures.show(figure, description)


def test_heat_maps_have_the_palette_at_their_ends():
    to_hex = matplotlib.colors.to_hex
    assert to_hex(figures.DIVERGING(0.0)).upper() == figures.BLUE
    assert to_hex(figures.DIVERGING(1.0)).upper() == figures.ORANGE
    assert to_hex(figures.SEQUENTIAL(0.0)) == "#ffffff"


def test_showing_never_imports_pyplot():
    code = "import sys, utils.explorer; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
