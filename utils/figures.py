"""The look of every picture: sizes, colours, and how a figure is put on the page with its description.

Figures are matplotlib's object-oriented `Figure`, never pyplot: widgets may draw on another thread. One
inch is 100 CSS pixels. The background is transparent and the ink dark; on a dark page CSS turns the
lightness of the picture round (`invert(1) hue-rotate(180deg)`), which keeps each hue: blue stays blue,
black becomes white.
"""

import base64
import html
import io

from cycler import cycler
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

# Told apart by every common kind of colour vision (Okabe and Ito 2008); never rely on colour alone.
BLUE = "#0072B2"
ORANGE = "#D55E00"
BLACK = "#000000"
GREY = "#767676"
GRID = "#D9D9D9"

# For heat maps: these stay readable when a dark page turns their lightness round (most others do not).
DIVERGING = LinearSegmentedColormap.from_list("blue_white_orange", [BLUE, "#FFFFFF", ORANGE])
SEQUENTIAL = LinearSegmentedColormap.from_list("white_blue_black", ["#FFFFFF", "#6DB1DC", BLUE, "#00243D"])

# One colour and one line style each, so that lines differ in print too: `axes.plot(x, y, **LINES[0])`.
LINES = (
    {"color": BLUE, "linestyle": "-", "linewidth": 2.2},
    {"color": ORANGE, "linestyle": "--", "linewidth": 2.2},
    {"color": BLACK, "linestyle": ":", "linewidth": 2.2},
    {"color": GREY, "linestyle": "-.", "linewidth": 2.2},
)

# The colours of lines that name none, in order.
CYCLE = cycler(color=[line["color"] for line in LINES])

DOTS_PER_INCH = 100
PIXEL_RATIO = 2

STYLE = (
    "<style>.relu-figure{margin:0 0 .5em;max-width:100%}"
    ".relu-figure img{display:block;max-width:100%;height:auto}"
    ".relu-figure figcaption{max-width:44em;line-height:1.5}"
    'body[data-jp-theme-light="false"] .relu-figure img,html[data-theme="dark"] .relu-figure img'
    "{filter:invert(1) hue-rotate(180deg)}</style>"
)


def new_figure(rows=1, columns=1, width=6.0, height=4.0, **subplots):
    """A figure in the house style, and its axes.

    `width` and `height` are those of the whole figure in inches of 100 CSS pixels. Further arguments go to
    `Figure.subplots` (`sharex=True`, `width_ratios=...`). Returns `(figure, axes)`; axes is a single `Axes`
    for one row and one column, else an array, as with `Figure.subplots`. No global setting is touched.
    """
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained", facecolor="none")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, **subplots)
    for one in figure.axes:
        style(one)
    return figure, axes


def style(axes):
    """Give one `Axes` the house style: light grid beneath the data, no top and right spines."""
    axes.set_facecolor("none")
    axes.set_prop_cycle(CYCLE)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.grid(True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=10, color=GREY)
    axes.xaxis.label.set_size(11)
    axes.yaxis.label.set_size(11)
    axes.title.set_size(12)


def png(figure):
    """The figure as PNG bytes, twice as many pixels as CSS pixels, on a transparent background."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH * PIXEL_RATIO, transparent=True)
    return buffer.getvalue()


def figure_html(picture, description, width):
    """HTML of a picture (PNG bytes), `width` CSS pixels wide, with its description in alt and beneath."""
    alt = html.escape(description)
    data = base64.b64encode(picture).decode("ascii")
    return (
        f'<figure class="relu-figure"><img alt="{alt}" width="{round(width)}" '
        f'src="data:image/png;base64,{data}">'
        f"<figcaption>{alt}</figcaption></figure>"
    )


def show(figure, description):
    """Display `figure` with its `description`: a sentence or two that say what is to be seen, with numbers.

    The description stands visibly under the picture and is its alt text. Raises ValueError when it is empty.
    """
    description = check_description(description)
    width = figure.get_figwidth() * DOTS_PER_INCH
    page = STYLE + figure_html(png(figure), description, width)
    display({"text/html": page, "text/plain": description}, raw=True)


def check_description(description):
    """`description` with single spaces; ValueError when it is no text or empty."""
    if not isinstance(description, str) or not description.strip():
        raise ValueError(
            "A picture needs a description: a sentence that says what is to be seen, with its numbers."
        )
    return " ".join(description.split())
