import asyncio
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from utils import explorer as module
from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.figures import new_figure

X = np.linspace(-3, 3, 31)


def scene():
    figure, axes = new_figure(width=2, height=1.5)
    axes.set(xlim=(-3, 3), ylim=(-3, 3))
    return figure


def view(figure, bias, line="-"):
    figure.axes[0].plot(X, np.maximum(0, X + bias), line)
    return f"The bend is at {-bias:g}."


BIAS = Range("bias b", -3, 3, 0.1, 0)


def recorded(widget):
    """The messages that `widget` sends from now on."""
    sent = []
    widget.send = lambda content, buffers=None: sent.append(content)
    return sent


def test_range_values_are_exact_decimals():
    assert BIAS.values[:4] == (-3.0, -2.9, -2.8, -2.7)
    assert BIAS.values[30] == 0 and str(BIAS.values[30]) == "0.0"
    assert BIAS.texts[33] == "0.3" and BIAS.values[33] == 0.3
    assert [BIAS.position(value) for value in BIAS.values] == list(range(61))
    assert Range("n", 1, 9, 2, 5).values == (1, 3, 5, 7, 9)
    assert Range("r", 0, 1, 0.125, 0.5).texts[1] == "0.125"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, 0.1, 2), "no value 2: it goes from 0 to 1 in steps of 0.1"),
        ((0, 1, 0.1, 0.55), "no value 0.55"),
        ((0, 1, 0.1, float("nan")), "no value nan"),
        ((0, 1, 0.3, 0), "no whole number of steps of 0.3"),
        ((1, 0, 0.1, 0), "low < high and step > 0"),
        ((0, 1, 0, 0), "low < high and step > 0"),
    ],
)
def test_impossible_ranges_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Range("a", *arguments)


def test_impossible_choices_are_refused():
    with pytest.raises(ValueError, match="no option 'c': the options are a, b"):
        Choice("letter", ("a", "b"), "c")
    with pytest.raises(ValueError, match="two or more different"):
        Choice("letter", ("a", "a"), "a")


def test_impossible_explorers_are_refused():
    with pytest.raises(ValueError, match="at least one control"):
        Explorer(view, scene, {})
    with pytest.raises(TypeError, match="'bias' must be a Range or a Choice"):
        Explorer(view, scene, {"bias": 1})
    with pytest.raises(ValueError, match="no control 'weight': the controls are bias"):
        Explorer(view, scene, {"bias": BIAS}, [Stop("Look.", {"weight": 1})])
    with pytest.raises(ValueError, match=r"no value 0\.25"):
        Explorer(view, scene, {"bias": BIAS}, [Stop("Look.", {"bias": 0.25})])
    with pytest.raises(ValueError, match="needs a description"):
        Explorer(lambda figure, bias: "", scene, {"bias": BIAS})


def test_pictures_follow_the_settings_and_errors_pass_through():
    one = Explorer(view, scene, {"bias": BIAS, "line": Choice("line", ("-", "--"), "-")})
    start = one.picture()
    assert start.description == "The bend is at -0." and start.png == one.first[0]["png"]
    assert one.picture(bias=0.3).description == "The bend is at -0.3."
    assert one.picture(line="--").png != start.png
    assert one.settings == {"bias": 0.0, "line": "-"}
    ends = [{"bias": bias, "line": line} for bias in (-3.0, 3.0) for line in ("-", "--")]
    assert one.corners() == ends
    with pytest.raises(ValueError, match="no control 'weight'"):
        one.picture(weight=1)

    def fails(figure, bias):
        return view(figure, bias) if bias <= 0 else 1 / 0

    with pytest.raises(ZeroDivisionError):
        Explorer(fails, scene, {"bias": BIAS}).picture(bias=1)


def run_loop(start, seconds=0.6):
    """Run `start()` inside an event loop that then turns for some seconds."""

    async def main():
        result = start()
        await asyncio.sleep(seconds)
        return result

    return asyncio.run(main())


def test_nothing_is_drawn_ahead_until_a_page_is_ready():
    drawn = []

    def counted(figure, bias):
        drawn.append(bias)
        return view(figure, bias)

    run_loop(lambda: Explorer(counted, scene, {"bias": BIAS}), 0.1)
    assert drawn == [0.0]


def test_draws_ahead_outward_from_the_current_position_one_picture_a_turn():
    ticks = []

    def start():
        one = Explorer(view, scene, {"bias": BIAS})
        sent = []
        one.send = lambda content, buffers=None: sent.append((content["key"], len(ticks)))

        async def tick():
            while True:
                ticks.append(1)
                await asyncio.sleep(0)

        one.task = asyncio.create_task(tick())
        one._receive({"type": "ready"})
        return sent

    sent = run_loop(start, 2.5)
    positions = [int(key) for key, _ in sent]
    assert sorted(positions) == [position for position in range(61) if position != 30]
    assert [abs(position - 30) for position in positions] == sorted(
        abs(position - 30) for position in positions
    )
    turns = [turn for _, turn in sent]
    assert min(np.diff(turns)) >= 1  # the loop came round between any two pictures


def test_a_wish_is_answered_at_once_then_its_axis_tour_and_neighbours(monkeypatch):
    monkeypatch.setattr(module._Idle, "QUIET", 0.0)
    small = {"bias": Range("bias", -1, 1, 0.5, 0), "line": Choice("line", ("-", "--", ":"), "-")}

    def start():
        one = Explorer(view, scene, small, [Stop("Look.", {"bias": 1, "line": ":"})])
        sent = recorded(one)
        one._receive({"type": "ready"})
        one._receive({"type": "at", "key": [1, 1], "axis": 0, "want": True})
        assert [content["key"] for content in sent] == ["1,1"]
        assert one.settings == {"bias": -0.5, "line": "--"}
        return sent

    keys = [content["key"] for content in run_loop(start)]
    assert keys == ["1,1", "0,1", "2,1", "3,1", "4,1", "4,2", "1,0", "1,2"]


def test_a_view_that_raises_is_told_to_the_page_and_skipped_ahead():
    def fails(figure, bias):
        if bias > 0:
            raise KeyError("above\nzero")
        return view(figure, bias)

    def start():
        one = Explorer(fails, scene, {"bias": Range("bias", -1, 1, 0.5, 0)})
        sent = recorded(one)
        one._receive({"type": "ready"})
        one._receive({"type": "at", "key": [3], "axis": 0, "want": True})
        return sent

    failed, *others = run_loop(start)
    assert (failed["type"], failed["key"]) == ("failed", "3")
    assert failed["description"].startswith("This picture could not be drawn: KeyError: ")
    assert "\n" not in failed["description"]
    assert [content["key"] for content in others] == ["1", "0"]


def test_a_key_outside_the_grid_is_refused():
    one = Explorer(view, scene, {"bias": BIAS})
    for key in ([61], [-1], [0, 0]):
        with pytest.raises(ValueError, match="not on the grid"):
            one._receive({"type": "at", "key": key, "axis": 0, "want": True})


def test_what_is_remembered_as_sent_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_PICTURES", 8)
    one = Explorer(view, scene, {"bias": BIAS})
    sent = recorded(one)
    for position in range(61):
        one._receive({"type": "at", "key": [position], "axis": 0, "want": True})
        assert len(one._sent) <= 8 and len(one._ahead) <= 4
    assert len(sent) == 61
    monkeypatch.setattr(module, "MOST_BYTES", 3 * len(one.first[0]["png"]))
    one._receive({"type": "at", "key": [0], "axis": 0, "want": True})
    assert sum(one._sent.values()) <= module.MOST_BYTES


def state(page):
    """The data that a saved page carries."""
    found = {
        name: json.loads(re.search(rf'class="relu-{name}">(.*?)</script>', page).group(1))
        for name in ("spec", "pictures")
    }
    return {"spec": found["spec"], "first": found["pictures"]}


def test_saved_page_holds_every_picture_of_one_slider_and_asks_no_host():
    one = Explorer(view, scene, {"bias": BIAS}, [Stop("See </script> & <b>.", {"bias": 1})])
    page = one.html()
    saved = state(page)
    assert sorted(int(picture["key"]) for picture in saved["first"]) == list(range(61))
    assert saved["spec"]["tour"] == [{"sentence": "See </script> & <b>.", "key": [40]}]
    assert page.count("<script") == page.count("</script>") == 3
    assert not re.search(r"https?://|@import|url\(", page)
    assert one.html() == page


def test_saved_page_tells_its_tour_in_plain_pictures():
    stops = [Stop("Now <1>.", {"bias": 1}), Stop("And back.", {"bias": 0})]
    page = Explorer(view, scene, {"bias": BIAS}, stops).html()
    paper = re.search(r'<div class="relu-paper">(.*?)<script', page, re.DOTALL).group(1)
    assert re.findall(r'data-key="(\d+)"', paper) == ["40", "30"]
    assert re.findall(r'<img alt="(.*?)"', paper) == ["The bend is at -1.", "The bend is at -0."]
    assert "<strong>Stop 1 of 2.</strong> Now &lt;1&gt;. <span>(bias b: 1.0)</span>" in paper
    untoured = Explorer(view, scene, {"bias": BIAS}).html()
    assert re.findall(r'<div class="relu-stop" data-key="(\d+)"><p>(.*?)</p>', untoured) == [
        ("30", "bias b: 0.0")
    ]


def test_saved_page_is_bounded(monkeypatch):
    one = Explorer(view, scene, {"bias": BIAS}, [Stop("Look.", {"bias": 3})])
    monkeypatch.setattr(module, "MOST_SAVED_BYTES", 10 * len(one.first[0]["png"]))
    keys = [picture["key"] for picture in state(one.html())["first"]]
    assert 8 < len(keys) < 20 and keys[:4] == ["30", "60", "29", "31"]


def test_where_not_all_fits_the_short_lines_of_the_stops_come_first(monkeypatch):
    def two(figure, bias, few):
        return view(figure, bias)

    stops = [Stop("Look.", {"bias": 1}), Stop("And here.", {"bias": 2})]
    one = Explorer(two, scene, {"bias": BIAS, "few": Range("few", 0, 3, 1, 0)}, stops)
    monkeypatch.setattr(module, "MOST_SAVED_BYTES", 80 * len(one.first[0]["png"]))
    keys = {picture["key"] for picture in state(one.html())["first"]}
    assert {f"{bias},{few}" for bias in (30, 40, 50) for few in range(4)} <= keys
    assert {f"{bias},0" for bias in range(61)} <= keys and len(keys) < 61 + 3 * 3 + 60


def test_a_packed_picture_is_the_same_in_fewer_bytes():
    one = Explorer(view, scene, {"bias": BIAS}).picture()
    before, after = (Image.open(io.BytesIO(each.png)).convert("RGBA") for each in (one, one.packed()))
    assert before.tobytes() == after.tobytes() and len(one.packed().png) < 0.85 * len(one.png)


def test_in_static_mode_the_saved_page_is_what_is_displayed(monkeypatch):
    monkeypatch.setenv("RELU_COURSE_STATIC", "1")
    one = Explorer(view, scene, {"bias": BIAS})
    assert one._repr_mimebundle_() == ({"text/html": one.html(), "text/plain": "The bend is at -0."}, {})
    live = Live(run, scene, RATE)
    assert live._repr_mimebundle_()[0]["text/html"] == live.html()


def test_readers_without_widgets_get_the_first_picture():
    one = Explorer(view, scene, {"bias": BIAS})
    data, _ = one._repr_mimebundle_()
    assert data["text/plain"] == "The bend is at -0."
    assert 'alt="The bend is at -0."' in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


closed = []


def run(figure, rate):
    """Five steps; raises at the third when the rate is 1."""
    try:
        for step in range(5):
            if rate == 1 and step == 2:
                raise FloatingPointError("too fast")
            view(figure, bias=step * rate)
            yield (step + 1) / 5, f"Step {step + 1} at rate {rate:g}."
    finally:
        closed.append(rate)


RATE = {"rate": Range("rate", 0, 1, 0.5, 0.5)}


def test_live_frames():
    live = Live(run, scene, RATE)
    frames = list(live.frames(rate=0))
    assert [fraction for _, fraction, _ in frames] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert frames[0][2] == "Step 1 at rate 0."
    assert len({png for png, _, _ in frames}) == 1  # rate 0 moves nothing
    assert len({png for png, _, _ in live.frames(rate=0.5)}) == 5
    with pytest.raises(FloatingPointError, match="too fast"):
        list(live.frames(rate=1))
    with pytest.raises(ValueError, match="no value 2"):
        next(live.frames(rate=2))


def test_live_refuses_an_impossible_fraction():
    def wrong(figure, rate):
        yield 40, "Forty what?"

    with pytest.raises(ValueError, match="between 0 and 1, not 40"):
        next(Live(wrong, scene, RATE).frames())


def live_messages(*contents, pause=0.25):
    """What a Live sends when it receives `contents` with a pause after each."""

    async def main():
        live = Live(run, scene, RATE)
        sent = recorded(live)
        for content in contents:
            live._receive(content)
            await asyncio.sleep(pause)
        return sent

    return asyncio.run(main())


def test_live_runs_to_its_end():
    sent = live_messages({"type": "at", "key": [0]}, {"type": "start", "key": [1], "run": 1}, pause=1)
    assert [content["type"] for content in sent] == ["picture"] * 5 + ["ended"]
    assert sent[4]["fraction"] == 1 and sent[4]["description"] == "Step 5 at rate 0.5."


def test_live_tells_of_an_error_and_ends():
    sent = live_messages({"type": "start", "key": [2], "run": 1}, pause=1)
    assert [content["type"] for content in sent] == ["picture", "picture", "failed", "ended"]
    assert sent[2]["description"] == "This picture could not be drawn: FloatingPointError: too fast"


def test_live_stops_and_starts_again():
    async def main():
        live = Live(run, scene, RATE)
        sent = recorded(live)
        live.PAUSE = 0.05
        closed.clear()
        live._receive({"type": "start", "key": [0], "run": 1})
        while not sent:
            await asyncio.sleep(0.001)
        live._receive({"type": "start", "key": [1], "run": 2})
        while sent[-1]["run"] == 1:
            await asyncio.sleep(0.001)
        live._receive({"type": "stop"})
        await asyncio.sleep(0.3)
        return sent

    sent = asyncio.run(main())
    kinds = [(content["type"], content["run"]) for content in sent]
    assert kinds[0] == ("picture", 1) and kinds[-1] == ("ended", 2)
    assert kinds.count(("ended", 1)) == 1 and kinds.count(("ended", 2)) == 1
    assert len([kind for kind in kinds if kind[0] == "picture"]) < 10
    assert sorted(closed) == [0, 0.5]


def test_live_page_replays_the_run():
    saved = state(Live(run, scene, RATE).html())
    assert saved["spec"]["controls"][0]["texts"] == ["20%", "40%", "60%", "80%", "100%"]
    assert [picture["key"] for picture in saved["first"]] == list("01234")
