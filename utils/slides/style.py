"""The style sheets of the slides: one for every room, and the rules of single cells in JupyterLab."""

from pathlib import Path

_STEP = '.jp-deck-mod-visible[data-jpf-cell-tags*=",relu-step,"]'


def room():
    """The style sheet that static slides and JupyterLab share."""
    return Path(__file__).with_name("room.css").read_text(encoding="utf-8")


def cell(identifier, *, font=None, scale=1.0, title=""):
    """Rules for one cell: its code's font size, how much larger than usual its text is, a line above it."""
    selector = f'.jp-Deck .jp-Cell[data-jpf-cell-id="{identifier}"]'
    rules = ""
    if scale != 1:
        rules += f"{selector} {{ --u: calc({scale} * min(100vw / 1280, 100vh / 720)); }}\n"
    if font:
        rules += f"{selector} {{ --jp-code-font-size: calc({font} * min(100vw / 1280, 100vh / 720)); }}\n"
    if title:
        rules += f'{selector}::before {{ content: "{title}"; }}\n'
    return rules


def alone(identifier, step, together, title):
    """Rules for a step at which a cell is shown without the cells `together` on its slide, below a line."""
    place = '.jp-Deck .jp-Cell[data-jpf-cell-id="{}"]:has({} [data-jpf-cell-id="{}"].jp-deck-mod-visible)'
    others = [place.format(other, "~", step) for other in together if other != identifier]
    return (
        f"{', '.join(others)} {{ display: none; }}\n"
        f'{place.format(identifier, "~", step)}::before {{ content: "{title}"; }}\n'
    )


def steps(identifier, faces, count):
    """Rules for a code cell that is followed by steps: which of its `count` outputs each face shows.

    A face is (whether its source is shown, the positions of its outputs). Positions are counted from the
    end: while a cell runs, progress bars come before its results.
    """
    rules = ""
    selector = f'.jp-Deck .jp-Cell[data-jpf-cell-id="{identifier}"]'
    for number, (source, outputs) in enumerate(faces):
        here = selector + (f":has({' + '.join(['', *[_STEP] * number]).strip()})" if number else "")
        if number + 1 < len(faces):
            here += f":not(:has({' + '.join(['', *[_STEP] * (number + 1)]).strip()}))"
        hidden = [] if source else [f"{here} .jp-Cell-inputWrapper"]
        if not outputs:
            hidden.append(f"{here} .jp-Cell-outputWrapper")
        else:
            item = ".jp-OutputArea-child"
            child = f"{here} .jp-Cell-outputArea > {item}"
            after, before = count - 1 - outputs[-1], count - outputs[0]
            if after:
                hidden.append(f"{child}:nth-last-child(-n+{after} of {item})")
            if outputs[0]:
                hidden.append(f"{child}:nth-last-child(n+{before + 1} of {item})")
        if hidden:
            rules += ",\n".join(hidden) + " { display: none; }\n"
    return rules
