"""Every explorer of every lesson: each view at its corners and along its tour, each live run to its end.

JupyterLab turns an exception in a view into a sentence, so only this shows it.
"""

import itertools

import pytest

from utils.explorer import Explorer, Live
from utils.lessons import lesson, module, stems_with

FACTORIES = {
    f"{stem}-{name}": (stem, name, factory)
    for stem in stems_with("explorers")
    for name, factory in module("explorers", stem).EXPLORERS.items()
}
MOST_CORNERS = 64


@pytest.fixture(params=FACTORIES)
def named_explorer(request):
    stem, name, factory = FACTORIES[request.param]
    return stem, name, factory()


def spread(corners):
    """At most MOST_CORNERS of the corners, evenly spread over all of them."""
    step = -(-len(corners) // MOST_CORNERS)
    return corners[::step]


def test_every_corner_and_stop_draws_and_is_described(named_explorer):
    _stem, _name, explorer = named_explorer
    if isinstance(explorer, Live):
        pytest.skip("a live run is drawn to its end below")
    pictures = [explorer.picture(**settings) for settings in spread(explorer.corners()) + explorer.tour()]
    assert all(picture.png.startswith(b"\x89PNG") for picture in pictures)
    told = {picture.description for picture in pictures}
    assert len(told) > 1, "every setting has the same description: it does not tell what is to be seen"


def test_a_picture_is_the_same_whatever_was_drawn_before(named_explorer):
    _stem, _name, explorer = named_explorer
    if isinstance(explorer, Live):
        pytest.skip("a live run has no pictures to go back to")
    first = explorer.picture()
    for settings in spread(explorer.corners())[:6]:
        explorer.picture(**settings)
    assert explorer.picture() == first


def test_a_live_run_ends_and_tells_of_every_step(named_explorer):
    _stem, _name, explorer = named_explorer
    if isinstance(explorer, Explorer):
        pytest.skip("not a live run")
    for settings in [{}, *itertools.islice(reversed(explorer.corners()), 2)]:
        fractions, told = [], []
        for png, fraction, description in explorer.frames(**settings):
            assert png.startswith(b"\x89PNG")
            fractions.append(fraction)
            told.append(description)
        assert fractions == sorted(fractions) and fractions[-1] == 1
        assert len(set(told)) > 1


def test_an_explorer_has_a_tour(named_explorer):
    _stem, _name, explorer = named_explorer
    if isinstance(explorer, Live):
        pytest.skip("a live run has no tour")
    assert len(explorer.tour()) >= 3


def test_every_explorer_stands_in_its_lesson(named_explorer):
    stem, name, _explorer = named_explorer
    assert f"{name}()" in lesson(stem).notebook.read_text(encoding="utf-8")
