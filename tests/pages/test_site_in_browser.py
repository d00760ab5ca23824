"""The static site in a real browser, opened from the disk: no server, no kernel, no network."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

LESSON = "notebooks/01_the_rectifier.html"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Every kind of page, looked at more closely.
SOME = ("index.html", "notebooks/00_course_map.html", "exercises/03_derivatives.html", "search.html")

# Their pages have the same parts and none that move: one of them is enough in the dark.
ALIKE = ("exercises/", "solutions/")


@pytest.fixture(scope="module")
def context(browser):
    one = browser.new_context(viewport=WIDE, color_scheme="light", offline=True)
    one.set_default_timeout(15_000)
    yield one
    one.close()


@pytest.fixture
def visit(context, site):
    """Opens a page of the site; whatever it complains of or asks elsewhere fails the test at its end."""
    pages, wrong = [], []

    def note(request):
        if not request.url.startswith((site.as_uri() + "/", "data:", "blob:")):
            wrong.append(request.url)

    def say(text):
        # Search shows a line of each page that it finds, unless the site was opened from the disk.
        if not re.search("Access to fetch at 'file:|Failed to fetch|ERR_FAILED", text):
            wrong.append(text)

    def visit(name):
        page = context.new_page()
        page.on("request", note)
        page.on(
            "requestfailed", lambda request: request.resource_type == "fetch" or wrong.append(request.url)
        )
        page.on("pageerror", lambda error: say(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and say(message.text))
        path, _, query = name.partition("?")
        page.goto(f"{(site / path).as_uri()}?{query}")
        page.wait_for_function("() => !window.MathJax || window.MathJax.startup?.promise")
        page.evaluate("() => window.MathJax?.startup.promise")
        pages.append(page)
        return page

    yield visit
    for page in pages:
        page.close()
    assert wrong == []


def violations(page, everything=True, **options):
    """What axe finds wrong. Formulas and code, most of a page and alike on all, are only in `everything`."""
    where = None if everything else {"exclude": [["mjx-container"], [".highlight pre"]]}
    # Axe would read style sheets by a request, which a page from the disk may not make.
    found = Axe().run(page, where, {"preload": False, **options}).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


def turn(page, theme):
    """Set the theme as the theme itself does."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    page.wait_for_timeout(400)  # explorers follow, colours fade


def too_wide(page):
    return page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")


def test_every_page_is_accessible_light_and_dark_and_fits_a_phone(visit, site):
    names = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    names = [name for name in names if not name.startswith("_static")]
    assert len(names) > 40
    page = visit("index.html")
    wrong = {}
    for name in names:
        page.goto((site / name).as_uri())
        page.set_viewport_size(WIDE)
        page.wait_for_function("() => !window.MathJax || window.MathJax.startup?.promise")
        page.evaluate("() => window.MathJax?.startup.promise")
        wrong[name] = violations(page, everything=False)
        if not name.startswith(ALIKE) or name in SOME:
            turn(page, "dark")
            wrong[name] += violations(
                page, everything=False, runOnly=["color-contrast", "link-in-text-block"]
            )
        page.set_viewport_size(PHONE)
        if too_wide(page):
            wrong[name].append(("too wide for a phone by", too_wide(page)))
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("name", SOME)
def test_on_a_phone_pages_are_as_accessible_with_their_code_and_formulas(visit, name):
    page = visit(name)
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(400)
    assert violations(page) == []
    turn(page, "dark")
    assert violations(page, runOnly=["color-contrast", "link-in-text-block"]) == []


def test_an_explorer_answers_to_its_sliders_and_tour(visit):
    page = visit(LESSON)
    root = page.locator(".relu-explorer").first
    canvas, description = root.locator("canvas"), root.locator(".relu-description")
    page.wait_for_function("root => root.querySelector('canvas').dataset.key", arg=root.element_handle())
    assert root.get_attribute("data-pictures") == "1"  # the others wait for somebody who wants them
    before, said = canvas.get_attribute("data-key"), description.inner_text()
    root.locator("input").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "([canvas, before]) => canvas.dataset.key !== before", arg=[canvas.element_handle(), before]
    )
    assert canvas.get_attribute("data-key").startswith("0,") and description.inner_text() != said
    assert int(root.get_attribute("data-pictures")) > 40
    pixels = canvas.evaluate("one => one.getContext('2d') && one.width * one.height")
    assert pixels > 100_000
    spec = root.evaluate("one => one.closest('.relu-saved').querySelector('.relu-spec').textContent")
    first = re.search(r'"tour": \[\{"sentence": "(.*?)", "key": \[([\d, ]+)\]', spec)
    root.get_by_role("button", name="Next").click()
    page.wait_for_function(
        "([canvas, key]) => canvas.dataset.key === key",
        arg=[canvas.element_handle(), first.group(2).replace(" ", "")],
    )
    assert root.locator(".relu-sentences").get_by_text(first.group(1)).is_visible()


def test_a_prediction_is_revealed_after_it_was_made_and_remembered(visit):
    page = visit("notebooks/00_course_map.html")
    form = page.locator("fieldset").first
    revelation = page.locator("[data-relu-reveals]").first
    assert "You have not committed to an answer yet" in revelation.inner_text()
    assert form.get_by_role("button", name="Commit").is_disabled()
    form.get_by_role("radio").nth(1).check()
    form.get_by_role("button", name="Commit").click()
    assert "You said" in form.inner_text()
    assert "You predicted" in revelation.inner_text()
    page.reload()
    form = page.locator("fieldset").first
    assert "You said" in form.inner_text() and form.get_by_role("radio").nth(1).is_checked()
    assert "You predicted" in page.locator("[data-relu-reveals]").first.inner_text()


def test_a_quiz_answers_at_once_and_again(visit):
    page = visit("notebooks/00_course_map.html")
    form = page.locator("fieldset").last
    told = set()
    for option in form.get_by_role("radio").all():
        option.check()
        assert form.get_by_role("status").inner_text() == ""
        form.get_by_role("button", name="Check").click()
        told.add(form.get_by_role("status").inner_text())
    words = {text.split()[1] for text in told}
    assert len(told) == form.get_by_role("radio").count() and words == {"Right.", "Not"}


def test_search_finds_a_word_without_a_server_and_no_solution(visit):
    page = visit("search.html?q=subdifferential")
    results = page.locator("#search-results li a")
    results.first.wait_for()
    page.wait_for_timeout(500)
    found = [link.get_attribute("href") for link in results.all()]
    assert any("notebooks/03_derivatives.html" in link for link in found)
    assert not any("solutions/" in link for link in found)


def test_dark_mode_turns_pictures_and_explorers_round(visit):
    page = visit(LESSON)
    figure, root = page.locator(".relu-figure img:visible").first, page.locator(".relu-explorer").first
    look = "one => getComputedStyle(one).filter"
    assert figure.evaluate(look) == "none"
    page.get_by_role("button", name="Color mode").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    page.wait_for_function("root => root.classList.contains('relu-dark')", arg=root.element_handle())
    assert "invert(1)" in figure.evaluate(look)


def test_paper_has_the_tour_in_plain_pictures_and_no_controls(visit):
    page = visit(LESSON)
    paper, root = page.locator(".relu-paper").first, page.locator(".relu-explorer").first
    assert root.is_visible() and not paper.is_visible()
    page.emulate_media(media="print")
    assert paper.is_visible() and not root.is_visible()
    assert "Stop 1 of" in paper.inner_text()
    loaded = page.evaluate(
        """async () => {
          const images = [...document.querySelectorAll('.relu-paper img')];
          for (const one of images) { one.scrollIntoView(); await one.decode(); }
          return images.map((one) => one.naturalWidth);
        }"""
    )
    assert len(loaded) > 8 and min(loaded) > 400


def test_without_javascript_everything_is_there_to_read(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto((site / LESSON).as_uri())
    assert page.locator(".relu-paper").first.is_visible()
    assert page.get_by_text("Stop 1 of").first.is_visible()
    assert page.locator(".relu-quiz li").first.is_visible()
    assert page.get_by_text("Show the answer", exact=True).first.is_visible()
    context.close()
