"""An explorer: the sliders of a policy, and its effect as matched pairs arrive."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.show.currency import in_currency, label_of
from simlead.show.explore import words
from simlead.show.language import checked_language, in_language, language, say
from simlead.study.growing.desk import Desk
from simlead.study.growing.exploration import ANSWERING, BROKEN, DONE, REFUSED, UNMOVED, Exploration
from simlead.study.parallel import worker_count
from simlead.study.simulate import checked_scenario

if TYPE_CHECKING:
    from simlead.show.explore.widgets import Controls
    from simlead.study.answers.result import Answer
    from simlead.study.comparison import Comparison

MOST_WORKERS = 4
"""More threads wait for each other."""

LARGEST_SHOWN_SEED = 2**53 - 1
"""A page's numbers are whole up to here."""

SECONDS_BETWEEN = 0.25
"""The result is drawn four times a second at most, and at the end."""

_DESK: list[Desk] = []
_AT_WORK: list[Explorer] = []
"""The explorer that was moved last: all workers of a kernel are its."""

_OPENING = threading.Lock()
RESTING = (UNMOVED, DONE, REFUSED, BROKEN)
"""States in which nothing more comes before the next move."""


def explore(firm: Scenario | None = None, *, seed: int = 0, pairs: int = 60, language: str = "") -> Explorer:
    """Open sliders for the levers of a firm in a notebook, and show the effect as matched pairs arrive.

    The explorer is to be a cell's last line. A move compares the policy that the levers set with the firm going on as
    before: first in matched pairs of runs, whose intervals count random numbers only, then in worlds, whose answer
    counts both uncertainties. The kernel stays free, and a new move ends the work on the one before.

    Parameters
    ----------
    firm : Scenario, optional
        The firm; its policy is where the levers stand first (default: the typical firm).
    seed : int, default 0
        Random seed, 0 to 2**53 - 1; it can be changed beside the sliders.
    pairs : int, default 60
        Matched pairs of a move, 8 to 1000, after which the answer over worlds begins.
    language : {"en", "fa"}, optional
        Language of the texts (default: the one in use).

    Returns
    -------
    Explorer
        Shows itself; has what it found as `comparison` and `answer`, and the policy as `scenario`.

    Raises
    ------
    ParameterError
        Where ipywidgets is not installed, and for a bad argument.

    Examples
    --------
    >>> exploring = explore()
    >>> exploring.set({"policy.coaching_share": 0.5})
    >>> exploring.scenario.policy.coaching_share
    0.5
    >>> exploring.close()
    """
    if find_spec("ipywidgets") is None:
        raise ParameterError('explore needs ipywidgets, which is not installed: pip install "simlead[notebook]"')
    chosen = Scenario() if firm is None else checked_scenario(firm)
    seed = whole_number("seed", seed, 0, LARGEST_SHOWN_SEED)
    pairs = whole_number("pairs", pairs, 8, 1000)
    return Explorer(Exploration(chosen, seed=seed, pairs=pairs), checked_language(language) if language else "")


class Explorer:
    """Sliders for the levers of a firm, and what is known of the policy they set: made by :func:`simlead.explore`.

    Attributes
    ----------
    controls : widgets
        The sliders, fields and buttons, each by the dotted path of its lever in `controls.levers`.
    """

    def __init__(self, exploration: Exploration, code: str = "") -> None:
        from simlead.show.explore.widgets import Controls

        self._exploration = exploration
        self._language, self._currency = code or language(), label_of(exploration.firm)
        self._drawn, self._drawing, self._paused = 0.0, threading.Lock(), False
        with self._spoken():
            self.controls: Controls = Controls(exploration, self._moved)
        exploration.notify = self._notified
        self._begin()

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """The explorer's language and currency: a thread starts in English."""
        with in_language(self._language), in_currency(self._currency):
            yield

    # --- what is tried

    def set(self, changes: Mapping[str, Any], *, effect_sizes: str | None = None, seed: int | None = None) -> None:
        """Move levers, as the sliders do.

        Parameters
        ----------
        changes : mapping of str to value
            Values by dotted path, such as `{"policy.coaching_share": 0.5}`; levers that are not named stay.
        effect_sizes : str, optional
            The set of effect sizes.
        seed : int, optional
            The random seed.

        Raises
        ------
        ParameterError
            For a path that is no lever of the policy, a value that is not allowed beside where the other levers stand,
            and an unknown set.
        """
        levers = self.controls.levers
        for path in changes:
            if path not in levers:
                raise ParameterError(f"{path!s:.80}: no lever of the policy{nearest(str(path), levers)}")
        self._exploration.firm.change({**self.controls.chosen()[0], **changes})
        sets = self._exploration.sets
        if effect_sizes is not None and effect_sizes not in sets:
            raise ParameterError(f"effect_sizes {effect_sizes!r}: allowed is {' | '.join(sets)}"
                                 f"{nearest(str(effect_sizes), sets)}")
        if seed is not None:
            whole_number("seed", seed, 0, LARGEST_SHOWN_SEED)
        self.controls.put(changes, effect_sizes, seed)

    def _moved(self) -> None:
        """Take over where the levers stand."""
        self._exploration.move(*self.controls.chosen())
        self._begin()

    def _begin(self) -> None:
        """Let the workers begin, who leave another explorer for it."""
        with _OPENING:
            before, _AT_WORK[:] = list(_AT_WORK), [self]
        for other in before:
            if other is not self:
                other._pause()
        self._paused = False
        self._redraw()
        _desk().alone(self._exploration)

    def _pause(self) -> None:
        self._paused = True
        self._redraw()

    def close(self) -> None:
        """End all work; what is shown stays, and another move begins again."""
        _desk().leave(self._exploration)
        self._pause()

    # --- what is known

    @property
    def scenario(self) -> Scenario | None:
        """The firm with the policy that the levers set; None while it is calibrated, and for values that cannot be."""
        return self._exploration.policy

    @property
    def status_quo(self) -> Scenario | None:
        """The firm going on as before; None while it is calibrated."""
        return self._exploration.status_quo

    @property
    def comparison(self) -> Comparison | None:
        """The matched pairs so far, as of :func:`simlead.compare`; None before there are two."""
        return self._exploration.comparison()

    @property
    def answer(self) -> Answer | None:
        """The answer over worlds, as of :func:`simlead.answer`; None before it is there."""
        growing = self._exploration.answer
        return None if growing is None else growing.answer

    @property
    def no_answer(self) -> str:
        """Why there is no answer over worlds once all is done; empty otherwise."""
        return self._exploration.no_answer.removesuffix(".")

    @property
    def state(self) -> str:
        """What it is at: compiling, calibrating, unmoved, pairing, answering, done, refused or broken."""
        return self._exploration.state

    def wait(self, seconds: float = 600.0, *, worlds: bool = False) -> bool:
        """Wait until the matched pairs are made; in a script, or in a cell that goes on with the result.

        Where the work was paused it begins again; if another explorer is moved meanwhile, the wait ends.

        Parameters
        ----------
        seconds : float
            The longest time to wait.
        worlds : bool
            Whether to wait for the answer over worlds too.

        Returns
        -------
        bool
            Whether they are made; with `worlds`, whether there is an answer (`no_answer` says why not).
        """
        until = time.monotonic() + seconds
        if self._paused and not self._is_made(worlds):
            self._begin()
        while not (self._is_made(worlds) or self._paused) and time.monotonic() < until:
            time.sleep(0.02)
        if worlds:
            return self.state == DONE and self.answer is not None
        return self.state in (DONE, ANSWERING)

    def _is_made(self, worlds: bool) -> bool:
        return self.state in RESTING or (not worlds and self.state == ANSWERING)

    # --- how it is shown

    def _notified(self) -> None:
        """A piece of work is done: draw, unless the last drawing is too recent and another will come."""
        resting = self._exploration.state in RESTING
        if not resting and time.monotonic() - self._drawn < SECONDS_BETWEEN:
            return
        if self._drawing.acquire(blocking=resting):
            try:
                self._draw()
            finally:
                self._drawing.release()

    def _redraw(self) -> None:
        with self._drawing:
            self._draw()

    def _draw(self) -> None:
        with self._spoken():
            self.controls.show(self._at(), words.html(self._exploration))
        self._drawn = time.monotonic()

    def _at(self) -> str:
        """What it is at, in words: its work may be paused."""
        paused = self._paused and self.state not in RESTING
        return say("explore.state.paused") if paused else words.state_words(self._exploration)

    def __repr__(self) -> str:
        with self._spoken():
            return words.text(self._exploration, self._at())

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.controls.whole._repr_mimebundle_(**options)


def _desk() -> Desk:
    """The workers of all explorers of a kernel, who work for the one that was moved last."""
    with _OPENING:
        if not _DESK:
            _DESK.append(Desk(min(worker_count(None), MOST_WORKERS)))
            _DESK[0].start()
        return _DESK[0]
