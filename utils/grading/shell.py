"""The IPython shell that runs a notebook's cells where nobody looks at the output."""

import os

import IPython
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell


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

    def ask_exit(self):
        """``exit`` in a cell ends no notebook."""


def make_shell() -> InteractiveShell:
    """The one shell of this process; it reads no start-up files and keeps no history on disk."""
    HistoryManager.enabled = False
    shell = _Shell.instance(display_pub_class=_NoPublisher, colors="nocolor" if _new() else "NoColor")
    shell.system = shell.system_raw
    # The first cell pays for what IPython makes lazily: let it be this one.
    shell.run_cell("import asyncio\nawait asyncio.sleep(0)\n", store_history=False)
    shell.run_cell("get_ipython().run_line_magic('time', 'None')", store_history=False)
    shell.reset(new_session=False)
    return shell


def _new() -> bool:
    return IPython.version_info >= (9,)
