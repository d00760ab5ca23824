"""What the notebooks of the course share: the science of ReLU, its pictures, and the learner's desk."""

import numpy  # noqa: F401  its BLAS must be loaded before its threads can be limited
from threadpoolctl import threadpool_limits

# The course's matrices are small: a second BLAS thread makes their products 3 to 13 times slower.
threadpool_limits(limits=1, user_api="blas")
