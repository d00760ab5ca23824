"""The routes with a clock: chosen sections, exercises and breaks for an hour, half a day and two days.

Minutes of sections come from the notebooks. Those of exercises and pauses are set here.
"""

from utils.route import Exercises, Part, Pause, Route

_RECTIFIER = (
    Part("01_the_rectifier", ("Six ways to write it", "One unit is one bend", "Bends add up to shapes")),
    Exercises("01_the_rectifier", ("relu", "leaky_relu"), 15),
)

_HOUR = (
    Pause(
        "Welcome",
        2,
        "Say what the hour is for: one function, keep what is positive and turn the rest into 0, and four "
        "things that follow from it. Everybody has JupyterLab open on lesson 1 and has run its first cell. "
        "Predictions are made with hands up, before anything is run.",
    ),
    Part(
        "01_the_rectifier",
        ("One unit is one bend",),
        tell="ReLU is relu(z) = max(0, z), applied to each number of an array; in NumPy `np.maximum(z, 0)`. "
        "How other ways to write it go wrong is the section before this one, for later.",
    ),
    Part(
        "02_why_bend",
        ("A network is a stack of layers", "What more linear layers buy"),
        tell="with two inputs a unit has two weights, and its bend is a line in the plane. `x @ w` "
        "multiplies each row of x with each column of w and adds up.",
    ),
    Part(
        "03_derivatives",
        ("Backpropagation is a mask",),
        tell="the chain rule: if a grows 3 times as fast as z, and L 2 times as fast as a, then L grows 6 "
        "times as fast as z. The slope of ReLU is 1 where z > 0 and 0 where z < 0; exactly at 0 there is "
        "none, and most programs answer 0, by convention.",
    ),
    Part(
        "08_born_dead",
        ("One layer is enough",),
        tell="a unit is off where z ≤ 0: it hands on 0 and passes no gradient, as we have just seen. He "
        "initialisation is a usual random start for ReLU: weights by a bell curve around 0, biases 0.",
    ),
    Pause(
        "Looking back",
        3,
        "One sentence for each section, said by the room: one unit is one bend; without bends, five layers "
        "are one; going back, a bend is a mask; and where all masks of one layer are shut, the network is a "
        "constant. Show the course map: what was left out is there. Today was enough for the exercises "
        "`rescale_unit` (lesson 1), `forward_pass` and `collapse` (2), and `relu_backward` (3).",
    ),
)

_HALF_DAY = (
    Pause(
        "Welcome",
        5,
        "Everybody runs the self-test in section 1 of the course map. Explain the circle: predict, "
        "experiment, explore, explain, check. Predictions are made with hands up, before anything is run.",
    ),
    *_RECTIFIER,
    Part(
        "02_why_bend",
        ("A network is a stack of layers", "What more linear layers buy"),
        tell="with two inputs a unit has two weights, and its bend is a line in the plane, its fold. `x @ w` "
        "multiplies each row of x with each column of w and adds up.",
    ),
    Pause("Break", 15),
    Part(
        "03_derivatives",
        ("Backpropagation is a mask",),
        tell='the chain rule, with three boxes z → a → L on the board and "times 3" and "times 2" over the '
        "arrows: L grows 6 times as fast as z. The slope of ReLU is 1 where z > 0 and 0 where z < 0; exactly "
        "at 0 there is none, and most programs answer 0, by convention.",
    ),
    Exercises("03_derivatives", ("relu_backward",), 10),
    Part(
        "06_signals_through_depth",
        ("One layer changes the size of the signal", "Going back, the factor is chi"),
        tell="the size of some numbers is the root of the mean of their squares. Weights are drawn at random "
        "around 0 before training; to choose their variance is to initialise the network, and fan_in is the "
        "number of a layer's inputs.",
    ),
    Pause("Break", 15),
    Part(
        "08_born_dead",
        ("One layer is enough",),
        tell="a unit is off where z ≤ 0: it hands on 0 and passes no gradient.",
    ),
    Part(
        "09_dying_and_rescue",
        ("One step pushes a unit off all images", "What dead units cost", "Prevention and cure"),
        tell="SGD subtracts the learning rate times the gradient, batch by batch. For one sample the "
        "gradient of a unit's weights is δ times its input, with δ the gradient at z. Before *Prevention and "
        "cure*: batch norm subtracts from each pre-activation its mean over the batch, and divides by its "
        "standard deviation; with plain SGD, dead units of the first layer do not come back by themselves.",
    ),
    Exercises("09_dying_and_rescue", ("dead_mask",), 10),
    Pause(
        "Looking back",
        5,
        "Each participant says one thing that they would now measure in a network that does not learn. Show "
        "the routes of the course map: *My network does not train* goes on from here.",
    ),
)

_FIRST_DAY = (
    Pause(
        "Welcome",
        10,
        "Everybody runs sections 1 and 3 of the course map: the self-test, and a lesson in one minute. "
        "Predictions are made with hands up, before anything is run.",
    ),
    *_RECTIFIER,
    Part(
        "02_why_bend",
        (
            "A network is a stack of layers",
            "What more linear layers buy",
            "A network made of affine pieces",
        ),
        tell="with two inputs a unit has two weights, and its bend is a line in the plane, its fold. `x @ w` "
        "multiplies each row of x with each column of w and adds up.",
    ),
    Pause("Break", 15),
    Part(
        "03_derivatives",
        ("One corner has many slopes", "Backpropagation is a mask", "When the slope at zero matters"),
        tell='the chain rule, with three boxes z → a → L on the board and "times 3" and "times 2" over the '
        "arrows: L grows 6 times as fast as z.",
    ),
    Exercises("03_derivatives", ("relu_backward", "network_backward"), 25),
    Pause("Lunch", 45),
    Part(
        "06_signals_through_depth",
        (
            "One layer changes the size of the signal",
            "Going back, the factor is chi",
            "Deeper, different inputs point the same way",
        ),
        tell="the size of some numbers is the root of the mean of their squares. Weights are drawn at random "
        "around 0 before training; to choose their variance is to initialise the network, and fan_in is the "
        "number of a layer's inputs.",
    ),
    Exercises("06_signals_through_depth", ("he_scale", "chi"), 15),
    Pause("Break", 15),
    Part(
        "07_training_thirty_layers",
        ("Five networks of thirty layers", "Which factor decides"),
        tell="Xavier's start gives the weights the variance 1/fan_in between layers of equal width, He's "
        "twice that. A network that ignores its input has at best a loss of about ln(number of classes), "
        "if the classes are about equally frequent.",
    ),
    Pause("Looking back", 10, "Each pair writes down one claim that it believed this morning."),
)

_SECOND_DAY = (
    Pause("Good morning", 5, "Read out some of yesterday's claims; the room says what became of them."),
    Part(
        "08_born_dead",
        ("One layer is enough", "Between two bounds"),
        tell="a unit is off where z ≤ 0: it hands on 0 and passes no gradient. A network of L layers has L "
        "affine maps and L − 1 hidden layers.",
    ),
    Part(
        "09_dying_and_rescue",
        (
            "One step pushes a unit off all images",
            "What dead units cost",
            "Who returns",
            "Prevention and cure",
        ),
        tell="SGD subtracts the learning rate times the gradient, batch by batch. For one sample the "
        "gradient of a unit's weights is δ times its input, with δ the gradient at z. Before *Prevention and "
        "cure*: batch norm subtracts from each pre-activation its mean over the batch, and divides by its "
        "standard deviation.",
    ),
    Pause("Break", 15),
    Exercises("09_dying_and_rescue", ("dead_mask", "revive"), 20),
    Part(
        "10_the_family",
        ("One table for the family", "How much of a ranking is noise?"),
        run=("prelu-predict-quiz",),
        tell="the second moment of an activation is the mean square of what it hands on when z is a standard "
        "normal number, and gain² is 1 divided by it: for ReLU that is 1/2 and 2, which is He's 2.",
    ),
    Part(
        "05_folding",
        ("Folding a line",),
        tell="with one input a layer of ReLU units draws a path of straight pieces, with a kink for each "
        "unit.",
    ),
    Pause("Lunch", 45),
    Part(
        "12_where_relu_belongs",
        (
            "The last layer needs the range of its targets",
            "In convolutions ReLU is at home",
            "Inside an attention block",
        ),
        tell="the last activation and the loss together are called the head; what it can give must fit what "
        "the targets can be. Softplus, ln(1 + eᶻ), is a rounded ReLU; a sigmoid runs from 0 to 1.",
    ),
    Pause("Break", 15),
    Part(
        "14_clinic",
        ("Which sign tells which illness", "A treatment changes what is ill"),
        tell="the table of six illnesses in *Recall*. Five of them the room has met; the sixth is new: units "
        "that start with equal incoming and equal outgoing weights get equal gradients, and stay copies.",
    ),
    Exercises("14_clinic", ("vital_signs", "name_illness"), 40),
    Pause(
        "Looking back",
        10,
        "Each pair names the illness that it found hardest to tell, and the sign that decided. Show what was "
        "left out on the course map: bounds and knots (4, 5), cost and sparsity (11), the evidence (13).",
    ),
)

TIMED = (
    Route(
        "An hour",
        "A workshop in four steps: one unit is a bend, layers without bends are one layer, backpropagation "
        "is a mask, and how a network can be dead from the start.",
        (_HOUR,),
        limit=60,
        late="shorten within the sections first, as each says. If you begin with the mask more than five "
        "minutes late, drop *One layer is enough* and tell what should stay of it.",
    ),
    Route(
        "Half a day",
        "From the definition in code to signals and gradients in deep networks, and what kills and revives "
        "units.",
        (_HALF_DAY,),
        limit=240,
        late="shorten within the sections first, as each says. Then drop the exercises of lesson 9, then "
        "*One layer is enough*. *Prevention and cure* needs the cells of the two sections before it: run "
        "these, and talk of the last one only.",
    ),
    Route(
        "Two days",
        "The course's main thread with exercises, ending in the clinic; cost, evidence and most of the "
        "theory of curves and regions are for afterwards.",
        (_FIRST_DAY, _SECOND_DAY),
        limit=360,
        late="shorten within the sections first, as each says. Then drop, on the first day, *When the slope "
        "at zero matters* and *Deeper, different inputs point the same way*; on the second, *Folding a line* "
        "and *Inside an attention block*. Keep the clinic and its exercises: they tie the two days together.",
    ),
)
