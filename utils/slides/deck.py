"""A lesson's notebook as slides: which cell stands where, where prose is cut, what goes to the notes.

The cells say it themselves, in nbconvert's metadata `slideshow`:

- `slide_type`: `slide`, `subslide` (a new slide, in a new column or below the one before), `-` (on the slide
  before, if there is room), `notes` (the speaker's), `skip` (run, not shown);
- `"code": "notes"`: of a code cell only what it shows, if it shows anything, is put on the slide;
- `"notes": ["Sources"]`: the parts of a Markdown cell below these headings are for the notes.

In a Markdown cell each further `## ` begins a slide and each `### ` a subslide; what is too long for a page
goes on, under the same heading, on the next. What a lesson folds (`<details>`) is for the notes. The code of
a cell and its outputs are shown one after the other unless both are short.
"""

import itertools
import re
from base64 import b64decode
from dataclasses import dataclass, field

from utils.slides import pages, room


@dataclass
class Prose:
    """A page of Markdown."""

    text: str
    height: float

    @property
    def width(self):
        """Of its widest formula; other text has no width of its own."""
        return max(map(room.formula_width, re.findall(r"\$\$.*?\$\$", self.text, flags=re.DOTALL)), default=0)


@dataclass
class Code:
    """A code cell and the outputs that this slide shows of it; `shown` and `font` are about its source."""

    cell: dict
    outputs: list[int]
    height: float
    shown: bool = False
    font: int = room.CODE

    @property
    def width(self):
        """Of the longest line that its outputs print, if it is not wrapped anyway."""
        texts = [printed_text(self.cell["outputs"][number]) for number in self.outputs]
        longest = max([len(line) for text in texts for line in text.split("\n")], default=0)
        return min(room.TEXT, longest * room.CODE * room.MONOSPACE)

    @property
    def large(self):
        """Whether there is a picture or an explorer among its outputs."""
        return any(kind_of(self.cell["outputs"][number]) in ("figure", "explorer") for number in self.outputs)


SCALES = (1.35, 1.25, 1.15, 1.0)
KICKER = 42  # the height of a heading of level 4


@dataclass
class Slide:
    """`begins` is "slide" or "subslide"; a heading is (level, title, section or "", number of the page).

    Level 4 is a line in small print that says where in the lesson a slide of code or results belongs.
    """

    begins: str
    heading: tuple[int, str, str, int] | None = None
    parts: list = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scale: float = 1.0  # of the text; of pages under one heading it is the same

    @property
    def height(self):
        return self.heading_height + sum(part.height for part in self.parts)

    @property
    def heading_height(self):
        if self.heading is None:
            return 0.0
        level, title, section, _page = self.heading
        return KICKER if level == 4 else room.heading(f"{title} {section} (2)", level)

    @property
    def most(self):
        """How much larger than the smallest size the text may be. Code and pictures have their own size."""
        sized = [part for part in self.parts if isinstance(part, Code) and (part.shown or part.large)]
        widest = max([part.width for part in self.parts], default=0)
        fitting = [one for one in SCALES if self.height * one**2 <= room.ROOM and widest * one <= room.TEXT]
        return 1.0 if sized or not fitting else fitting[0]

    @property
    def markdown(self):
        """The heading as Markdown; from the second page on with the page's number."""
        if self.heading is None:
            return ""
        level, title, section, number = self.heading
        if level == 4:
            return f"#### {title} · {section}" if section else f"#### {title}"
        more = f" ({number})" if number > 1 else ""
        return f"{'#' * level} {title}{more}" + (f" <small>{section}</small>" if section else "")


def slides(notebook):
    """The slides of a lesson, from its executed notebook (a dict as in the file)."""
    made = _Maker()
    for cell in notebook["cells"]:
        show = cell["metadata"].get("slideshow", {})
        kind = show.get("slide_type", "-")
        source = "".join(cell["source"])
        if kind == "skip":
            continue
        if kind == "notes":
            made.note(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        elif cell["cell_type"] == "markdown":
            made.prose(source, kind, show.get("notes", []))
        else:
            made.code(cell, source, kind, show.get("code") == "notes")
    for _heading, group in itertools.groupby(made.slides, lambda slide: slide.heading and slide.heading[:3]):
        one = list(group)
        for slide in one:
            slide.scale = (
                min(each.most for each in one) if slide.heading and slide.heading[0] < 4 else slide.most
            )
    return made.slides


class _Maker:
    def __init__(self):
        self.slides = []
        self._section = ""
        self._heading = None  # (level, title, section) of the part that the next page belongs to
        self._page = 0

    def note(self, text):
        self.slides[-1].notes.append(text)

    def prose(self, source, kind, to_notes):
        for number, part in enumerate(pages.parts(source)):
            begins = kind if number == 0 else {2: "slide"}.get(part.level, "subslide")
            body, folded = pages.without_folded(part.body)
            if part.title in to_notes:
                self.note(f"{'#' * part.level} {part.title}\n\n{part.body}")
                continue
            if part.level:
                bare = self.slides and not self.slides[-1].parts and self.slides[-1].heading
                if part.level <= 2:
                    self._section = part.title
                self._heading = (part.level, part.title, self._section if part.level == 3 else "")
                self._page = 0
                if bare and bare[0] == 2 and part.level == 3:  # a section that begins with a part of its own
                    self.slides.pop()
                    begins = "slide"
            self._pages(body, begins)
            for each in folded:
                self.note(each)

    def code(self, cell, source, kind, to_notes):
        kept = [number for number, output in enumerate(cell["outputs"]) if not passing(output)]
        results = [
            Code(cell, *group) for group in _groups([(n, output_height(cell["outputs"][n])) for n in kept])
        ]
        if to_notes and results:
            for number, part in enumerate(results):
                self._add(part, kind if number == 0 else "subslide")
            self.note(f"```python\n{source}\n```")
            return
        font, height = room.code_size(source)
        self._add(Code(cell, [], height, shown=True, font=font), kind)
        for number, part in enumerate(results):
            self._add(part, "subslide" if number or part.large else "-")

    def _pages(self, body, begins):
        if not body:
            self._begin(begins)
            return
        space = room.ROOM - (Slide("", (*self._heading, 2)).heading_height if self._heading else 0)
        for page in pages.cut(body, space):
            self._begin(begins)
            self.slides[-1].parts.append(Prose(page, pages.height(page)))
            begins = "subslide"

    def _begin(self, begins):
        if self._heading:
            self._page += 1
        self.slides.append(Slide(begins, (*self._heading, self._page) if self._heading else None))

    def _add(self, part, kind):
        """A code cell on the slide before, if that is asked for or it is only a heading, and it fits."""
        last = self.slides[-1]
        if not last.parts and last.height + part.height > room.ROOM:  # a heading alone: small print instead
            last.heading = self._kicker(part)
            last.parts.append(part)
        elif (kind == "-" or not last.parts) and last.height + part.height <= room.ROOM:
            last.parts.append(part)
        else:
            self.slides.append(Slide("slide" if kind == "slide" else "subslide", self._kicker(part), [part]))

    def _kicker(self, part):
        fits = self._heading and part.height + KICKER <= room.ROOM
        return (4, self._heading[1], self._heading[2], 0) if fits else None


def passing(output):
    """Whether an output is a progress bar, which goes when its run ends."""
    data = output.get("data", {})
    widget = "application/vnd.jupyter.widget-view+json" in data and "text/html" not in data
    return widget and re.search(r"\d+/\d+ \[", "".join(data.get("text/plain", ""))) is not None


def kind_of(output):
    """What an output is: "text", "explorer", "form", "figure" or other "html"."""
    if output["output_type"] in ("stream", "error"):
        return "text"
    data = output["data"]
    page = "".join(data.get("text/html", ""))
    widget = "application/vnd.jupyter.widget-view+json" in data
    if "data-relu-explorer" in page or (widget and "relu-figure" in page):
        return "explorer"
    if "relu-form" in page or widget:
        return "form"
    if '<figure class="relu-figure"' in page:
        return "figure"
    return "html" if page else "text"


def _groups(outputs):
    """Outputs (number, height) in groups that fit on a slide, each with its height."""
    groups = []
    for number, height in outputs:
        if groups and groups[-1][1] + height <= room.ROOM:
            groups[-1][0].append(number)
            groups[-1][1] += height
        else:
            groups.append([[number], height])
    return [(chosen, height) for chosen, height in groups]


def output_height(output):
    """The estimated height of an output on a slide."""
    kind = kind_of(output)
    data = output.get("data", {})
    page = "".join(data.get("text/html", ""))
    if kind == "explorer":
        return room.EXPLORER
    if kind == "form":
        texts = re.findall(r"<(?:legend|p|li|label)\b.*?</(?:legend|p|li|label)>", page, flags=re.DOTALL)
        return room.paragraphs(texts) + 110 if texts else room.ROOM - 120
    if kind == "figure":
        width, height = _picture_size(page)
        caption = re.findall(r"<figcaption>.*?</figcaption>", page, flags=re.DOTALL)
        return min(room.FIGURE, room.TEXT * height / width) + room.paragraphs(caption) + room.MARGIN
    if kind == "html":
        rows = re.findall(r"<tr\b.*?</tr>", page, flags=re.DOTALL)
        # what is folded may be opened, and an answer given later is about as long
        lines = r"<div>.*?</div>|<summary>.*?</summary>|</summary>.*?</details>"
        texts = rows or re.findall(lines, page, flags=re.DOTALL) or [page]
        return room.paragraphs(texts) + 2 * room.MARGIN + 10 * len(rows)
    return room.printed(printed_text(output))


def printed_text(output):
    """What an output prints; "" if it shows something else."""
    if kind_of(output) != "text":
        return ""
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return "".join(output.get("text", output.get("data", {}).get("text/plain", "")))


def _picture_size(page):
    """Width and height of the first picture in a page, a PNG in a data address."""
    head = b64decode(re.search(r"data:image/png;base64,([A-Za-z0-9+/]{40})", page)[1])
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
