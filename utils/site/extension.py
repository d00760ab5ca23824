"""The course's own part of Sphinx: solutions that nobody stumbles into, and what every page loads."""

HIDDEN = "solutions/"


def setup(app):
    app.add_css_file("course.css")
    app.add_js_file("course.js", loading_method="defer")
    app.connect("env-updated", _keep_out_of_search)
    app.connect("html-page-context", _place)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _keep_out_of_search(app, env):
    """The site's own search does not find what stands in a solution."""
    for page in env.found_docs:
        if page.startswith(HIDDEN):
            env.metadata[page]["nosearch"] = ""


def _place(app, page, template, context, doctree):
    """Previous and next lead to pages of the same kind only; search engines pass the solutions by."""
    for name in ("prev", "next"):
        neighbour = context.get(name)
        if neighbour and neighbour["link"].startswith("../"):
            context[name] = None
    if page == "index":
        context["prev"] = None
    if page.startswith(HIDDEN):
        context["metatags"] = context.get("metatags", "") + '\n<meta name="robots" content="noindex">'
