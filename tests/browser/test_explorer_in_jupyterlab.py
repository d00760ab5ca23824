"""Explorers in a real JupyterLab and as saved pages: every way to move them, both themes, no jumps."""

import importlib

import pytest

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Rules about a whole page, which a widget inside someone else's page cannot keep or break.
PAGE_RULES = (
    "region",
    "landmark-one-main",
    "page-has-heading-one",
    "document-title",
    "html-has-lang",
    "bypass",
)


@pytest.fixture(scope="module")
def page(lab, context):
    sources = ("import sample", "explorer = sample.bend(); explorer", "sample.unit()", "sample.broken()")
    live = ("live = sample.descent(steps=40); live", "from utils.figures import new_figure, show")
    figure = "figure, axes = new_figure()\nshow(figure, 'Empty axes: x < 1 & y > 0.')"
    lab.write("explorers.ipynb", "# Explorers", *sources, *live, figure, "# The end")
    opened = lab.open(context, "explorers.ipynb")
    yield opened
    lab.close(opened)


@pytest.fixture
def explorer(page):
    """The one-slider explorer, reset and with all its 61 pictures."""
    one = Explorer(page, 0)
    one.root.scroll_into_view_if_needed()
    page.wait_for_function(
        "one => one.dataset.pictures === '61'", arg=one.root.element_handle(), timeout=30_000
    )
    one.press("Reset")
    one.shows("30")
    return one


class Explorer:
    """Reads and moves the explorer number `number` of a page."""

    def __init__(self, page, number):
        self.page = page
        self.root = page.locator(".relu-explorer").nth(number)
        self.canvas = self.root.locator("canvas")
        self.slider = self.root.get_by_role("slider").first

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def shows(self, key):
        self.root.locator(f'canvas[data-key="{key}"]').wait_for()

    def key(self):
        return self.canvas.get_attribute("data-key")

    def description(self):
        return self.root.locator(".relu-description").inner_text()

    def pixels(self):
        return self.canvas.evaluate("canvas => canvas.toDataURL()")

    def place(self, share):
        """The point on the slider at `share` (0 to 1) of its way; the thumb is 16 pixels wide."""
        box = self.slider.bounding_box()
        return box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2


def test_mouse_drag_changes_picture_description_and_nothing_else_moves(explorer):
    page = explorer.page
    before, said = explorer.pixels(), explorer.description()
    heights = "() => [...document.querySelectorAll('.jp-Cell')].map((cell) => cell.offsetTop)"
    tops = page.evaluate(heights)
    page.mouse.move(*explorer.place(0.5))
    page.mouse.down()
    for step in range(30):
        page.mouse.move(*explorer.place(0.5 + step / 60))
        # A blank frame would be one with no ink at all.
        assert explorer.canvas.evaluate(
            "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
            ".data.some((value) => value > 0)"
        )
    page.mouse.move(*explorer.place(1))
    page.mouse.up()
    explorer.shows("60")
    assert explorer.pixels() != before
    assert explorer.description() != said
    assert explorer.description() == "The unit bends at x = -3.00; at x = 3 its output is 6.00."
    assert explorer.canvas.get_attribute("aria-label") == explorer.description()
    assert explorer.root.locator("output").inner_text() == "3.0"
    assert page.evaluate(heights) == tops


def test_keyboard_moves_the_slider_and_leaves_the_notebook_alone(explorer):
    page = explorer.page
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    explorer.slider.focus()
    cell = page.evaluate(active)
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    explorer.shows("32")
    page.keyboard.press("Home")
    explorer.shows("0")
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.evaluate(active) == cell
    assert page.locator(".relu-explorer").count() == 4
    assert explorer.slider.evaluate("slider => slider === document.activeElement")
    assert explorer.slider.get_attribute("aria-valuetext") == "-3.0"


def test_touch_drags_the_slider(explorer):
    touch = explorer.page.context.new_cdp_session(explorer.page)

    def send(kind, share=None):
        points = [] if share is None else [dict(zip("xy", explorer.place(share), strict=True))]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0.5)
    for step in range(1, 11):
        send("touchMove", 0.5 - step / 25)
    send("touchEnd")
    explorer.page.wait_for_function("canvas => canvas.dataset.key < 10", arg=explorer.canvas.element_handle())
    assert explorer.description().startswith("The unit bends at x = 2.")


def test_kernel_knows_the_settings(explorer, lab):
    page = explorer.page
    explorer.slider.focus()
    page.keyboard.press("End")
    explorer.shows("60")
    page.wait_for_timeout(400)
    told = page.evaluate(
        """() => new Promise((resolve) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code: 'print(explorer.settings)' });
            future.onIOPub = (message) => message.content.text && resolve(message.content.text);
        })"""
    )
    assert told.strip() == "{'bias': 3.0}"


def test_several_controls_tour_and_reset(page):
    unit = Explorer(page, 1)
    unit.root.scroll_into_view_if_needed()
    tour = unit.root.get_by_role("group", name="Tour")
    height = unit.root.bounding_box()["height"]
    assert "0 of 3" in tour.inner_text()
    unit.press("Next")
    unit.shows("30,40,30,0")
    unit.press("Next")
    unit.shows("10,35,30,0")
    assert "2 of 3" in tour.inner_text()
    assert tour.get_by_text("A negative weight lets the unit answer on the left.").is_visible()
    assert not tour.get_by_text("A negative output weight bends down.").is_visible()
    assert unit.description() == "The unit bends at x = 0.50; at x = 3 its output is 0.00."
    unit.press("Previous")
    unit.shows("30,40,30,0")
    unit.root.get_by_label("line").select_option("dashed")
    unit.shows("30,40,30,1")
    unit.press("Reset")
    unit.shows("30,30,30,0")
    assert unit.root.bounding_box()["height"] == height


def test_a_view_that_raises_becomes_one_sentence(page):
    broken = Explorer(page, 2)
    broken.root.scroll_into_view_if_needed()
    before = broken.pixels()
    broken.slider.focus()
    page.keyboard.press("ArrowRight")
    broken.root.get_by_text(
        "This picture could not be drawn: ZeroDivisionError: no bend for this bias"
    ).wait_for()
    assert broken.pixels() == before
    page.keyboard.press("ArrowLeft")
    broken.root.get_by_text("The unit bends at x = 0.00").wait_for()


# Pressed by the page itself: a run of half a second may be over before the test has seen its second step.
STOP_ON_THE_WAY = """(root) => new Promise((resolve) => {
    const look = () => {
        const value = root.querySelector('progress').value;
        const stop = [...root.querySelectorAll('button')].find((one) => one.textContent === 'Stop');
        if (stop && 0 < value && value < 1) { stop.click(); resolve(); } else requestAnimationFrame(look);
    };
    look();
})"""


def test_live_run_goes_to_its_end_stops_and_fails_with_a_sentence(page):
    live = Explorer(page, 3)
    live.root.scroll_into_view_if_needed()
    assert live.description() == "Nothing has run yet: press Start."
    progress = live.root.get_by_role("progressbar", name="Progress of the run")
    live.press("Start")
    live.root.get_by_text("After step 40 the bias is").wait_for()
    assert progress.evaluate("bar => bar.value") == 1
    live.press("Start")
    live.root.evaluate(STOP_ON_THE_WAY)
    live.root.get_by_role("button", name="Start", exact=True).wait_for()
    stopped = live.description()
    assert 0 < progress.evaluate("bar => bar.value") < 1
    page.wait_for_timeout(300)
    assert live.description() == stopped
    live.slider.focus()
    page.keyboard.press("End")
    live.press("Start")
    live.root.get_by_text("This picture could not be drawn: OverflowError: the bias has left").wait_for()


def test_no_growth_over_a_thousand_updates(page):
    unit = Explorer(page, 1)
    unit.root.scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def heap():
        session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")

    leaf = """([root, updates]) => new Promise((resolve) => {
        const sliders = [...root.querySelectorAll('input')];
        let update = 0;
        const step = () => {
            const slider = sliders[update % 2];
            slider.value = (update * 7 + (update >> 5)) % (Number(slider.max) + 1);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            if (++update < updates) requestAnimationFrame(step); else setTimeout(resolve, 300);
        };
        step();
    })"""
    root = unit.root.element_handle()
    page.evaluate(leaf, [root, 200])
    before = heap()
    page.evaluate(leaf, [root, 1000])
    assert heap() - before < 4 * 2**20
    assert int(unit.root.get_attribute("data-pictures")) <= 512
    assert int(unit.root.get_attribute("data-bytes")) <= 16 * 2**20


def test_show_displays_a_described_picture(page):
    figure = page.locator("figure.relu-figure").last
    assert figure.locator("img").get_attribute("alt") == "Empty axes: x < 1 & y > 0."
    assert figure.inner_text().strip() == "Empty axes: x < 1 & y > 0."
    assert figure.locator("img").evaluate("image => image.naturalWidth / image.width") == 2


def accessibility_problems(page, selector):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    results = axe.run(page, context=selector, options=AXE_RULES).response
    assert results["passes"], "axe-core has looked at nothing"
    return [
        (problem["id"], [node["html"] for node in problem["nodes"]])
        for problem in results["violations"]
        if problem["id"] not in PAGE_RULES
    ]


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_accessible_in_jupyterlab(page, lab, theme):
    lab.theme(page, theme)
    dark = Explorer(page, 0).root.evaluate("root => root.classList.contains('relu-dark')")
    assert dark == (theme == "Dark")
    filtered = "element => getComputedStyle(element).filter"
    for picture in (Explorer(page, 0).canvas, page.locator("figure.relu-figure img").last):
        assert (picture.evaluate(filtered) != "none") == dark
    assert accessibility_problems(page, ".relu-explorer, figure.relu-figure") == []


def test_page_without_kernel_says_so(page):
    """Comes last but one: it takes the kernel away."""
    unit = Explorer(page, 1)
    unit.root.scroll_into_view_if_needed()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    unit.slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    unit.root.get_by_text("run this cell to bring the explorer back to life").wait_for()


def test_nothing_complained_and_no_other_host_was_asked(page, lab):
    assert page.complaints == []
    ours = (lab.address, lab.address.replace("http", "ws"), "data:", "blob:")
    assert [address for address in page.requests if not address.startswith(ours)] == []


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A page with two explorers and a recorded run, saved as one file."""
    sample = importlib.import_module("sample")
    parts = [sample.bend().html(), sample.unit().html(), sample.descent(steps=5).html()]
    path = tmp_path_factory.mktemp("saved") / "page.html"
    head = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    )
    path.write_text(head + "<title>Saved</title>" + "".join(parts), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_saved_page_works_with_no_kernel_and_no_network(saved, browser, scheme):
    context = browser.new_context(color_scheme=scheme, offline=True)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route(
        "**/*", lambda route: route.continue_() if route.request.url == saved.as_uri() else route.abort()
    )
    page.goto(saved.as_uri())

    bend = Explorer(page, 0)
    bend.shows("30")
    before = bend.pixels()
    page.mouse.click(*bend.place(0))
    bend.shows("0")
    assert bend.pixels() != before
    assert bend.description() == "The unit bends at x = 3.00; at x = 3 its output is 0.00."

    unit = Explorer(page, 1)
    unit.shows("30,30,30,0")
    unit.root.get_by_label("weight w", exact=True).focus()
    page.keyboard.press("ArrowRight")
    unit.shows("31,30,30,0")
    unit.root.get_by_label("line").select_option("dashed")
    unit.shows("30,30,30,1")  # the nearest picture that keeps the line dashed
    assert unit.root.locator("output").first.inner_text() == "1.0"
    unit.root.get_by_text("This saved page holds only some of the pictures").wait_for()
    unit.press("Next")
    unit.shows("30,40,30,0")

    recorded = Explorer(page, 2)
    assert recorded.description().startswith("After step 5 ")
    recorded.slider.focus()
    page.keyboard.press("Home")
    recorded.root.get_by_text("After step 1 the bias is").wait_for()

    dark = bend.root.evaluate("root => root.classList.contains('relu-dark')")
    assert dark == (scheme == "dark")
    assert accessibility_problems(page, ".relu-explorer") == []
    assert complaints == []
    assert asked == [saved.as_uri()]
    context.close()
