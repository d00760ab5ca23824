"""A book of pictures as HTML that needs no kernel: for saved pages, the site, static slides and paper.

A fragment is the data of one explorer in a `<div data-relu-explorer>`, and `HEAD`, the style and the script
that every fragment carries and that bring all of them to life. The data is

- `.relu-paper`: the start and the stops of the tour as plain figures, for paper and for readers without
  JavaScript;
- `script.relu-spec`: what the page builds (see explorer.js), as JSON;
- `script.relu-pictures`: the pictures, as a JSON list. A page may keep that list in a file beside it: then
  the div has the file's address in `data-src` instead (see `utils.site`).
"""

import base64
import html
import json
from pathlib import Path

from utils.figures import STYLE, figure_html


def _read(name):
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


SHEET = _read("explorer.css")
SCRIPT = (
    "(() => {\n"
    + _read("explorer.js").replace("export default", "const widget =")
    + _read("saved.js")
    + "})();\n"
)
HEAD = f"{STYLE}\n<style>{SHEET}</style>\n<script>{SCRIPT}</script>\n"


def fragment(spec, pictures, shown):
    """HTML of an explorer with `pictures` (key -> Picture) that begins at the key `shown`."""
    listed = [
        {"key": key, "png": base64.b64encode(one.png).decode("ascii"), "description": one.description}
        for key, one in pictures.items()
    ]
    return (
        f'<div class="relu-saved" data-relu-explorer="{shown}">\n<div class="relu-paper">\n'
        + _paper(spec, pictures, shown)
        + f'</div>\n<script type="application/json" class="relu-spec">{_json(spec)}</script>\n'
        f'<script type="application/json" class="relu-pictures">{_json(listed)}</script>\n</div>\n{HEAD}'
    )


def _paper(spec, pictures, shown):
    """The start and the stops of the tour as figures, each with its settings."""
    stops = [(",".join(map(str, one["key"])), one["sentence"]) for one in spec["tour"]]
    figures = [_figure(spec, pictures, shown, "")] if shown not in dict(stops) else []
    for number, (key, sentence) in enumerate(stops, 1):
        if key in pictures:
            said = f"<strong>Stop {number} of {len(stops)}.</strong> {html.escape(sentence)}"
            figures.append(_figure(spec, pictures, key, said))
    return "".join(figures)


def _figure(spec, pictures, key, said):
    one = pictures[key]
    settings = html.escape(_settings(spec, key))
    above = f"<p>{said} <span>({settings})</span></p>" if said else f"<p>{settings}</p>"
    figure = figure_html(one.png, one.description, spec["width"])
    return f'<div class="relu-stop" data-key="{key}">{above}{figure}</div>\n'


def _settings(spec, key):
    positions = map(int, key.split(","))
    pairs = zip(spec["controls"], positions, strict=True)
    return ", ".join(f"{control['label']}: {control['texts'][position]}" for control, position in pairs)


def _json(data):
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
