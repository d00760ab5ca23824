"""Lesson 14, the clinic: predictions and quizzes. The questions of its parts have files of their own."""

from utils.question import Choice, Option
from utils.questions import clinic_build, clinic_diagnose, clinic_predict

EQUAL = "Equal-units-stay-equal"
PARTS = "Build-and-predict"

QUESTIONS = (*clinic_diagnose.QUESTIONS, *clinic_build.QUESTIONS, *clinic_predict.QUESTIONS)

CHOICES = (
    Choice(
        "flat_losses",
        "Twenty wards, so twenty networks with each illness. Of each you get one number: the loss after "
        "three epochs, as a share of ln(classes), the loss of a network that ignores its input. For how many "
        "of the six illnesses does it lie between 0.8 and 1.3 in all twenty networks?",
        (
            Option(
                "None: each illness has a loss of its own",
                "Then the loss would do for a diagnosis. Five of the six end up at the same place.",
            ),
            Option(
                "Two, faint and dead layer: in the others the input still gets through, so they learn a part",
                "It gets through in some of the others, and in three epochs it helps them little: they, too, "
                "are near the loss of who ignores the input.",
            ),
            Option(
                "Five: all but exploding",
                "Yes. Most exploding networks have no number any more, and the few that have one stand near "
                "1 as well. That they do not learn you can read there, but not why.",
                right=True,
            ),
        ),
        clinic_diagnose.SIGNS,
    ),
    Choice(
        "first_look",
        "The loss of a network stays at ln 10. In hidden layer 3 of 5 the dead share is 1, and z in layer 5 "
        "is a fiftieth of its size in layer 1. What has it?",
        (
            Option(
                "It is faint: the size falls fiftyfold",
                "Behind a dead layer z consists of biases: its size there tells nothing of the weights. Look "
                "for dead layers before you compare sizes.",
            ),
            Option(
                "A dead layer",
                "Yes. What comes behind it is made of biases alone, so the sizes there are no sign of "
                "anything else.",
                right=True,
            ),
            Option(
                "Both a dead layer and faintness",
                "The sizes do not show the second: behind a dead layer z consists of biases, whatever the "
                "weights are.",
            ),
        ),
        clinic_diagnose.SIGNS,
    ),
    Choice(
        "equal_units",
        "In one hidden layer all units are copies of one unit: the same incoming weights, the same bias, the "
        "same outgoing weights. All other layers are random, and so are the batches. The network is trained "
        "for 30 epochs. What becomes of the copies?",
        (
            Option(
                "The random batches make them different after a few steps",
                "A batch is random, but it is the same batch for all units of the layer. Equal units get "
                "equal gradients from it.",
            ),
            Option(
                "They do not move: equal units have gradient 0",
                "They have gradients, and move. All of them have the same one.",
            ),
            Option(
                "They move, and stay copies of each other",
                "Yes. Equal weights make equal outputs, equal outgoing weights bring back equal gradients, "
                "and equal steps keep all that equal.",
                right=True,
            ),
            Option(
                "The random layers before and behind make them different",
                "Before it: all units of the layer see the same inputs. Behind it: their outgoing weights "
                "are equal, so the same comes back to each.",
            ),
        ),
        EQUAL,
    ),
    Choice(
        "one_number",
        "A ReLU network starts with every weight 0.05 and every bias 0. To how large a network is it equal, "
        "as long as it is trained by gradient descent?",
        (
            Option(
                "To one with a single unit in each hidden layer",
                "Yes, if that unit's outgoing weight stands for the sum of all copies. Every hidden layer "
                "has copies of one unit, and they stay copies.",
                right=True,
            ),
            Option(
                "To itself: training gives each unit a task of its own",
                "For that the units would need different gradients, and copies get equal ones.",
            ),
            Option(
                "To no network at all: it cannot take a step",
                "Its gradients are not 0: it learns what one unit in each layer can learn.",
            ),
        ),
        EQUAL,
    ),
    Choice(
        "tenth_rate",
        "“Try a lower learning rate” is the most common advice for a network that does not learn. Give each "
        "of the six ill kinds a tenth of its rate, and 30 epochs. How many kinds are cured in more than half "
        "of twenty wards, that is, get 85 % of their own samples right?",
        (
            Option(
                "None",
                "Yes. A smaller step prevents what a large one would do. It undoes nothing, and it does not "
                "make a faint signal louder.",
                right=True,
            ),
            Option(
                "One, dying: it was the rate that killed the units",
                "The cause is gone, the damage is not: units of the first layer that are dead stay dead.",
            ),
            Option(
                "Two, dying and exploding: both take far too large steps",
                "Both do. But the dead units stay dead, and a tenth of a gradient that has grown with every "
                "layer is still too large, with hardly an exception.",
            ),
            Option(
                "Four: only a missing bend and a dead layer need more",
                "Equal units stay equal at any rate, a faint network gets only slower, and dead "
                "units stay dead.",
            ),
        ),
        clinic_diagnose.TREATMENT,
    ),
    Choice(
        "forty_dead",
        "A network gets 99 % of its samples right, and its loss falls. In its hidden layer 40 % of the units "
        "are dead. What do you do?",
        (
            Option(
                "Leave it as it is",
                "Yes. Dead units are a sign, not an illness: those that live do the job.",
                right=True,
            ),
            Option(
                "Revive the dead units, with outgoing weights 0 so that nothing is lost",
                "That would do no harm at once. But nothing is ill here, and a treatment that nobody needs "
                "is none.",
            ),
            Option(
                "Draw fresh weights and start again with a lower rate",
                "You would throw away what it has learnt, to mend what does not hurt.",
            ),
        ),
        clinic_diagnose.TREATMENT,
    ),
    Choice(
        "best_of_twelve",
        "For part B you try twelve settings, and measure each on the same 1000 samples that it has not been "
        "trained on. The best one gets 70.5 %, the eleven others a little less. The pass mark is 70 %, on "
        "samples that are drawn anew. What do you expect?",
        (
            Option(
                "70.5 % again: it was not trained on those samples",
                "Not trained, but chosen by them. The best of twelve is partly the luckiest of twelve.",
            ),
            Option(
                "Rather less: choose by some samples, measure by others, and leave a margin",
                "Yes. The best of several noisy numbers is on average too good.",
                right=True,
            ),
            Option(
                "Rather more: the new samples are as many, and the setting is now the right one",
                "Nothing makes the new samples easier. The best of twelve was partly the luckiest of twelve.",
            ),
        ),
        PARTS,
    ),
)
