"""What ``diagnose`` says of answers, right and wrong, honest and odd."""

import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
from sample_lesson import LEAKY_RELU, STATISTICS

from utils.answers import Raised, Result, call, collect, plain, work
from utils.compare import difference
from utils.judge import diagnose, judge
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG, Mistake, Outcome
from utils.words import shown


def outcome(function, asked=LEAKY_RELU) -> Outcome:
    return diagnose(asked, function, np.random.default_rng(5))


def remarks(function, asked=LEAKY_RELU) -> set[str]:
    result = outcome(function, asked)
    assert result.status == RIGHT, result
    return {remark.name for remark in result.remarks}


def right(x, negative_slope):
    return np.where(x > 0, x, negative_slope * x).astype(x.dtype)


def test_a_right_answer_has_no_remarks():
    assert outcome(right) == Outcome(RIGHT, "All cases agree.", "All cases agree.")


def test_no_function_and_a_stub_are_not_attempted():
    def leaky_relu(x, negative_slope):
        raise NotImplementedError()

    assert outcome(None).status == NOT_ATTEMPTED
    assert outcome(leaky_relu).status == NOT_ATTEMPTED


def test_an_unwritten_helper_is_named():
    def helper(x):
        raise NotImplementedError

    def leaky_relu(x, negative_slope):
        return helper(x)

    result = outcome(leaky_relu)
    assert (result.status, result.message) == (RAISED, "It calls `helper`, which is not written yet.")


@pytest.mark.parametrize("value", [3, np.zeros(2), "text", [right]])
def test_a_name_bound_to_something_else(value):
    result = outcome(value)
    assert result.status == WRONG
    assert "not a function" in result.message


@pytest.mark.parametrize("mistake", LEAKY_RELU.mistakes, ids=lambda mistake: mistake.name)
def test_each_mistake_is_told_its_own_sentence(mistake):
    result = outcome(mistake.function)
    assert result.mistake == mistake.name
    assert result.message.startswith(mistake.sentence)
    assert result.summary == mistake.sentence


def test_a_mistake_written_in_another_way_is_recognised():
    result = outcome(lambda x, negative_slope: np.clip(x, 0, None))
    assert result.mistake == "slope ignored"


def test_another_exception_of_the_same_type_is_another_mistake():
    def reshapes(x, negative_slope):
        return x.reshape(1000)

    assert outcome(reshapes).mistake is None
    any_value_error = Mistake("any", lambda *given: (_ for _ in ()).throw(ValueError), "Some ValueError.")
    assert outcome(reshapes, replace(LEAKY_RELU, mistakes=(any_value_error,))).mistake == "any"


def test_a_mistake_that_agrees_on_some_cases_only_is_not_taken_for_a_known_one():
    result = outcome(lambda x, negative_slope: np.maximum(x, 0) if x.ndim == 2 else np.abs(x))
    assert result.mistake is None


def test_a_mistake_beside_another_fault_is_told_with_reserve():
    def two_faults(x, negative_slope):
        return np.maximum(x, 0) if x.ndim == 1 else np.maximum(x, 0)[:1]

    result = outcome(two_faults)
    assert (result.status, result.mistake) == (WRONG, "slope ignored")
    assert result.message.split("\n") == [
        "At least this: The slope does nothing here.",
        "For x = `[-3., -0., 0., 2., nan, -inf]` and negative_slope = `0.1`, "
        "it returned `[0., 0., 0., 2., nan, 0.]`, expected `[-0.3, 0., 0., 2., nan, -inf]`.",
    ]
    assert result.summary == "The slope does nothing here."


def test_the_case_that_is_quoted_shows_the_mistake_that_is_told():
    def two_faults(x, negative_slope):
        if np.isnan(x).any():
            raise KeyError("nan")
        return np.maximum(x, 0)

    result = outcome(two_faults)
    assert (result.status, result.mistake) == (WRONG, "slope ignored")
    assert "KeyError" not in result.message


def test_who_gets_a_case_right_that_a_mistake_gets_wrong_does_not_make_it():
    def slope_ignored_in_two_cases_of_three(x, negative_slope):
        return right(x, negative_slope) if x.ndim == 2 else np.maximum(x, 0)

    result = outcome(slope_ignored_in_two_cases_of_three)
    assert (result.status, result.mistake) == (WRONG, None)
    assert result.message.startswith("For x = ")


def test_an_unknown_mistake_is_explained_by_the_first_case_that_differs():
    result = outcome(lambda x, negative_slope: np.where(x > 5, x, negative_slope * x))
    assert result.message == (
        "For x = `[-3., -0., 0., 2., nan, -inf]` and negative_slope = `0.1`, "
        "it returned `[-0.3, 0., 0., 0.2, nan, -inf]`, expected `[-0.3, 0., 0., 2., nan, -inf]`."
    )
    assert "0.2" not in result.summary


def test_a_large_case_is_explained_by_one_element():
    def wrong_in_one_place(x, negative_slope):
        y = right(x, negative_slope)
        if y.ndim == 2:
            y[2, 1] = 5
        return y

    def asked(*shape):
        return replace(LEAKY_RELU, cases=lambda generator: [(np.arange(np.prod(shape)).reshape(shape), 0.5)])

    short = outcome(wrong_in_one_place, asked(3, 3)).message
    assert short == (
        "For x = `[[0, 1, 2], [3, 4, 5], [6, 7, 8]]` and negative_slope = `0.5`, "
        "it returned `[[0, 1, 2], [3, 4, 5], [6, 5, 8]]`, expected `[[0, 1, 2], [3, 4, 5], [6, 7, 8]]`: "
        "1 of 9 elements differs, the first at [2, 1]."
    )
    assert outcome(wrong_in_one_place, asked(20, 4)).message == (
        "For x[2] = `[8, 9, 10, 11]` and negative_slope = `0.5`, 1 of 80 elements differs; "
        "in row 2 (the first is row 0) it returned `[8, 5, 10, 11]`, expected `[8, 9, 10, 11]`."
    )
    assert outcome(wrong_in_one_place, asked(3, 50)).message == (
        "For x = an array of shape (3, 50) (int64) and negative_slope = `0.5`, "
        "1 of 150 elements differs; at [2, 1] it is `5`, expected `101`."
    )


def test_what_is_shown_of_two_results_differs_even_where_few_digits_do():
    def nearly(x, negative_slope):
        return right(x, negative_slope) * (1 + 1e-8)

    told = outcome(nearly, replace(LEAKY_RELU, cases=lambda generator: [(np.array([1.0, 2.0]), 0.5)]))
    assert "at [0] it is `1.00000001`, expected `1.0`" in told.message


def test_the_settings_for_printing_do_not_change_a_message():
    def wrong(x, negative_slope):
        return np.zeros_like(x)

    with np.printoptions(precision=1, suppress=True, threshold=1, floatmode="fixed", sign="+"):
        changed = outcome(wrong).message
    assert changed == outcome(wrong).message


def test_items_of_a_result_are_named_where_the_question_names_them():
    asked = replace(STATISTICS, reference=lambda values: (np.min(values), np.max(values), len(values)))
    named = replace(asked, names=("low", "high", "count"))
    swapped, short = (lambda values: (min(values), 0.0, len(values))), (lambda values: (min(values), 0.0))
    assert "in item 2 of 3 it returned `0.0`" in outcome(swapped, asked).message
    assert "as `high` it returned `0.0`" in outcome(swapped, named).message
    assert "it returned 2 items, expected 3: `low`, `high`, `count`." in outcome(short, named).message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([np.array([1.0, 2.0]), np.array([[3.5]])], "`[[1., 2.], [[3.5]]]`"),
        ((np.float32(0.5),), "`(0.5,)`"),
        ({"a": np.zeros(2), "b": [None]}, "`{'a': [0., 0.], 'b': [None]}`"),
        ([1] * 41, "a list of 41 items"),
        (np.zeros(41, np.float32), "an array of shape (41,) (float32)"),
        (np.array(["a" * 1000]), f"an array of shape (1,) ({np.array(['a' * 1000]).dtype})"),
        ("a" * 90, "a text"),
    ],
)
def test_values_are_written_in_full_while_they_are_short(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x, negative_slope: None, "it returned None (is a `return` missing?), expected an array"),
        (
            lambda x, negative_slope: x[:2],
            "it returned an array of shape (2,), expected an array of shape (6,)",
        ),
        (lambda x, negative_slope: right(x, negative_slope)[None], "array of shape (1, 6)"),
        (lambda x, negative_slope: 1.0, "it returned a single number"),
        (lambda x, negative_slope: "x", "it returned a text"),
        (lambda x, negative_slope: (v for v in x), "it returned a generator"),
        (lambda x, negative_slope: right, "it returned a function"),
        (lambda x, negative_slope: right(x, negative_slope).astype(object), "an array of dtype object"),
        (lambda x, negative_slope: [[1.0], [2.0, 3.0]], "it returned a list of 2 items"),
    ],
)
def test_results_of_the_wrong_form_are_told_in_words(function, words):
    result = outcome(function)
    assert result.status == WRONG
    assert words in result.message


class Agreeable(np.ndarray):
    """Says that it equals everything."""

    def __eq__(self, other):
        return np.True_

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.True_


class AgreeableFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize("pretender", [np.zeros(6).view(Agreeable), AgreeableFloat(1.0), [AgreeableFloat()]])
def test_an_object_that_pretends_to_be_equal_is_not_trusted(pretender):
    result = outcome(lambda x, negative_slope: pretender)
    assert result.status == WRONG
    assert "an object of type Agreeable" in result.message


def test_an_exception_is_told_with_its_line_and_without_a_traceback():
    def leaky_relu(x, negative_slope):
        y = x + 1
        return y.reshape(1000)

    result = outcome(leaky_relu)
    assert result.status == RAISED
    assert result.message.startswith(
        "For x = `[-3., -0., 0., 2., nan, -inf]` and negative_slope = `0.1`, "
        "your function raised ValueError: cannot reshape"
    )
    assert "`return y.reshape(1000)`" in result.message
    assert result.summary == "Your function raised ValueError."


def test_an_exception_without_a_text_and_one_whose_text_fails():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def empty(x, negative_slope):
        raise KeyError

    def mute(x, negative_slope):
        raise Mute

    assert "raised KeyError (line" in outcome(empty).message
    assert "raised Mute (line" in outcome(mute).message
    assert outcome(mute).summary == "Your function raised an exception."


def test_the_wrong_number_of_arguments_says_how_it_is_called():
    message = outcome(lambda x: x).message
    assert "takes 1 positional argument but 2 were given" in message
    assert "The check calls it as `leaky_relu(x, negative_slope)`." in message


def test_endless_recursion_and_leaving_python_are_errors_like_others():
    def endless(x, negative_slope):
        return endless(x, negative_slope)

    assert "RecursionError" in outcome(endless).message
    assert "SystemExit" in outcome(lambda x, negative_slope: sys.exit(3)).message


def test_an_interrupt_passes_through():
    def interrupted(x, negative_slope):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcome(interrupted)


def test_changing_the_input_is_remarked():
    def in_place(x, negative_slope):
        x[x < 0] *= x.dtype.type(negative_slope)
        return x

    assert remarks(in_place) == {"mutates"}


def test_another_dtype_is_remarked():
    def widens(x, negative_slope):
        return right(x, negative_slope).astype(np.float64)

    assert remarks(widens) == {"dtype"}
    (remark,) = outcome(widens).remarks
    assert remark.sentence == "It returns float64 where float32 is right; mend it with `.astype(x.dtype)`."


def test_a_list_is_accepted_and_remarked():
    assert remarks(lambda x, negative_slope: right(x, negative_slope).tolist()) == {"list"}


def test_a_warning_is_remarked_unless_the_reference_gives_it_too():
    def warns(x, negative_slope):
        np.exp(np.full(3, 1000.0))
        return right(x, negative_slope)

    result = outcome(warns)
    assert [remark.sentence for remark in result.remarks] == [
        "NumPy warned: overflow encountered in exp. The values are right all the same."
    ]
    assert remarks(warns, replace(LEAKY_RELU, reference=warns)) == set()


def test_for_a_division_that_is_never_chosen_the_cure_is_named():
    def divides(x, negative_slope):
        np.where(x == 0, 0, x / (0 * x))
        return right(x, negative_slope)

    (remark,) = outcome(divides).remarks
    assert "in divide. The values are right all the same." in remark.sentence
    assert "`np.divide` has `where=`" in remark.sentence


def test_the_text_of_other_warnings_is_not_repeated():
    def leaks(x, negative_slope):
        warnings.warn(f"secret {x.sum()}", stacklevel=2)
        return right(x, negative_slope)

    assert [remark.sentence for remark in outcome(leaks).remarks] == ["It gave a warning."]


def test_prints_are_not_shown(capfd):
    def chatty(x, negative_slope):
        print("hello")
        print("hello", file=sys.stderr)
        return right(x, negative_slope)

    assert remarks(chatty) == set()
    assert outcome(chatty).printed
    assert not outcome(right).printed
    assert capfd.readouterr() == ("", "")


def test_printing_an_array_is_no_loop():
    def prints(x, negative_slope):
        print("x:", x, repr(right(x, negative_slope)), np.array2string(x, threshold=10**9))
        return right(x, negative_slope)

    assert remarks(prints) == set()


def one(value, negative_slope):
    return value if value > 0 or value != value else negative_slope * value


def with_for(x, negative_slope):
    y = x.copy()
    for place in np.ndindex(x.shape):
        y[place] = one(x[place], negative_slope)
    return y


def with_for_on_one_line(x, negative_slope):
    flat = x.copy().ravel()
    for i in range(flat.size): flat[i] = flat[i] if not flat[i] < 0 else negative_slope * flat[i]  # fmt: skip # noqa: E701
    return flat.reshape(x.shape)


def with_while(x, negative_slope):
    flat, i = x.copy().ravel(), 0
    while i < flat.size:
        flat[i] = one(flat[i], negative_slope)
        i += 1
    return flat.reshape(x.shape)


def with_comprehension(x, negative_slope):
    return np.array([v if not v < 0 else negative_slope * v for v in x.flat], dtype=x.dtype).reshape(x.shape)


def with_generator(x, negative_slope):
    return np.fromiter((v if not v < 0 else negative_slope * v for v in x.flat), x.dtype).reshape(x.shape)


def with_map(x, negative_slope):
    return np.array(list(map(lambda v: one(v, negative_slope), x.flat)), dtype=x.dtype).reshape(x.shape)


def with_map_of_a_builtin(x, negative_slope):
    bent = list(map(float.__mul__, x.ravel().tolist(), np.where(x > 0, 1.0, negative_slope).ravel().tolist()))
    return np.array(bent).astype(x.dtype).reshape(x.shape)


def with_rows(x, negative_slope):
    return np.array([right(row, negative_slope) for row in x])


def with_vectorize_inside(x, negative_slope):
    return np.vectorize(one, otypes=[x.dtype])(x, negative_slope)


ONE_BY_ONE = np.vectorize(lambda v, slope: one(v, slope), otypes=[np.float64])


def with_vectorize_elsewhere(x, negative_slope):
    return ONE_BY_ONE(x, negative_slope).astype(x.dtype)


def with_apply_along_axis(x, negative_slope):
    return np.apply_along_axis(np.positive, 0, right(x, negative_slope))


LOOPS = [
    with_for,
    with_for_on_one_line,
    with_while,
    with_comprehension,
    with_generator,
    with_map,
    with_map_of_a_builtin,
    with_rows,
    with_vectorize_inside,
    with_vectorize_elsewhere,
    with_apply_along_axis,
    np.vectorize(one, otypes=[np.float64]),
]


@pytest.mark.parametrize("function", LOOPS, ids=lambda function: getattr(function, "__name__", "vectorize"))
def test_a_loop_over_elements_is_remarked(function):
    assert "loops" in remarks(function)
    assert "loops" not in remarks(function, replace(LEAKY_RELU, vectorised=False))


def test_a_loop_of_fixed_length_is_not_remarked():
    def halves(x, negative_slope):
        y = x.copy()
        for sign in (1, -1):
            for _ in range(30):
                y = np.where(sign * x < 0, y, y)
        return right(y, negative_slope)

    assert remarks(halves) == set()


def test_where_repeating_makes_no_sense_the_sizes_come_from_the_question():
    asked = replace(
        LEAKY_RELU,
        id="product",
        reference=lambda x, weights: x @ weights,
        cases=lambda generator: [(generator.normal(size=(3, 2)), generator.normal(size=(2, 4)))],
        mistakes=(),
        sized=lambda n: (np.ones((n, 2)), np.ones((2, 4))),
    )
    assert remarks(lambda x, weights: x @ weights, asked) == set()
    assert remarks(lambda x, weights: np.stack([row @ weights for row in x]), asked) == {"loops"}


def test_counting_work_puts_the_trace_function_back():
    def mine(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(mine)
    try:
        work(right, (np.ones(3), 0.1))
        found = sys.gettrace()
    finally:
        sys.settrace(before)
    assert found is mine


def test_each_call_has_its_own_copy_of_the_arguments():
    cases = [(np.ones(3),), (np.ones(3),)]
    calls = collect(lambda x: x.__imul__(2), [cases[0], cases[0], cases[1]])
    assert [result.value.tolist() for result in calls] == [[2.0] * 3] * 3
    assert cases[0][0].tolist() == [1.0] * 3


def test_a_result_does_not_change_with_a_later_call():
    buffer = np.zeros(2)

    def reuses(x):
        buffer[:] = x
        return buffer

    first, second = collect(reuses, [(np.ones(2),), (np.full(2, 7.0),)])
    assert first.value.tolist() == [1.0, 1.0]
    assert second.value.tolist() == [7.0, 7.0]


@pytest.mark.parametrize(
    "argument", [np.float64("nan"), [1.0, np.nan], {"a": np.array([np.nan])}, (None, "text")]
)
def test_reading_an_argument_does_not_count_as_changing_it(argument):
    assert not call(lambda given: 1, (argument,)).mutated


def test_changes_inside_lists_and_dictionaries_are_seen():
    assert call(lambda given: given.append(1), ([1],)).mutated
    assert call(lambda given: given["a"].fill(0), ({"a": np.ones(2)},)).mutated


def test_data_that_contains_itself_is_refused():
    def knot():
        items = []
        items.append(items)
        return items

    assert "nested" in call(knot, ()).refused


def test_plain_keeps_types():
    value = {"a": [1, 2.0, True, None, "x"], "b": (np.float32(1), np.arange(3))}
    copy = plain(value)
    assert [type(item) for item in copy["a"]] == [int, float, bool, type(None), str]
    assert type(copy["b"][0]) is np.float32
    assert copy["b"][1] is not value["b"][1]


def test_nested_answers():
    def statistics(values):
        return {"mean": np.mean(values), "shape": [len(values), "rows"]}

    assert outcome(statistics, STATISTICS).status == RIGHT
    wrong_text = outcome(lambda values: statistics(values) | {"shape": (len(values), "columns")}, STATISTICS)
    assert (
        "under the key 'shape' in item 2 of 2 it returned `'columns'`, expected `'rows'`"
        in wrong_text.message
    )
    missing = outcome(lambda values: {"mean": 0.0}, STATISTICS)
    assert "has the keys `['mean']`, expected `['mean', 'shape']`" in missing.message


def test_a_question_with_many_right_answers_brings_its_own_comparison():
    def compare(got, expected, arguments):
        near = abs(np.std(got) - np.std(expected)) < 0.1 * np.std(expected)
        return None if near else f"it returned numbers with standard deviation {np.std(got):.2f}"

    def draw(scale):
        return lambda seed: scale * np.random.default_rng(seed + 1).normal(size=2000)

    asked = replace(
        STATISTICS,
        reference=lambda seed: np.random.default_rng(seed).normal(size=2000),
        cases=lambda generator: [(int(generator.integers(1000)),)],
        mistakes=(Mistake("variance for deviation", draw(2.0), "This is the variance."),),
        compare=compare,
    )
    assert outcome(draw(1.0), asked).status == RIGHT
    assert outcome(draw(2.01), asked).mistake == "variance for deviation"
    assert "it returned numbers with standard deviation" in outcome(draw(3.0), asked).message


def test_a_question_without_arguments_and_one_that_asks_for_an_exception():
    constant = replace(STATISTICS, reference=lambda: 1.5, cases=lambda generator: [()])
    assert outcome(lambda: 1.5, constant).status == RIGHT
    assert outcome(lambda: 2, constant).message == "It returned `2`, expected `1.5`."

    def refuses(values):
        if len(values) > 6:
            raise ValueError("too long")
        return 0.0

    asked = replace(STATISTICS, reference=refuses)
    assert outcome(refuses, asked).status == RIGHT
    assert "it should raise ValueError, and did not" in outcome(lambda values: 0.0, asked).message


ODD = [
    10**5000,
    [10**5000],
    {1: 2},
    {"mean": None, "shape": 3},
    {10**5000: 1},
    [None],
    [{}],
    [[1], [1, 2]],
    ["a", 1],
    (),
    "",
    float("nan"),
    1j,
    np.array(["a"]),
    np.array([1j]),
    np.zeros((0, 3)),
    np.float16(1),
    np.longdouble(1),
    np.array([np.inf], dtype=np.float16),
    np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.zeros(2, dtype=[("a", float)]),
    np.ma.masked_array([1.0], [True]),
    b"bytes",
    {1},
    range(3),
    Ellipsis,
    type,
    object(),
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_odd_results_are_wrong_and_nothing_else_happens(value):
    squared = replace(STATISTICS, compare=lambda got, expected, arguments: f"off by {got['mean'] ** 2}")
    for asked in (LEAKY_RELU, STATISTICS, squared):
        result = outcome(lambda *arguments: value, asked)
        assert result.status == WRONG
        assert len(result.message) < 500


def test_a_very_long_exception_text_is_cut():
    def shouts(x, negative_slope):
        raise ValueError("a" * 10**6)

    assert len(outcome(shouts).message) < 500


def test_results_from_elsewhere_are_judged_alike():
    cases = LEAKY_RELU.cases(np.random.default_rng(1))
    values = [Result(value=right(*case)) for case in cases]
    assert judge(LEAKY_RELU, cases, values).status == RIGHT
    assert judge(LEAKY_RELU, cases, [Result(refused="a generator"), *values[1:]]).status == WRONG
    assert judge(LEAKY_RELU, cases, [*values[:2], Result(raised=Raised("ValueError"))]).status == RAISED
    stub = [Result(raised=Raised("NotImplementedError", function="leaky_relu"))]
    assert judge(LEAKY_RELU, cases, stub).status == NOT_ATTEMPTED
    refusing = replace(LEAKY_RELU, reference=lambda x, negative_slope: [].pop())
    short = [Result(raised=Raised("IndexError"))]
    for asked, given in (
        (LEAKY_RELU, values[:2]),
        (LEAKY_RELU, values * 2),
        (LEAKY_RELU, []),
        (refusing, short),
    ):
        with pytest.raises(ValueError, match="3 cases, but"):
            judge(asked, cases, given)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (-0.0, 0.0),
        (np.float64(2), 2),
        (np.array(2.0), 2.0),
        (2, np.array(2.0)),
        ([1, 2], np.array([1.0, 2.0])),
        ([1, np.array([2])], (1, [2])),
        (np.array([np.nan, np.inf, -np.inf]), np.array([np.nan, np.inf, -np.inf])),
        (np.float32(0.1), 0.1),
        (np.array([1.0 + 1e-12]), np.array([1.0])),
        (np.bool_(True), True),
        (np.array([1, 0]), np.array([True, False])),
        (np.array(["a"]), ["a"]),
        (1 + 1j, np.complex128(1 + 1j)),
    ],
)
def test_equal_answers(got, expected):
    assert difference(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.inf, -np.inf),
        (np.nan, 0.0),
        (0.0, np.nan),
        (1e308, np.inf),
        (3, 2),
        (np.int64(10**15 + 1), 10**15),
        (np.array([1.0 + 1e-6]), np.array([1.0])),
        (np.ones((1,)), 1.0),
        (np.ones((2, 1)), np.ones((1, 2))),
        (False, True),
        (None, 0.0),
        (0.0, None),
        ("right", "left"),
        (1, "1"),
        ("1", 1),
        ([1, 2, 3], (1, 2)),
        (1.0, (1.0, 2.0)),
        ({}, {"a": 1}),
    ],
)
def test_different_answers(got, expected):
    assert difference(got, expected)
