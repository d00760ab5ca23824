"""Honest but untidy notebooks: what students hand in who mean no harm and have solved their exercise.

Run this file to write tests/grading/honest anew. Each notebook begins with a cell that says what is untidy,
and its metadata list the questions that must keep all their points.
"""

import json
from pathlib import Path

from utils.grading.assignment import assignment

FOLDER = Path(__file__).with_name("honest")
RECTIFIER, BEND, DERIVATIVES = "01_the_rectifier", "02_why_bend", "03_derivatives"

ANSWERS = {
    RECTIFIER: {
        "relu": "def relu(x):\n    return np.maximum(x, 0)",
        "leaky_relu": (
            "def leaky_relu(x, negative_slope):\n    return np.where(x > 0, x, negative_slope * x)"
        ),
        "tent_weights": (
            "def tent_weights(left, peak, right, height):\n"
            "    up = height / (peak - left)\n"
            "    down = height / (right - peak)\n"
            "    kinks = np.array([left, peak, right])\n"
            "    return np.ones(3), -kinks, np.array([up, -down - up, down])"
        ),
        "rescale_unit": (
            "def rescale_unit(w, b, v):\n"
            "    length = np.linalg.norm(w)\n"
            "    if length == 0:\n"
            "        return w, b, v\n"
            "    return w / length, b / length, v * length"
        ),
    },
    BEND: {
        "forward_pass": (
            "def forward_pass(x, weights, biases):\n"
            "    for k in range(len(weights)):\n"
            "        x = x @ weights[k] + biases[k]\n"
            "        if k < len(weights) - 1:\n"
            "            x = np.maximum(x, 0)\n"
            "    return x"
        ),
        "collapse": (
            "def collapse(weights, biases):\n"
            "    W, c = weights[0], biases[0]\n"
            "    for V, d in zip(weights[1:], biases[1:]):\n"
            "        W, c = W @ V, c @ V + d\n"
            "    return W, c"
        ),
        "superposition_gaps": (
            "def superposition_gaps(a, b, f_zero, f_x, f_y, f_combination):\n"
            "    first = np.abs(f_combination - a * f_x - b * f_y).max()\n"
            "    g_x, g_y, g = f_x - f_zero, f_y - f_zero, f_combination - f_zero\n"
            "    return first, np.abs(g - a * g_x - b * g_y).max()"
        ),
        "affine_piece": (
            "def affine_piece(x, weights, biases):\n"
            "    W, c = weights[0], biases[0]\n"
            "    for V, d in zip(weights[1:], biases[1:]):\n"
            "        on = (x @ W + c > 0).astype(float)\n"
            "        W, c = (W * on) @ V, (c * on) @ V + d\n"
            "    return W, c"
        ),
    },
    DERIVATIVES: {
        "relu_backward": (
            "def relu_backward(upstream, pre_activation):\n"
            "    passed = np.where(pre_activation > 0, upstream, 0)\n"
            "    return np.where(np.isnan(pre_activation), np.nan, passed)"
        ),
        "network_backward": (
            "def network_backward(x, target, weights_1, bias_1, weights_2, bias_2):\n"
            "    z = x @ weights_1 + bias_1\n"
            "    a = np.maximum(z, 0)\n"
            "    d = 2 * (a @ weights_2 + bias_2 - target) / len(x)\n"
            "    dz = (d @ weights_2.T) * (z > 0)\n"
            "    grads = {'weights_1': x.T @ dz, 'bias_1': dz.sum(0)}\n"
            "    return {**grads, 'weights_2': a.T @ d, 'bias_2': d.sum(0)}"
        ),
        "gradient_check": (
            "def gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus):\n"
            "    product = np.sign(pre_activations_minus) * np.sign(pre_activations_plus)\n"
            "    trusted = (product >= 0).all(axis=1)\n"
            "    if not trusted.any():\n"
            "        return trusted, np.nan\n"
            "    size = np.maximum(np.abs(numeric), np.abs(analytic))\n"
            "    errors = np.abs(numeric - analytic) / np.where(size > 0, size, 1)\n"
            "    return trusted, errors[trusted].max()"
        ),
    },
}


def code(source, **metadata):
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def text(source, **metadata):
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def marked(grade_id, solution, points=0):
    marks = {"grade_id": grade_id, "solution": solution, "grade": not solution, "locked": not solution}
    marks |= {"schema_version": 3, "task": False} | ({} if solution else {"points": points})
    return {"nbgrader": marks}


def setup(stem):
    return code(f'import numpy as np\n\nfrom utils.check import Checker\n\ncheck = Checker("{stem}")')


def answer(name, source):
    return code(source, **marked(name, True))


def check(name):
    return code(f'check("{name}")', **marked(f"check-{name}", False, 2))


def stub(name):
    """The cell of the exercise as it was handed out."""
    stem = next(stem for stem, answers in ANSWERS.items() if name in answers)
    return answer(name, assignment(stem).stubs[name])


def solved(stem, **changed):
    """The cells of a solved exercise; ``changed`` has other answers for some questions."""
    cells = [setup(stem)]
    for name, source in (ANSWERS[stem] | changed).items():
        cells += [text(f"## {name}"), answer(name, source), check(name)]
    return cells


def between(cells, *extra):
    """The cells with one more after each; the extra ones in turn."""
    made = []
    for number, cell in enumerate(cells):
        made += [cell, extra[number % len(extra)]]
    return made


def indented(source, text_before):
    return "\n".join(text_before + line for line in source.split("\n"))


CORPUS = {}


def notebook(name, what, cells, keeps=None, **top):
    """Add one notebook; it must keep all points of the questions ``keeps``, else of all that it holds."""
    if keeps is None:
        found = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells}
        keeps = [question for answers in ANSWERS.values() for question in answers if question in found]
    cells = [text(f"Untidy, but honest: {what}"), *cells]
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"cell-{number}")
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    made = {"cells": cells, "metadata": metadata | {"honest": keeps}, "nbformat": 4, "nbformat_minor": 5}
    CORPUS[name] = json.dumps(made | top, ensure_ascii=False, indent=1) + "\n"


def all_of(stem):
    return list(ANSWERS[stem])


# ------------------------------------------------------------------------------------- noise

notebook(
    "warnings on stderr",
    "warnings and messages on stderr, in cells and in answers.",
    [
        code("import sys, warnings\nwarnings.warn('deprecated!')\nprint('careful', file=sys.stderr)"),
        *solved(
            RECTIFIER,
            relu=(
                "def relu(x):\n    warnings.warn('mine')\n    sys.stderr.write('here\\n')\n"
                "    return np.maximum(x, 0)"
            ),
        ),
        code("np.array([1.0]) / 0"),
    ],
)
notebook(
    "prints",
    "prints everywhere, thousands of lines in one cell.",
    [
        *solved(
            BEND, collapse=ANSWERS[BEND]["collapse"].replace("    return", "    print(W, c)\n    return")
        ),
        code("for k in range(5000):\n    print('step', k, '.' * 50)"),
    ],
)
notebook(
    "logging and a progress bar",
    "logging to stderr, a progress bar, and a bell.",
    [
        code("import logging\nlogging.basicConfig(level='DEBUG')\nlogging.info('start')"),
        *solved(DERIVATIVES),
        code("from tqdm.auto import tqdm\nfor k in tqdm(range(100)):\n    pass\nprint('\\a')"),
    ],
)
# ------------------------------------------------------------------------------------- cells

notebook(
    "extra cells",
    "scratch cells between all others; some fail.",
    between(solved(RECTIFIER), code("1 + 1"), code("relu(np.zeros(2, 3))"), code(""), text("to do: tidy up")),
)
notebook(
    "reordered cells",
    "the cells in reverse order.",
    solved(RECTIFIER)[::-1],
)
notebook(
    "helpers below",
    "answers that use helpers which are defined further down.",
    [
        *solved(RECTIFIER, relu="def relu(x):\n    return positive_part(x)"),
        code("def positive_part(x):\n    return np.maximum(x, ZERO)"),
        code("ZERO = 0"),
    ],
)
notebook(
    "a broken cell first",
    "a cell at the top that fails, as its data file is not there.",
    [code("values = np.loadtxt('measurements.csv')\nprint(values.mean())"), *solved(DERIVATIVES)],
)
notebook(
    "prose in a code cell",
    "notes to myself in a code cell, which is no Python.",
    [*solved(BEND), code("Remember: ask about the last bias!")],
)
notebook(
    "one unanswered",
    "one question left as it was, among answered ones.",
    [
        stub("leaky_relu") if cell["metadata"].get("nbgrader", {}).get("grade_id") == "leaky_relu" else cell
        for cell in solved(RECTIFIER)
    ],
    keeps=["relu", "tent_weights", "rescale_unit"],
)
notebook(
    "one raises",
    "one answer raises, the others are right.",
    solved(BEND, collapse="def collapse(weights, biases):\n    return weights[99], undefined_name"),
    keeps=["forward_pass", "superposition_gaps", "affine_piece"],
)
notebook(
    "one with a syntax error",
    "one answer that Python cannot read, the others are right.",
    solved(DERIVATIVES, relu_backward="def relu_backward(upstream, pre_activation:\n    return upstream"),
    keeps=["network_backward", "gradient_check"],
)
notebook(
    "one never ends",
    "one answer is an endless loop, the others are right.",
    solved(RECTIFIER, leaky_relu="def leaky_relu(x, negative_slope):\n    while True:\n        pass"),
    keeps=["relu", "tent_weights", "rescale_unit"],
)
notebook(
    "one recursion without end",
    "one answer calls itself for ever, the others are right.",
    solved(RECTIFIER, relu="def relu(x):\n    return relu(x)"),
    keeps=["leaky_relu", "tent_weights", "rescale_unit"],
)
notebook(
    "a slow cell",
    "a cell that trains something for two seconds.",
    [code("import time\nfor epoch in range(20):\n    time.sleep(0.1)"), *solved(RECTIFIER)],
)
notebook(
    "exit at the end",
    "`exit()` as the last cell, and `sys.exit()` in another.",
    [code("import sys\nsys.exit()"), *solved(BEND), code("exit()"), code("quit")],
)
notebook(
    "asks for input",
    "a cell that asks the reader to type something.",
    [code("name = input('Your name? ')\nprint('Hello', name)"), *solved(DERIVATIVES)],
)
# ------------------------------------------------------------------------------------- metadata

notebook(
    "copied answer cells",
    "every answer cell stands there twice, with the same grade_id.",
    [
        copy
        for cell in solved(RECTIFIER)
        for copy in ([dict(cell), dict(cell)] if cell["metadata"] else [cell])
    ],
)
notebook(
    "the stub below the answer",
    "a copy of the exercise's own cell was left below the answer.",
    [*solved(RECTIFIER), stub("relu"), stub("tent_weights")],
)
notebook(
    "answers in new cells",
    "the answers are in new cells without metadata, the cells meant for them were deleted.",
    [setup(BEND), *(code(source) for source in ANSWERS[BEND].values())],
    keeps=all_of(BEND),
)
notebook(
    "metadata stripped",
    "a tool has removed all metadata, and the check cells are gone.",
    [{**cell, "metadata": {}} for cell in solved(DERIVATIVES) if not cell["source"].startswith("check(")],
    keeps=all_of(DERIVATIVES),
)
notebook(
    "all in one cell",
    "the whole exercise merged into one cell.",
    [code("\n\n\n".join(["import numpy as np", *ANSWERS[BEND].values()]))],
    keeps=all_of(BEND),
)
notebook(
    "from another notebook service",
    "saved by a service that writes its own metadata and no cell ids.",
    [
        {**cell, "id": "", "metadata": cell["metadata"] | {"id": "x9", "colab": {"base_uri": "https://x"}}}
        for cell in solved(RECTIFIER)
    ],
    nbformat_minor=0,
)
notebook(
    "raw cells and attachments",
    "raw cells, an attachment, tags, folded and locked cells.",
    [
        {"cell_type": "raw", "metadata": {"format": "text/latex"}, "source": "\\alpha"},
        text("![x](attachment:x.png)", tags=["mine"]) | {"attachments": {"x.png": {"image/png": "aGFsbG8="}}},
        *({**cell, "metadata": cell["metadata"] | {"collapsed": True}} for cell in solved(DERIVATIVES)),
    ],
)
notebook(
    "saved outputs",
    "saved with all outputs: a picture, an error, much text.",
    [
        cell
        | {
            "execution_count": 7,
            "outputs": [
                {"output_type": "stream", "name": "stderr", "text": ["Warning!\n"] * 200},
                {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" * 500}},
                {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\u001b[31mno\u001b[0m"]},
            ],
        }
        if cell["cell_type"] == "code"
        else cell
        for cell in solved(BEND)
    ],
)
notebook(
    "lines of another system",
    "line ends of Windows in all sources, and tabs for indents.",
    [
        {
            **cell,
            "source": cell["source"].replace("    ", "\t").replace("\n", "\r\n").splitlines(keepends=True),
        }
        for cell in solved(RECTIFIER)
    ],
)
# ------------------------------------------------------------------------------------- IPython

notebook(
    "magics",
    "line and cell magics of all kinds.",
    [
        code("%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload"),
        *solved(
            RECTIFIER,
            relu="%time 1 + 1\n" + ANSWERS[RECTIFIER]["relu"],
            leaky_relu="%%time\n" + ANSWERS[RECTIFIER]["leaky_relu"],
        ),
        code("%timeit -n 3 -r 1 relu(np.zeros(10))\n%who"),
        code("%%capture said\nprint('unheard')"),
        code("%%html\n<b>bold</b>"),
        code("%lsmagic_with_a_typing_error"),
    ],
)
notebook(
    "shell commands",
    "shell commands, one of which would install a package.",
    [
        code("!echo hello\nfiles = !ls\nprint(files)"),
        code("!pip install --quiet numpy\n%pip --version"),
        *solved(BEND),
        code("%%bash\npwd"),
    ],
)
notebook(
    "plots",
    "plots in cells and inside an answer.",
    [
        code("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('first')\nplt.show()"),
        *solved(
            RECTIFIER,
            relu=(
                "def relu(x):\n    plt.figure()\n    plt.hist([1.0, 2.0])\n    plt.show()\n"
                "    return np.maximum(x, 0)"
            ),
        ),
        code(
            "figure, axes = plt.subplots(2, 2)\naxes[0, 0].plot(relu(np.linspace(-1, 1)))\n"
            "figure.savefig('mine.png')"
        ),
    ],
)
notebook(
    "widgets",
    "sliders and interactive plots.",
    [
        code(
            "import ipywidgets as widgets\nfrom IPython.display import HTML, display\n"
            "display(widgets.IntSlider())"
        ),
        *solved(DERIVATIVES),
        code("@widgets.interact(slope=(0.0, 1.0))\ndef draw(slope=0.5):\n    print(slope)"),
        code("display(HTML('<h1>done</h1>'))"),
    ],
)
notebook(
    "await",
    "await at the top level of a cell, and asyncio.run, which a notebook does not allow.",
    [
        code("import asyncio\nawait asyncio.sleep(0.01)"),
        *solved(BEND),
        code("asyncio.run(asyncio.sleep(0))"),
        code("async def later():\n    return 3\n\nprint(await later())"),
    ],
)
notebook(
    "history variables",
    "uses the output history and question marks.",
    [*solved(RECTIFIER), code("relu(np.ones(2))"), code("_ + 1"), code("relu?"), code("Out, In[-1], _i")],
)
# ------------------------------------------------------------------------------------- results

notebook(
    "float32 results",
    "all results in single precision.",
    solved(
        DERIVATIVES,
        relu_backward=ANSWERS[DERIVATIVES]["relu_backward"] + ".astype(np.float32)",
        network_backward=(
            ANSWERS[DERIVATIVES]["network_backward"]
            .replace("    z =", "    x = x.astype(np.float32)\n    z =")
            .replace("return {**grads,", "grads = {**grads,")
            + "\n    return {name: each.astype(np.float32) for name, each in grads.items()}"
        ),
    ),
)
notebook(
    "plain numbers",
    "Python's numbers where NumPy's are usual, also for arrays without axes.",
    solved(
        RECTIFIER,
        relu="def relu(x):\n    made = np.maximum(x, 0)\n    return made if x.ndim else made.item()",
        leaky_relu=(
            "def leaky_relu(x, negative_slope):\n"
            "    made = np.where(x > 0, x, negative_slope * x)\n"
            "    return made if x.ndim else float(made)"
        ),
        rescale_unit=ANSWERS[RECTIFIER]["rescale_unit"].replace(
            "return w / length, b / length, v * length",
            "return w / length, float(b / length), float(v * length)",
        ),
    ),
)
notebook(
    "lists for arrays",
    "lists where arrays are asked for, a list for a tuple.",
    solved(
        RECTIFIER,
        relu="def relu(x):\n    return np.maximum(x, 0).tolist()",
        leaky_relu=ANSWERS[RECTIFIER]["leaky_relu"] + ".tolist()",
        tent_weights=(
            ANSWERS[RECTIFIER]["tent_weights"].replace(
                "return np.ones(3), -kinks, np", "return [1, 1, 1], -kinks, np"
            )
        ),
        rescale_unit=ANSWERS[RECTIFIER]["rescale_unit"].replace(
            "return w / length, b / length, v * length", "return [w / length, b / length, v * length]"
        ),
    ),
)
notebook(
    "loops",
    "right, but element by element.",
    solved(
        RECTIFIER,
        relu=(
            "def relu(x):\n    made = np.zeros_like(x)\n    for place in np.ndindex(x.shape):\n"
            "        made[place] = 0 if x[place] <= 0 else x[place]\n    return made"
        ),
    ),
)
notebook(
    "changes its input",
    "right, but written into the array that was given.",
    solved(RECTIFIER, relu="def relu(x):\n    x[x < 0] = 0\n    return x"),
)
notebook(
    "unusual functions",
    "a lambda, a partial, a method and a decorated function as answers.",
    solved(
        RECTIFIER,
        relu="import functools\n\nrelu = functools.partial(np.maximum, 0)",
        leaky_relu="leaky_relu = lambda x, negative_slope: np.where(x > 0, x, negative_slope * x)",
        tent_weights="@functools.cache\n" + ANSWERS[RECTIFIER]["tent_weights"],
        rescale_unit=(
            "class Unit:\n"
            + indented(ANSWERS[RECTIFIER]["rescale_unit"].replace("(w, b, v)", "(self, w, b, v)", 1), "    ")
            + "\n\nrescale_unit = Unit().rescale_unit"
        ),
    ),
)
notebook(
    "types and defaults",
    "type hints, default values, early returns, numpy under its whole name.",
    solved(
        RECTIFIER,
        relu=(
            "import numpy\n\n\ndef relu(x: numpy.ndarray, /, zero: float = 0) -> 'numpy.ndarray':\n"
            '    """Übung: max(0, x) 🎓 – naïve."""\n    return numpy.maximum(x, zero)'
        ),
        leaky_relu=ANSWERS[RECTIFIER]["leaky_relu"].replace(
            "negative_slope)", "negative_slope=0.01, **more)", 1
        ),
    ),
)
# ------------------------------------------------------------------------------------- state

notebook(
    "names taken",
    "variables named like functions of Python: list, max, sum, type.",
    [*solved(BEND), code("list, max, sum, type, len_ = [1], 2, 3, 'x', 4\nprint(list, max)")],
)
notebook(
    "global settings",
    "seeds, print options, warning filters and a changed working folder.",
    [
        code("import os, random, warnings\nnp_seed = 3\nrandom.seed(3)\nwarnings.simplefilter('error')"),
        *solved(DERIVATIVES),
        code("np.random.seed(1)\nnp.set_printoptions(precision=2)\nos.makedirs('work')\nos.chdir('work')"),
    ],
)
notebook(
    "files",
    "writes files and reads them again.",
    [
        code(
            "with open('notes.txt', 'w') as file:\n    file.write('x' * 100_000)\n"
            "print(len(open('notes.txt').read()))"
        ),
        *solved(BEND),
        code("np.save('weights.npy', np.zeros((100, 100)))\nprint(np.load('weights.npy').shape)"),
    ],
)
notebook(
    "threads and processes",
    "a thread that ends, a thread that goes on, a process.",
    [
        code(
            "import subprocess, threading, time\nfirst = threading.Thread(target=print)\n"
            "first.start()\nfirst.join()"
        ),
        *solved(RECTIFIER),
        code("threading.Thread(target=time.sleep, args=(1,), daemon=True).start()"),
        code("print(subprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout)"),
    ],
)
notebook(
    "own tests",
    "assertions, a doctest, a test class, and hints asked for.",
    [
        *solved(RECTIFIER),
        code("check.hint('relu')\ncheck.progress()\nassert relu(np.array(-1.0)) == 0"),
        code("import doctest\ndoctest.testmod()"),
        code(
            "import unittest\n\n\nclass Tests(unittest.TestCase):\n    def test(self):\n        self.fail()"
        ),
        code("unittest.main(argv=['x'], exit=False)"),
    ],
)
notebook(
    "Übung 1 – Zoë  Đặng (fertig) 🎓",
    "a file name with spaces, accents and a picture.",
    solved(RECTIFIER),
)
notebook(
    "01_the_rectifier (1).ipynb",
    "a file name that a browser has made, with the ending .ipynb.txt.",
    solved(RECTIFIER),
)


def path(name):
    return FOLDER / (f"{name}.txt" if name.endswith(".ipynb") else f"{name}.ipynb")


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name, content in CORPUS.items():
        path(name).write_bytes(content.encode("utf-8"))
    print(f"{len(CORPUS)} notebooks are in {FOLDER}.")


if __name__ == "__main__":
    main()
