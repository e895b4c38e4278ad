"""Where questions wait for each other: all that arrive in one turn of the event loop are answered by one commit.

The commit is made on the loop itself. A thread of its own was measured too (docs/benchmarks/gate.md): it overlaps
little, since all that wait need the same disk flush, and is slower for few callers; with 64 its tail is shorter.
"""

import asyncio

from kansa.gate.decision_point import Answers, Asking, DecisionPoint


class RequestBatcher:
    """Takes questions for a gate; for one event loop."""

    def __init__(self, gate: DecisionPoint) -> None:
        self._gate = gate
        self._waiting: list[tuple[Asking, asyncio.Future[Answers]]] = []

    def ask(self, asking: Asking) -> asyncio.Future[Answers]:
        """Return the answers, once they may leave."""
        loop = asyncio.get_running_loop()
        answers: asyncio.Future[Answers] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._answer)
        self._waiting.append((asking, answers))
        return answers

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            given = self._gate.answer([asking for asking, _ in waiting])
        except Exception as error:  # noqa: BLE001 - each of those who wait is told, and answers 500
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answers in zip(waiting, given, strict=True):
            if not future.done():
                future.set_result(answers)
