"""The picture of the map says what the prerequisites say, and can be read: measured where it is drawn."""

import dataclasses
from itertools import combinations, pairwise

import pytest
from matplotlib.patches import FancyBboxPatch

from utils import map_picture
from utils.figures import DOTS_PER_INCH
from utils.lessons import LESSONS, lesson
from utils.standings import standings

BOXES = {
    number: (
        x - map_picture.BOX_WIDTH / 2,
        y - map_picture.BOX_HEIGHT / 2,
        x + map_picture.BOX_WIDTH / 2,
        y + map_picture.BOX_HEIGHT / 2,
    )
    for number in map_picture.PLACES
    for x, y in [map_picture._centre(number)]
}


def overlap(first, second, least=0.0):
    """Whether two rectangles (left, bottom, right, top) come nearer to each other than `least`."""
    return all(
        first[axis] < second[axis + 2] + least and second[axis] < first[axis + 2] + least for axis in (0, 1)
    )


def rectangle(line):
    (x0, y0), (x1, y1) = line
    assert x0 == x1 or y0 == y1  # all lines run straight across or down
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def needed(number):
    """All that a lesson needs by the lines: what they lead from, and what that needs."""
    sources = {each for link in map_picture.links() if number in link.targets for each in link.sources}
    return sources.union(*map(needed, sources))


def test_the_lines_say_what_builds_on_what():
    assert sorted(map_picture.PLACES) == [each.number for each in LESSONS]
    for each in LESSONS:
        direct = {lesson(stem).number for stem in each.prerequisites}
        assert needed(each.number) == direct.union(*map(needed, direct))
        for other in map_picture.direct(each.stem):
            assert map_picture.PLACES[lesson(other).number][0] < map_picture.PLACES[each.number][0]


def test_no_line_crosses_a_box():
    for link in map_picture.links():
        for line in link.lines:
            for number, box in BOXES.items():
                ends = number in link.sources or number in link.targets
                inside = (box[0] + 1e-9, box[1] + 1e-9, box[2] - 1e-9, box[3] - 1e-9)
                assert not overlap(rectangle(line), inside if ends else box, 0 if ends else 0.05), number


def test_each_line_begins_and_ends_at_a_box_of_its_own():
    for link in map_picture.links():
        starts = {start for start, _ in link.lines[: len(link.sources)]}
        ends = [end for _, end in link.lines[-len(link.targets) :]]
        for number in link.sources:
            assert any(x == BOXES[number][2] and BOXES[number][1] < y < BOXES[number][3] for x, y in starts)
        for number, (x, y) in zip(link.targets, ends, strict=True):
            assert x == pytest.approx(BOXES[number][0])
            assert BOXES[number][1] < y < BOXES[number][3]
        for x, y in link.dots:
            assert sum(overlap((x, y, x, y), rectangle(line), 1e-9) for line in link.lines) >= 2


def test_lines_of_different_links_do_not_meet():
    for first, second in combinations(map_picture.links(), 2):
        for line in first.lines:
            for other in second.lines:
                assert not overlap(rectangle(line), rectangle(other), 0.04), (first, second)


def test_boxes_lie_apart_and_inside_the_picture():
    for first, second in combinations(BOXES.values(), 2):
        assert not overlap(first, second, 0.1)
    for left, bottom, right, top in BOXES.values():
        assert 0 < left and 0 < bottom and right < map_picture.WIDTH and top < map_picture.HEIGHT
    assert map_picture.WIDTH * DOTS_PER_INCH <= 1000  # about the width of a notebook


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_labels_stay_in_their_boxes(share):
    found = [
        dataclasses.replace(
            each, solved=each.questions[: round(share * len(each.questions))], touched=share > 0
        )
        for each in standings()
    ]
    figure = map_picture.draw(tuple(found))
    renderer = figure.canvas.get_renderer()
    axes = figure.axes[0]
    boxes = [each.get_window_extent(renderer) for each in axes.patches if isinstance(each, FancyBboxPatch)]
    labels = [each.get_window_extent(renderer) for each in axes.texts]
    assert len(boxes) == len(LESSONS) and len(labels) == 2 * len(LESSONS)
    for box, pair in zip(boxes, zip(labels[::2], labels[1::2], strict=True), strict=True):
        for label in pair:
            assert box.x0 + 4 < label.x0 and label.x1 < box.x1 - 4
            assert box.y0 + 3 < label.y0 and label.y1 < box.y1 - 3
        for upper, lower in pairwise(pair):
            assert lower.y1 < upper.y0
