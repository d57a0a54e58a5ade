"""Batches worked on by a Dask cluster: many runs to a task, and the same rows whichever worker makes them.

Workers' versions and code are compared with this process's, at the start and again by each worker before its first
batch: a result must not depend on who made it. The scheduler hands a lost worker's batches to the others. Needs the
extra `simlead[dask]`; the scheduler itself needs nothing of simlead's.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import platform
import queue
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from importlib import import_module
from typing import Any

from simlead.engines.contract import SimulationError
from simlead.model.parameters import ParameterError
from simlead.results.provenance import PACKAGES, installed
from simlead.study.parallel import in_flight
from simlead.study.sweeps.identity import code_identity
from simlead.study.sweeps.running import Died
from simlead.study.sweeps.work import Batch, Done, work

CONNECT_SECONDS = 4.0
"""How long a scheduler may take to answer, and its first worker to come."""

LOST_SECONDS = 60.0
"""How long to wait for a result before looking whether any worker is left."""

_QUEUED_PER_WORKER = 2
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):(\d{1,5})", re.ASCII)
_TALKATIVE = ("distributed.client", "distributed.core", "distributed.comm", "distributed.utils")


def cluster_executor(address: str) -> Cluster:
    """The executor of the Dask cluster whose scheduler is at `tcp://HOST:PORT`.

    Raises ParameterError, within a few seconds, for an address that is none, where no scheduler with a worker
    answers, for workers with other versions or code than this process, and where the extra is missing.
    """
    executor = Cluster(checked_address(address))
    with executor.connected():
        return executor


class Cluster:
    """The executor of a Dask cluster (a `running.Executor`); connected only while it is at work.

    `workers` is how many batches the cluster works on at once; it changes when workers come and go.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.workers = 1
        self._client: Any = None
        self._opened = contextlib.ExitStack()

    @contextlib.contextmanager
    def connected(self) -> Iterator[None]:
        """A connection to the scheduler while the block runs, its workers compared with us."""
        distributed = _distributed()
        self._greet()
        with self._opened:
            self._opened.enter_context(_loggers_quiet())
            with warnings.catch_warnings():  # of other versions, which are refused below
                warnings.simplefilter("ignore")
                self._client = distributed.Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
            self._opened.callback(self._client.close)
            self._compare_workers()
            self.workers = max(1, self._count_workers())
            yield

    def stop(self) -> None:
        """Let go of the cluster; what it is still doing for us is dropped."""
        self._opened.close()

    def outcomes(self, batches: Iterator[Batch]) -> Iterator[Done | Died]:
        """Work on batches; what comes of them, in the order in which they are done.

        A batch comes back as Died when several workers died of it; the loss of one worker is repaired by the
        scheduler. Raises SimulationError if the scheduler goes away, or if all workers are gone for a minute.
        """
        with self.connected():
            finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
            for batch, future in in_flight(batches, lambda: _QUEUED_PER_WORKER * self.workers,
                                           lambda batch: self._submitted(batch, finished),
                                           lambda: self._next(finished)):
                yield self._outcome(future, batch)
                self.workers = max(1, self._count_workers())

    def _submitted(self, batch: Batch, finished: queue.SimpleQueue[Any]) -> Any:
        import cloudpickle

        # Sealed: the scheduler unpacks what it hands on, and may know nothing of a user's functions.
        future = self._client.submit(_opening(), cloudpickle.dumps(batch), identity(), self.address, pure=False)
        future.add_done_callback(finished.put)
        return future

    def _next(self, finished: queue.SimpleQueue[Any]) -> Any:
        while True:
            try:
                return finished.get(timeout=LOST_SECONDS)
            except queue.Empty:
                self._refuse_to_wait_in_vain()

    def _outcome(self, future: Any, batch: Batch) -> Done | Died:
        while True:
            try:
                with self._lost():
                    done: Done = future.result(timeout=LOST_SECONDS)
                return done
            except TimeoutError:  # the worker that had it is lost: it is being made again
                self._refuse_to_wait_in_vain()
            except _distributed().KilledWorker:
                return Died(batch)
            except ImportError as missing:
                raise ParameterError(f"cluster {self.address}: a worker cannot import {missing.name}; "
                                     "install it there, or define your functions in the notebook") from None

    def _refuse_to_wait_in_vain(self) -> None:
        if not self._count_workers():
            raise SimulationError(f"cluster {self.address}: no worker is left; finished runs are stored")

    def _count_workers(self) -> int:
        with self._lost():
            return sum(self._client.nthreads().values())

    @contextlib.contextmanager
    def _lost(self) -> Iterator[None]:
        """What distributed says in many ways when it lost the scheduler, in one."""
        try:
            yield
        except TimeoutError:  # an OSError too
            raise
        except (CancelledError, OSError):
            raise SimulationError(
                f"cluster {self.address}: the scheduler went away; finished runs are stored") from None

    def _greet(self) -> None:
        """Refuse an address where no scheduler answers; distributed's own client can wait for ever."""
        try:
            with ThreadPoolExecutor(1) as apart:  # a notebook has a loop of its own in this thread
                kind = apart.submit(lambda: asyncio.run(_kind_of(self.address))).result()
        except Exception as trouble:
            raise ParameterError(f"cluster {self.address}: no Dask scheduler answers there; "
                                 "start one with `dask scheduler`") from trouble
        if kind != "Scheduler":
            raise ParameterError(f"cluster {self.address}: a Dask {kind.lower()} answers there; "
                                 "the scheduler's address is needed")

    def _compare_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise ParameterError(f"cluster {self.address}: no worker is connected to it; "
                                 f"start some with `dask worker {self.address} --nthreads 1`") from None
        for worker, there in self._client.run(_telling_identity(), on_error="ignore").items():
            refuse_other(identity(), there, self.address, worker)


def checked_address(address: object) -> str:
    """The address, or a ParameterError if it is none.

    >>> checked_address("tcp://127.0.0.1:8786")
    'tcp://127.0.0.1:8786'
    >>> checked_address("127.0.0.1")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: cluster '127.0.0.1': allowed is tcp://HOST:PORT
    """
    match = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if match is None or not 0 < int(match[1]) < 65536:
        raise ParameterError(f"cluster {address!r}: allowed is tcp://HOST:PORT")
    return match[0]


def refuse_other(here: Mapping[str, str], there: Mapping[str, str], address: str, worker: str) -> None:
    """Raise ParameterError if a worker's versions or code are not ours; the message says which.

    `there` is what the worker says of itself, empty if it has no simlead that knows clusters.
    """
    if there == here:
        return
    difference = "; ".join(f"{name} {there.get(name)} there, {value} here"
                     for name, value in here.items() if there.get(name) != value)
    raise ParameterError(f"cluster {address}: worker {worker} would not make the same results "
                         f"({difference if there else 'no simlead there, or an older one'}); "
                         "install there what is here and start it again")


@functools.cache
def identity() -> dict[str, str]:
    """Return what a row depends on besides its scenario and seed, by name: versions and hashes of code.

    >>> len(identity()["code of model and engines"])
    16
    """
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    found |= {package: installed(package) for package in (*PACKAGES, "cloudpickle", "dask", "distributed")}
    code = code_identity()
    return found | {"code of model and engines": code["sources"], "registry of parameters": code["registry"],
                    "code of the measures": code["measures_code"]}


def _telling_identity() -> Callable[[], dict[str, str]]:
    """A function that travels by value, for workers without this module."""

    def simlead_identity() -> dict[str, str]:
        from importlib import import_module

        try:
            there: dict[str, str] = import_module("simlead.study.sweeps.cluster").identity()
        except ImportError:
            return {}
        return there

    return simlead_identity


def _opening() -> Callable[[bytes, dict[str, str], str], Done]:
    """A function that travels by value, for schedulers without simlead."""

    def simlead_batch(sealed: bytes, wanted: dict[str, str], address: str) -> Done:
        from importlib import import_module

        done: Done = import_module("simlead.study.sweeps.cluster").opened(sealed, wanted, address)
        return done

    return simlead_batch


def opened(sealed: bytes, wanted: Mapping[str, str], address: str) -> Done:
    """Open a batch and work on it; what a worker does, if it is as the client wants it."""
    import cloudpickle

    refuse_other(wanted, identity(), address, _distributed().get_worker().address)
    return work(cloudpickle.loads(sealed))


async def _kind_of(address: str) -> str:
    """What answers at an address: Scheduler, Worker or Nanny."""
    distributed = _distributed()
    options = distributed.Security().get_connection_args("client")

    async def ask() -> str:
        comm = await distributed.core.connect(address, timeout=CONNECT_SECONDS, **options)
        try:
            await comm.write({"op": "identity", "reply": True})
            return str((await comm.read())["type"])
        finally:
            comm.abort()

    return await asyncio.wait_for(ask(), CONNECT_SECONDS)


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise ParameterError('cluster: needs Dask; pip install "simlead[dask]"') from None


@contextlib.contextmanager
def _loggers_quiet() -> Iterator[None]:
    """Silence the loggers: what goes wrong with a cluster is reported once, by an exception."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
