"""Commits together what arrives together: a full room waits for one write to the disk, not for hundreds."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from utils.pulse.store import Room

Answer = TypeVar("Answer")


class Batches:
    """The room, for the tasks of one event loop; one thread alone touches it."""

    def __init__(self, room: Room):
        self.room = room
        self._thread = ThreadPoolExecutor(1, "room")
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future]] = []
        self._task: asyncio.Task | None = None

    async def change(self, change: Callable[[], bool]) -> bool:
        """Carry out one change of the room. It is on the disk when this returns."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((change, done))
        if self._task is None:
            self._task = asyncio.create_task(self._commit())
        return await done

    async def read(self, look: Callable[[], Answer]) -> Answer:
        """What `look` finds in the room."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, look)

    async def _commit(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                changes = [change for change, _ in batch]
                try:
                    answers = await self.read(lambda changes=changes: self.room.commit(changes))
                except Exception as error:  # whoever waits must be told; the disk may be full
                    for _, done in batch:
                        done.cancelled() or done.set_exception(error)
                else:
                    for (_, done), answer in zip(batch, answers, strict=True):
                        done.cancelled() or done.set_result(answer)
        finally:
            self._task = None

    def close(self) -> None:
        """Wait for what is under way, and close the room."""
        self._thread.shutdown()
        self.room.close()
