"""A process beside the server that has NumPy and the digits in memory, and forks a worker of itself for each training.

A worker then starts in some milliseconds instead of a second, and all of them share one copy of the digits. It is
started by `room`: ``python -m nnviz.workers.nursery 3``, where 3 is the number of its socket. It ends when the server
does: nobody holds the other end of the socket any more.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys

from nnviz import threads

_PR_SET_PDEATHSIG = 1


def _end_with(parent: int) -> None:
    """Have Linux kill this worker when its nursery ends; elsewhere the closed socket must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended meanwhile
            os._exit(1)


def main() -> None:
    threads.keep_to_one()
    from nnviz.workers import worker  # loads NumPy

    channel = socket.socket(fileno=int(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl+C in a terminal is for the server, which then goes
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the workers
    worker.prepare()
    while True:
        asked, files, _, _ = socket.recv_fds(channel, 1, 1)
        if not asked or not files:
            return
        own = os.getpid()
        if os.fork() == 0:
            channel.close()
            _end_with(own)
            worker.main(socket.socket(fileno=files[0]))
            os._exit(0)
        os.close(files[0])


if __name__ == "__main__":
    main()
