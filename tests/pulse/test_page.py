"""The leader's page in a real browser: it follows the room, keeps its key hidden, and is easy to read."""

import json

import pytest
from rooms import Served

from utils.pulse.catalogue import catalogue

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def room(tmp_path):
    with Served(tmp_path / "room") as one:
        yield one


@pytest.fixture
def page(browser, room):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(10_000)
    one = context.new_page()
    one.complaints, one.requests = [], []
    one.on("console", lambda message: one.complaints.append(message.text))
    one.on("pageerror", lambda error: one.complaints.append(str(error)))
    one.on("request", lambda request: one.requests.append(request.url))
    one.on("dialog", lambda dialog: (one.complaints.append("a dialog"), dialog.dismiss()))
    one.goto(f"{room.address}/leader#{room.key}")
    yield one
    context.close()


def crowd(room, people, lessons):
    """Let people in who each make a mistake, and every second of whom solves it, in the first lessons."""
    known = catalogue()
    questions = [known.questions[each] for asked in list(known.lessons.values())[:lessons] for each in asked]
    for number in range(people):
        token = room.join("W" * 40 if number == 0 else "ا‎ب <b>" if number == 1 else "")
        for question in questions:
            mistake = question.mistakes[number % len(question.mistakes)].name
            assert room.send(token, question.id, "wrong", mistake) == 200
            if number % 2:
                assert room.send(token, question.id, "right") == 200


def card(page, identifier):
    return page.locator(f'[data-question="{identifier}"]')


def test_the_numbers_change_while_it_is_open(page, room):
    page.get_by_text("Nobody has checked an answer yet.").wait_for()
    page.get_by_text("0 participants", exact=True).wait_for()
    token = room.join("Ada")
    room.send(token, "relu", "wrong", "step")
    card(page, "relu").get_by_text("1 tried").wait_for()
    assert card(page, "relu").locator(".mistakes").first.inner_text().split()[:2] == ["1", "step"]
    assert card(page, "relu").locator(".mistakes code").count() == 0
    room.send(token, "relu", "right")
    card(page, "relu").get_by_text("1 solved", exact=True).wait_for()
    other = room.join()
    room.send(other, "relu", "wrong", "np_max")
    card(page, "relu").get_by_text("2 tried").wait_for()
    label = card(page, "relu").get_by_role("img").get_attribute("aria-label")
    assert label == "Of 2 participants, 2 tried and 1 solved it."
    width = card(page, "relu").locator("rect.solved").evaluate("bar => bar.getBoundingClientRect().width")
    whole = card(page, "relu").locator("svg").evaluate("bar => bar.getBoundingClientRect().width")
    assert width == pytest.approx(whole / 2, rel=0.02)
    # Its words between backticks are code.
    assert card(page, "relu").locator(".mistakes").first.locator("code").first.inner_text() == "np.max"
    # The page follows the room to its next lesson.
    room.send(other, "chi", "right")
    card(page, "chi").wait_for()
    assert card(page, "relu").count() == 0
    page.get_by_label("Show").select_option("all lessons")
    assert card(page, "relu").count() == card(page, "chi").count() == 1
    assert page.complaints == []


def test_what_is_unfolded_stays_unfolded_when_numbers_change(page, room):
    crowd(room, 5, 1)
    folded = card(page, "relu").locator("details")
    folded.locator("summary").click()
    folded.locator("summary").focus()
    room.send(room.join(), "relu", "raised")
    folded.get_by_text("an error").wait_for()
    assert folded.get_attribute("open") is not None
    assert folded.locator("summary").evaluate("one => one === document.activeElement")


def test_the_key_is_nowhere_to_be_seen_and_survives_a_reload(page, room):
    page.get_by_text("0 participants", exact=True).wait_for()
    assert room.key not in page.url and room.key not in page.content()
    page.reload()
    page.get_by_text("0 participants", exact=True).wait_for()
    assert room.key not in page.url
    assert all(room.key not in url and room.code not in url for url in page.requests)
    assert all(url.startswith(room.address) for url in page.requests)
    assert page.locator("#code").inner_text() == room.code
    assert page.locator("#address").inner_text() == room.address


@pytest.mark.parametrize("key", ["", "#wrong"])
def test_without_the_key_it_shows_nothing(browser, room, key):
    room.send(room.join("Ada"), "relu", "right")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{room.address}/leader{key}")
    page.locator("#state.broken").wait_for()
    assert "start.py pulse" in page.locator("#state").inner_text()
    assert room.code not in page.content() and "Ada" not in page.content()
    context.close()


def test_it_says_when_the_server_is_gone_and_goes_on_when_it_is_back(browser, tmp_path):
    context = browser.new_context()
    page = context.new_page()
    with Served(tmp_path / "room") as room:
        room.send(room.join(), "relu", "right")
        page.goto(f"{room.address}/leader#{room.key}")
        card(page, "relu").wait_for()
    page.get_by_text("The server does not answer.").wait_for()
    assert card(page, "relu").get_by_text("1 solved").count() == 1
    with Served(tmp_path / "room", port=room.port) as again:
        page.get_by_text("live", exact=True).wait_for()
        again.send(again.join(), "relu", "right")
        card(page, "relu").get_by_text("2 solved").wait_for()
        context.close()


@pytest.mark.parametrize(
    ("scheme", "width", "people", "lessons"),
    [("light", 1280, 0, 0), ("dark", 1280, 5, 1), ("light", 360, 3, 2)],
)
def test_axe_finds_nothing_and_it_fits(browser, axe, room, scheme, width, people, lessons):
    crowd(room, people, lessons)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 720})
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{room.address}/leader#{room.key}")
    page.get_by_text("live", exact=True).wait_for()
    if people:
        page.locator("#many").click()
        page.get_by_label("Show").select_option("all") if lessons > 1 else None
        page.locator(".question summary").first.click()
        assert page.locator("#names th").first.inner_text() == "W" * 40
    found = axe.run(page, options=AXE_RULES).response
    assert found["passes"], "axe-core has looked at nothing"
    assert [(each["id"], json.dumps(each["nodes"])[:300]) for each in found["violations"]] == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.goto(f"{room.address}/")
    assert axe.run(page, options=AXE_RULES).response["violations"] == []
    assert complaints == []
    context.close()
