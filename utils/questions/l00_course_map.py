"""The prediction and the quiz of the course map: a lesson in one minute. There is no exercise."""

from utils.question import Choice, Option

QUESTIONS = ()

CHOICES = (
    Choice(
        "two_ramps",
        "`relu(x)` is `x` where x is positive, and 0 elsewhere. It grows without bound. "
        "What does `relu(x) - relu(x - 1)` do when x becomes larger and larger?",
        (
            Option(
                "It grows without bound, like both of its parts",
                "Both parts grow, but at the same rate once x is above 1. What grows cancels.",
            ),
            Option(
                "It stays at 1",
                "From x = 1 on it is x - (x - 1), which is 1.",
                right=True,
            ),
            Option(
                "It comes back to 0",
                "The second part starts 1 later and never catches up: the lead of 1 remains.",
            ),
        ),
        "3.-A-lesson-in-one-minute",
    ),
    Choice(
        "plateau",
        "You want a function that is 0 up to x = 0, climbs with slope 1, and stays at 2.5. Which is it?",
        (
            Option(
                "`relu(x) - relu(x - 2.5)`",
                "The climb has slope 1 and takes from 0 to 2.5, so it ends at height 2.5.",
                right=True,
            ),
            Option(
                "`2.5 * relu(x)`",
                "That climbs with slope 2.5 and never stops. To stop a climb, subtract a second rectifier.",
            ),
            Option(
                "`relu(x) - 2.5`",
                "That lowers the whole ramp by 2.5, and it still grows without bound.",
            ),
            Option(
                "`relu(x - 2.5)`",
                "That moves the corner to 2.5: 0 up to there, and then it grows without bound.",
            ),
        ),
        "3.-A-lesson-in-one-minute",
    ),
)
