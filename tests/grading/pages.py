"""Looks at finished pages in a real browser, as a reader and as axe-core see them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chromium import chromium, new_axe

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
VIEWS = (("light", 360), ("dark", 1000))


@dataclass(frozen=True)
class Seen:
    """What a page did: what axe-core found, addresses asked for, dialogs, complaints, and how it fits."""

    problems: list
    requests: list
    dialogs: list
    complaints: list
    too_wide: bool
    text: str


def look(*paths):
    """Open each file on a light phone and a dark desktop, a ``Seen`` each; skips without a browser."""
    axe = new_axe()

    def visit(browser, path, scheme, width):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        page = context.new_page()
        requests, dialogs, complaints = [], [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("requestfailed", lambda request: request.failure == "csp" and requests.remove(request.url))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        result = axe.run(page, options=AXE_RULES).response
        assert result["passes"], "axe-core has looked at nothing"
        problems = [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        seen = Seen(problems, requests, dialogs, complaints, wide, page.inner_text("main"))
        context.close()
        return seen

    def visits():
        with chromium() as browser:
            return [visit(browser, path, *view) for path in paths for view in VIEWS]

    # In a thread of its own: two of Playwright's loops cannot be nested in one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(visits).result()


def faultless(*paths):
    """Look at the pages and hold them to all that each must keep; their texts as they were seen."""
    found = look(*paths)
    own = {path.as_uri() for path in paths}
    for seen in found:
        assert seen.problems == []
        assert all(each in own or each.startswith("data:image/png") for each in seen.requests)
        assert seen.dialogs == seen.complaints == []
        assert not seen.too_wide
    return [seen.text for seen in found]
