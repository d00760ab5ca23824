"""The IPython shell that runs a notebook's cells where nobody looks at the output."""

import asyncio  # noqa: F401

import IPython
import ipywidgets  # noqa: F401
import matplotlib_inline.backend_inline  # noqa: F401
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot


class _NoPublisher(DisplayPublisher):
    """Takes plots, widgets and tables, and shows nothing."""

    def publish(self, *arguments, **options):
        """Show nothing."""


class _Shell(InteractiveShell):
    """Runs cells as a notebook does, with magics, shell commands and await; makes no output of its own."""

    def enable_gui(self, gui=None):
        """There is no window to open."""

    def showtraceback(self, *arguments, **options):
        """Formatting a traceback takes longer than most cells."""

    def showsyntaxerror(self, *arguments, **options):
        """See ``showtraceback``."""

    def _format_exception_for_storage(self, *arguments, **options):
        """See ``showtraceback``."""
        return []

    def ask_exit(self):
        """``exit`` in a cell ends no notebook."""


def make_shell() -> InteractiveShell:
    """The one shell of this process, with what notebooks use imported. It reads and writes no files."""
    HistoryManager.enabled = False
    colors = "nocolor" if IPython.version_info >= (9,) else "NoColor"
    shell = _Shell.instance(display_pub_class=_NoPublisher, colors=colors)
    shell.system = shell.system_raw
    # The first plot and the first cell pay for what is made lazily: let it be these. No event loop is made
    # here, because all notebooks would share its sockets.
    pyplot.plot([0, 1])
    pyplot.gcf().canvas.draw()
    pyplot.close("all")
    shell.run_cell("None", store_history=False)
    shell.reset(new_session=False)
    return shell
