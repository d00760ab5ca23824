"""The pictures on the class's page, each with a computed description. No student's text goes into them."""

from collections.abc import Mapping, Sequence

from utils.figures import BLACK, BLUE, DOTS_PER_INCH, ORANGE, figure_html, new_figure, png

# The parts of a bar, told apart by lightness and hatching as well as by colour.
_PARTS = (
    ("right", {"color": BLUE}),
    ("wrong or error", {"facecolor": "#F3B27A", "edgecolor": BLACK, "hatch": "//", "linewidth": 0.6}),
    ("not attempted", {"facecolor": "white", "edgecolor": BLACK, "hatch": "..", "linewidth": 0.6}),
)
_WIDTH = 8.4
_LONGEST = 44


def answers(shares: Mapping[str, tuple[float, float, float]], notebooks: int) -> str:
    """Bars, as HTML: for each question's title the shares that are right, wrong and not attempted."""
    figure, axes = new_figure(width=_WIDTH, height=1.15 + 0.42 * len(shares))
    rows = range(len(shares))
    left = [0.0] * len(shares)
    for (label, style), part in zip(_PARTS, zip(*shares.values(), strict=True), strict=True):
        widths = [100 * share for share in part]
        axes.barh(rows, widths, left=left, height=0.62, label=label, **style)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.set_yticks(rows, [_short(title) for title in shares], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of the notebooks (%)")
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper right", ncols=3, frameon=False, fontsize=10)
    return _html(figure, _answers_in_words(shares, notebooks))


def _answers_in_words(shares: Mapping[str, tuple[float, float, float]], notebooks: int) -> str:
    if notebooks == 1:
        right = sum(share[0] == 1 for share in shares.values())
        return f"The one notebook has {right} of {len(shares)} questions right."
    words = f"Of {notebooks} notebooks, "
    by_right = sorted(shares, key=lambda title: shares[title][0])
    lowest, highest = by_right[0], by_right[-1]
    if shares[lowest][0] == shares[highest][0]:
        words += f"{_percent(shares[lowest][0])} have each question right."
    else:
        words += (
            f"{_percent(shares[lowest][0])} have “{lowest}” right, the lowest share, and "
            f"{_percent(shares[highest][0])} have “{highest}” right, the highest."
        )
    skipped = max(shares, key=lambda title: shares[title][2])
    if shares[skipped][2]:
        words += f" Most often not attempted is “{skipped}” ({_percent(shares[skipped][2])})."
    return words


def mistakes(ranked: Sequence[tuple[str, str, int, int]]) -> str:
    """Bars, as HTML: (name, question, how many notebooks make it, of how many), the commonest first."""
    figure, axes = new_figure(width=_WIDTH, height=0.9 + 0.36 * len(ranked))
    rows = range(len(ranked))
    counts = [count for _, _, count, _ in ranked]
    axes.barh(rows, counts, height=0.6, color=ORANGE)
    axes.set_yticks(rows, [_short(f"{name} ({question})") for name, question, *_ in ranked], parse_math=False)
    for row, count in zip(rows, counts, strict=True):
        axes.annotate(str(count), (count, row), (4, 0), textcoords="offset points", va="center", fontsize=10)
    axes.invert_yaxis()
    axes.set_xlim(0, max(counts) * 1.08)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("notebooks")
    axes.grid(False, axis="y")
    return _html(figure, _mistakes_in_words(ranked))


def _mistakes_in_words(ranked: Sequence[tuple[str, str, int, int]]) -> str:
    name, question, count, of = ranked[0]
    words = f"“{name}” in {question} is made in {count} of {of} notebooks ({_percent(count / of)})"
    if len(ranked) == 1:
        return f"{words}; it is the only known mistake."
    first = "as often as any" if ranked[1][2] == count else "the most"
    others = ", ".join(f"“{name}” in {question} ({count})" for name, question, count, _ in ranked[1:4])
    return f"{words}, {first}. Next: {others}."


def _html(figure, description: str) -> str:
    return figure_html(png(figure), description, figure.get_figwidth() * DOTS_PER_INCH)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
