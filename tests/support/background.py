"""A blocking call beside the test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


@contextlib.contextmanager
def in_background(call: Callable[[], T]) -> Iterator[Future[T]]:
    """The future of `call`, which runs in a thread of its own and has to end before the block can."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool.submit(call)
