"""A program's standard error as a terminal shows it."""

import os
import pty


def shown_on_terminal(start):
    """What a terminal gets to see of the process that `start` begins with it, a descriptor, as its stderr."""
    ours, theirs = pty.openpty()
    process = start(theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(60) == 0, shown
    return shown.decode().replace("\r\n", "\n")
