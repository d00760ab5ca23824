"""Static mode: what a notebook shows is for a page without a kernel, not for a learner at a keyboard.

With the environment variable RELU_COURSE_STATIC=1 explorers, predictions and quizzes display HTML that
works by itself, and what is about the learner's own computer and progress says so instead. The site and
the static slides are made from lessons that were executed like this.
"""

import os

VARIABLE = "RELU_COURSE_STATIC"


def is_on() -> bool:
    """Whether what is displayed goes to a page without a kernel."""
    return os.environ.get(VARIABLE) == "1"
