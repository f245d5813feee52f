"""Whole numbers that all worker processes share: made before they are forked, changed by one of them at a time.

The memory has no name in any file system and goes with the last process. The lock is a POSIX record lock: the kernel
takes it from a process that dies, so a killed worker never leaves the others waiting.
"""

import mmap
import os
from fcntl import LOCK_EX, LOCK_UN, lockf
from threading import Lock

_BYTES = 8


class SharedNumbers:
    """A row of signed 64-bit numbers, all 0 at first. `with numbers as values` gives them to one holder at a time."""

    def __init__(self, count: int) -> None:
        self._file = os.memfd_create("rert-cds")
        os.ftruncate(self._file, max(count, 1) * _BYTES)
        self._values = memoryview(mmap.mmap(self._file, 0)).cast("q")
        self._threads = Lock()  # a record lock belongs to the whole process and does not keep its threads apart

    def __enter__(self) -> "memoryview[int]":
        self._threads.acquire()
        try:
            lockf(self._file, LOCK_EX)
        except BaseException:
            self._threads.release()
            raise
        return self._values

    def __exit__(self, *_error: object) -> None:
        try:
            lockf(self._file, LOCK_UN)
        finally:
            self._threads.release()
