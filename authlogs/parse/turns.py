"""Work spread over threads, its results in the order in which it was asked for."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_turn(work: Iterable[T], do: Callable[[T], R], *, threads: int) -> Iterator[tuple[T, R]]:
    """Each piece of work with what `do` made of it, in order; a few pieces are under way at once.

    What is under way is bounded, so that memory is too. With one thread nothing is started.
    """
    if threads < 2:
        for piece in work:
            yield piece, do(piece)
        return
    waiting: deque[tuple[T, Future[R]]] = deque()
    source = iter(work)
    with ThreadPoolExecutor(threads, thread_name_prefix="authlogs") as pool:

        def ask_for(count: int) -> None:
            waiting.extend((piece, pool.submit(do, piece)) for piece in islice(source, count))

        try:
            ask_for(threads)
            while waiting:
                piece, future = waiting.popleft()
                made = future.result()
                ask_for(1)  # no thread rests while the result is used
                yield piece, made
        finally:
            for _, future in waiting:
                future.cancel()
