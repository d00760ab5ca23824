"""The page's side of an explorer alone, with a model that the test plays the kernel through."""

import base64
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "utils" / "explorer.js"

SETUP = """async (script) => {
  const { default: widget } = await import(script);
  const canvas = new OffscreenCanvas(4, 4);
  canvas.getContext('2d').fillRect(0, 0, 4, 4);
  const blob = await canvas.convertToBlob();
  const png = new Uint8Array(await blob.arrayBuffer());
  const texts = Array.from({ length: 1001 }, (_, i) => String(i));
  const controls = [{ label: 'bias', kind: 'range', texts, start: 0 }];
  const spec = { controls, tour: [], width: 4, height: 4 };
  const state = { spec, first: [{ key: '0', png, description: 'Picture 0.' }] };
  window.sent = [];
  let receive;
  const model = {
    get: (name) => state[name],
    on: (_event, callback) => (receive = callback),
    off: () => (window.left = true),
    send: (message) => window.sent.push(JSON.parse(JSON.stringify(message))),
  };
  document.body.innerHTML = '<div id="here"></div>';
  window.leave = widget.render({ model, el: document.getElementById('here') });
  window.answer = (key, size = png.length) => {
    const bytes = new Uint8Array(size);
    bytes.set(png);
    const message = { type: 'picture', key: String(key), description: `Picture ${key}.` };
    receive(message, [new DataView(bytes.buffer)]);
  };
  window.fail = (key) => receive({ type: 'failed', key: String(key), description: `No picture ${key}.` }, []);
  window.moveTo = (position) => {
    const slider = document.querySelector('input');
    slider.value = position;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  };
}"""

WISHES = "() => sent.filter((message) => message.want).map((message) => message.key[0])"


@pytest.fixture
def page(browser):
    one = browser.new_page()
    script = base64.b64encode(SCRIPT.read_bytes()).decode("ascii")
    one.evaluate(SETUP, f"data:text/javascript;base64,{script}")
    one.wait_for_selector("canvas[data-key='0']")
    yield one
    one.close()


def shown(page, key):
    page.wait_for_selector(f"canvas[data-key='{key}']")
    assert page.locator(".relu-description").inner_text() == f"Picture {key}."


def test_only_the_latest_of_many_wishes_follows_the_one_under_way(page):
    page.evaluate("() => { for (let i = 1; i <= 20; i++) moveTo(i) }")
    assert page.evaluate(WISHES) == [1]
    page.evaluate("() => answer(1)")
    shown(page, 1)  # on the way: better than to stand still
    assert page.evaluate(WISHES) == [1, 20]
    page.evaluate("() => answer(20)")
    shown(page, 20)
    assert page.evaluate(WISHES) == [1, 20]


def test_a_picture_at_hand_is_shown_without_asking_and_a_stale_answer_does_not_replace_it(page):
    page.evaluate("() => { answer(5); moveTo(9); moveTo(5) }")
    shown(page, 5)
    assert page.evaluate(WISHES) == [9]
    page.evaluate("() => answer(9)")
    page.wait_for_timeout(200)
    shown(page, 5)


def test_pictures_drawn_ahead_do_not_change_what_is_shown(page):
    page.evaluate("() => { for (let i = 1; i < 30; i++) answer(i) }")
    page.wait_for_timeout(200)
    shown(page, 0)
    assert page.evaluate(WISHES) == []


def test_the_kernel_is_told_where_the_slider_came_to_rest(page):
    page.evaluate("() => { for (let i = 1; i < 30; i++) { answer(i); moveTo(i) } }")
    page.wait_for_function("() => sent.some((message) => message.type === 'at')")
    page.wait_for_timeout(300)
    told = page.evaluate("() => sent.filter((message) => message.type === 'at')")
    assert told == [{"type": "at", "key": [29], "axis": 0, "want": False}]


def test_pictures_are_bounded_in_number_and_the_least_recently_used_goes_first(page):
    page.evaluate("() => { for (let i = 1; i < 512; i++) answer(i) }")
    root = page.locator(".relu-explorer")
    assert root.get_attribute("data-pictures") == "512"
    page.evaluate("() => { moveTo(1); for (let i = 512; i < 600; i++) answer(i); moveTo(0); moveTo(1) }")
    assert root.get_attribute("data-pictures") == "512"
    shown(page, 1)  # shown a moment ago, so still there
    assert page.evaluate(WISHES) == [0]  # this one had to be asked for again


def test_pictures_are_bounded_in_bytes(page):
    page.evaluate("() => { for (let i = 1; i < 40; i++) answer(i, 2 ** 20) }")
    root = page.locator(".relu-explorer")
    assert root.get_attribute("data-pictures") == "16"
    assert int(root.get_attribute("data-bytes")) <= 16 * 2**20


def test_a_failure_is_told_and_asked_again_next_time(page):
    page.evaluate("() => { moveTo(3); fail(3) }")
    page.get_by_text("No picture 3.").wait_for()
    assert page.locator("canvas").get_attribute("data-key") == "0"
    page.evaluate("() => { moveTo(0); moveTo(3) }")
    assert page.evaluate(WISHES) == [3, 3]


def test_a_picture_still_being_painted_does_not_hide_a_later_failure(page):
    page.evaluate("() => { moveTo(3); answer(3); moveTo(4); fail(4) }")
    page.wait_for_timeout(300)
    assert page.locator(".relu-description").inner_text() == "No picture 4."


def test_leaving_lets_go_of_the_model(page):
    page.evaluate("() => leave()")
    assert page.evaluate("() => window.left")
