import io
import threading

import numpy as np
import pytest
from PIL import Image

from utils.figures import new_figure
from utils.stage import Stage

X = np.linspace(-3, 3, 101)


def scene():
    figure, axes = new_figure(width=4, height=3)
    axes.set(xlim=(-3, 3), ylim=(-3, 3), title="still", xlabel="x")
    axes.plot(X, 0 * X)
    axes.bar([1], [1])
    return figure


def bend(bias):
    def add(figure):
        figure.axes[0].plot(X, np.maximum(0, X + bias))
        return bias

    return add


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(int)


def everything(figure):
    """Adds one of many kinds of artists, on the axes, on the figure, and as new axes."""
    axes = figure.axes[0]
    axes.plot(X, X, label="line")
    axes.scatter(X, X)
    axes.bar([0, 1], [1, 2])
    axes.errorbar([0], [1], yerr=[0.5])
    axes.imshow([[0, 1], [1, 0]], extent=(-1, 1, -1, 1), aspect="auto")
    axes.contourf(X, X, np.add.outer(X, X))
    axes.annotate("here", (0, 0), (1, 1), arrowprops={})
    axes.fill_between(X, X)
    axes.axhline(1)
    axes.legend()
    axes.inset_axes((0.5, 0.5, 0.3, 0.3)).plot([1, 2])
    figure.add_axes((0.1, 0.1, 0.2, 0.2)).plot([1, 2])
    figure.text(0.5, 0.5, "text")


def test_a_picture_is_that_of_a_figure_drawn_in_full():
    def add(figure):
        figure.axes[0].plot(X, np.maximum(0, X + 0.5), color="C3")
        return 0.5

    full = scene()
    full.set_dpi(200)
    add(full)
    full.canvas.draw()
    expected = np.asarray(full.canvas.buffer_rgba()).astype(int)
    still = pixels(Stage(scene).picture(lambda figure: None)[0])
    png, told = Stage(scene).picture(add)
    assert told == 0.5
    assert pixels(png).shape == (600, 800, 4)
    # The palette alone is off by 0.04 on average, of 255.
    assert np.abs(pixels(png) - expected).mean() < 0.06 < np.abs(still - expected).mean()


def test_the_scene_is_drawn_once_and_pictures_do_not_depend_on_earlier_ones():
    calls = []

    def counted():
        calls.append(1)
        return scene()

    stage = Stage(counted)
    first = stage.picture(bend(0))[0]
    stage.picture(bend(1))
    stage.picture(everything)
    assert stage.picture(bend(0))[0] == first
    assert stage.size == (400, 300)
    assert calls == [1]


def test_all_that_was_added_is_taken_away():
    stage = Stage(scene)
    empty = stage.picture(lambda figure: None)[0]
    figure = stage._figure
    before = [set(figure.get_children()), set(figure.axes[0].get_children()), list(figure.axes[0].containers)]
    assert stage.picture(everything)[0] != empty
    after = [set(figure.get_children()), set(figure.axes[0].get_children()), list(figure.axes[0].containers)]
    assert after == before
    assert stage.picture(lambda figure: None)[0] == empty


def test_a_view_that_raises_leaves_the_stage_clean():
    stage = Stage(scene)
    clean = stage.picture(bend(0))[0]

    def fails(figure):
        everything(figure)
        raise ZeroDivisionError("as it should")

    with pytest.raises(ZeroDivisionError):
        stage.picture(fails)
    assert stage.picture(bend(0))[0] == clean


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"xlim": (0, 1)}, "xlim"),
        ({"yscale": "symlog"}, "yscale"),
        ({"title": "moving"}, "title"),
        ({"position": (0, 0, 1, 1)}, "position"),
    ],
)
def test_changes_to_the_still_part_are_refused_and_undone(change, name):
    stage = Stage(scene)
    clean = stage.picture(bend(0))[0]
    with pytest.raises(ValueError, match=f"changed the .*{name}.*Set it in the scene"):
        stage.picture(lambda figure: figure.axes[0].set(**change))
    assert stage.picture(bend(0))[0] == clean


def test_data_outside_the_limits_moves_nothing():
    stage = Stage(scene)
    stage.picture(lambda figure: figure.axes[0].plot([0, 100], [0, 100]))
    assert stage._figure.axes[0].get_xlim() == (-3, 3)


def test_threads_take_turns():
    stage = Stage(scene)
    expected = [stage.picture(bend(i / 4))[0] for i in range(8)]
    drawn = [None] * 8

    def draw(i):
        drawn[i] = stage.picture(bend(i / 4))[0]

    threads = [threading.Thread(target=draw, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == expected


def test_palette_keeps_the_colours_of_lines():
    stage = Stage(scene)
    png, _ = stage.picture(lambda figure: figure.axes[0].axhspan(-2, -1, color="#0072B2"))
    column, row = stage._figure.axes[0].transData.transform((-1, -1.5)).round().astype(int)
    assert np.abs(pixels(png)[600 - row, column] - (0x00, 0x72, 0xB2, 0xFF)).max() <= 2
