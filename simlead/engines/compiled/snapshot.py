"""A copy of a run's whole state, from which runs go on that differ from then on only."""

from __future__ import annotations

from simlead.engines.compiled import layout
from simlead.engines.compiled.workspace import Pool, Workspace, bytes_of

_OF_THE_WORKSPACE = {
    *layout.POOLS, *(f"{name}_room" for name in layout.POOLS), *(f"{name}_used" for name in layout.CONSTANT_POOLS),
    "trace_capacity", "weeks_of_adoption",
}
"""Fields of the firm that say where memory is and how much: a copy of the state has its own."""


class Snapshot:
    """The state of a run at the switch: the firm's record, and what is in use of each pool but the constant ones."""

    def __init__(self, workspace: Workspace) -> None:
        self._firm: Pool = workspace.firm.copy()
        self._pools: dict[str, Pool] = {
            name: bytes_of(pool[: _in_use(workspace, name)]).copy()
            for name, pool in workspace.pools.items() if name not in layout.CONSTANT_POOLS}

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return sum(pool.nbytes for pool in self._pools.values())

    def copy_into(self, workspace: Workspace) -> None:
        """Bring a workspace that has not begun, of a scenario with the same warm-up, to this state."""
        for name, pool in self._pools.items():
            slots = len(pool) // layout.POOLS[name].itemsize
            workspace.make_room(name, slots)
            bytes_of(workspace.pools[name][:slots])[:] = pool
        for field in layout.FIRM.names:
            if field not in _OF_THE_WORKSPACE:
                workspace.firm[field] = self._firm[field]


def _in_use(workspace: Workspace, name: str) -> int:
    """Slots of a pool that are in use; all of a pool whose size is known from the start and that counts none."""
    used = int(workspace.firm[f"{name}_used"][0])
    return used if used or name in workspace.spare else len(workspace.pools[name])
