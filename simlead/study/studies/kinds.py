"""The kinds of designs: functions that return the points of a study, without runs.

Each function returns a table with a column per factor (its dotted path) in the registry's
types and a row per point. The same arguments give the same table, whatever else has drawn
numbers. A factor is a `factors.Factor` or its plain form `{"low": 0, "high": 1}`.

A discrete factor (whole numbers, switches, choices, or any factor with `levels` or `values`)
takes part in every kind: where a design lives in the unit cube, each of its k values has
the same share of the axis (`factors.Factor.at`).

A name without a dot is a variable of your own function, a plain number; `checked_design`
lets none of these into a study.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.study.studies.factors import Factor, FactorLike, checked_factors, equally_spaced, switch
from simlead.study.studies.points import LARGEST_DESIGN, checked_columns, refuse_size
from simlead.study.studies.table_file import read_table

if TYPE_CHECKING:
    import numpy.typing as npt

Factors = Mapping[str, FactorLike]


# --- the kinds of design, each with the number of its points, which raises what the design would raise


def grid_size(factors: Factors) -> int:
    """How many points `grid` would make."""
    return refuse_size(math.prod(len(levels) for levels in _grid_levels(factors).values()))


def grid(factors: Factors) -> pd.DataFrame:
    """Every combination of the factors' levels; the last factor changes fastest.

    Levels are exact decimals where they can be: 0.3, not 0.30000000000000004. Raises
    ParameterError for a factor that cannot be or has neither levels nor values, and for more
    than LARGEST_DESIGN points.

    >>> table = grid({"policy.coaching_share": Factor(0.0, 0.2, 3), "policy.kpi_review": {"values": [False, True]}})
    >>> table.values.tolist()
    [[0.0, False], [0.0, True], [0.1, False], [0.1, True], [0.2, False], [0.2, True]]
    """
    size = repeats = grid_size(factors)
    columns = {}
    for name, levels in _grid_levels(factors).items():
        repeats //= len(levels)
        columns[name] = _taken(levels, np.arange(size) // repeats % len(levels))
    return pd.DataFrame(columns)


def latin_hypercube_size(factors: Factors, points: int) -> int:
    """How many points `latin_hypercube` would make."""
    checked_factors(factors)
    return whole_number("points", points, 1, LARGEST_DESIGN)


def latin_hypercube(factors: Factors, points: int, seed: int = 0) -> pd.DataFrame:
    """Points that divide each factor's range into equal strata and visit each stratum once.

    A range is cut into `points` strata of equal probability with one value drawn in each; the k values of a
    discrete factor come up equally often, or once more (McKay, Beckman and Conover 1979).
    A factor's column depends on seed, points, its own name and range: other factors may be
    added, and it stays. Raises ParameterError for a bad argument.

    >>> table = latin_hypercube({"policy.role_clarity": {"low": 0, "high": 1}}, points=4)
    >>> sorted((table["policy.role_clarity"] * 4).astype(int))
    [0, 1, 2, 3]
    """
    size = latin_hypercube_size(factors, points)
    columns = {}
    for name, factor in checked_factors(factors).items():
        random = _stream(seed, "latin hypercube", name)
        strata = random.permutation(size)
        choices = factor.choices()
        columns[name] = (
            pd.Series(factor.at((strata + random.random(size)) / size)) if choices is None or factor.shaped
            else _taken(choices, strata * len(choices) // size))
    return pd.DataFrame(columns)


def sobol_size(factors: Factors, points: int, second_order: bool = False) -> int:
    """How many points `sobol` would make."""
    dimensions = len(checked_factors(factors))
    points = whole_number("points", points, 2, LARGEST_DESIGN)
    if points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        raise ParameterError(f"points = {points}: allowed is a power of two, such as {below} or {2 * below}")
    switch("second_order", second_order)
    return refuse_size(points * ((2 * dimensions if second_order else dimensions) + 2))


def sobol(factors: Factors, points: int, second_order: bool = False, seed: int = 0) -> pd.DataFrame:
    """Saltelli's sample for Sobol indices of d factors, in the order that the analysis needs.

    For each of `points` (a power of two) scrambled Sobol points A and B in the unit cube: A,
    then A with one coordinate at a time from B, then (with `second_order`) B with one at a
    time from A, then B; `points` (d + 2) rows, or `points` (2 d + 2). Each coordinate is a
    quantile of its factor. Raises ParameterError for a bad argument and without SALib
    (Saltelli 2002; Owen 2020 on why no point is left out).

    >>> sobol({"policy.coaching_share": {"low": 0.0, "high": 0.7}}, points=4).shape
    (12, 1)
    """
    sobol_size(factors, points, second_order)
    found = checked_factors(factors)
    sample = _salib("sobol", found, points, calc_second_order=second_order, seed=_stream(seed, "sobol"))
    return pd.DataFrame({name: factor.at(sample[:, number]) for number, (name, factor) in enumerate(found.items())})


def morris_size(factors: Factors, trajectories: int, levels: int = 4) -> int:
    """How many points `morris` would make."""
    dimensions = len(_unshaped(factors, "morris"))
    trajectories = whole_number("trajectories", trajectories, 2, LARGEST_DESIGN)
    levels = whole_number("levels", levels, 2, 100)
    if levels % 2:
        raise ParameterError(f"levels = {levels}: allowed is an even number, so that each level comes up equally often")
    return refuse_size(trajectories * (dimensions + 1))


def morris(factors: Factors, trajectories: int, levels: int = 4, seed: int = 0) -> pd.DataFrame:
    """Trajectories for Morris's elementary effects: `trajectories` (d + 1) rows of d factors.

    `levels` are the places on each axis, both ends included. Within a trajectory each step
    changes one factor by levels / 2 places; a range has exact decimals as in a grid. The step
    is more than half the axis, so that a discrete factor changes with every step too. Raises ParameterError for
    a bad argument and without SALib (Morris 1991).

    >>> table = morris({"policy.coaching_share": {"low": 0.0, "high": 0.6}}, trajectories=2)
    >>> sorted(set(table["policy.coaching_share"]) | {0.0, 0.2, 0.4, 0.6})
    [0.0, 0.2, 0.4, 0.6]
    """
    morris_size(factors, trajectories, levels)
    found = _unshaped(factors, "morris")
    sample = _salib("morris", found, trajectories, num_levels=levels, seed=_stream(seed, "morris"))
    steps = np.rint(sample * (levels - 1)).astype(np.int64)
    columns = {}
    for number, (name, factor) in enumerate(found.items()):
        choices = factor.choices()
        if choices is None:
            assert factor.low is not None and factor.high is not None
            columns[name] = _taken(equally_spaced(factor.low, factor.high, levels), steps[:, number])
        else:
            last = len(choices) - 1
            columns[name] = _taken(choices, np.minimum(steps[:, number] * len(choices) // (levels - 1), last))
    return pd.DataFrame(columns)


def factorial_size(factors: Factors, resolution: int | None = None, centre: bool = False) -> int:
    """How many points `factorial` would make."""
    ends = _ends(factors, centre)
    return refuse_size((1 << _words(len(ends), resolution)[-1].bit_length()) + bool(centre))


def factorial(factors: Factors, resolution: int | None = None, centre: bool = False) -> pd.DataFrame:
    """Each factor at its low or its high value: every combination, or a fraction of them.

    With `resolution` R (3, 4 or 5) the smallest regular fraction of this family in which no
    product of fewer than R columns is constant: at 3 main effects stand apart from each other,
    at 4 from all two-factor interactions too, at 5 these from each other as well (Box and
    Hunter 1961). In standard order, the first factor changing fastest in a full design; the
    run with all at high is always there. `centre` adds the point in the middle of all ranges.

    Raises ParameterError for a factor with more than two values, a middle that is no value
    (switches, choices, an odd range of whole numbers), and a bad argument.

    >>> factorial({"policy.coaching_share": {"low": 0.1, "high": 0.5}, "organisation.teams": {"low": 2, "high": 4}},
    ...           centre=True).values.tolist()
    [[0.1, 2.0], [0.5, 2.0], [0.1, 4.0], [0.5, 4.0], [0.3, 3.0]]
    """
    factorial_size(factors, resolution, centre)
    ends = _ends(factors, centre)
    words = _words(len(ends), resolution)
    runs = np.arange(1 << words[-1].bit_length())
    columns = {}
    for (name, values), word in zip(ends.items(), words, strict=True):
        # A product of signs is + where an even number of its factors is -.
        numbers = 1 - np.bitwise_count(~runs & word).astype(np.int64) % 2
        columns[name] = _taken(values, np.append(numbers, 2) if centre else numbers)
    return pd.DataFrame(columns)


def table_design(source: pd.DataFrame | str | os.PathLike[str]) -> pd.DataFrame:
    """The points that a table lists: a DataFrame of dotted paths, or a CSV file of them.

    A point may stand twice: it has the same random numbers, and both rows give the same results to
    the bit. Raises ParameterError for what `checked_design` or `table_file.read_table` refuses.

    >>> table_design(pd.DataFrame({"organisation.teams": [2.0, 3.0]}))["organisation.teams"].tolist()
    [2, 3]
    """
    return checked_columns(source) if isinstance(source, pd.DataFrame) else read_table(Path(source))


# --- what the kinds share


def _unshaped(factors: Factors, kind: str) -> dict[str, Factor]:
    """The factors, checked; refused if one has a distribution or weights, which this kind would pass over."""
    found = checked_factors(factors)
    for name, factor in found.items():
        if factor.shaped:
            what = "weights" if factor.distribution is None else "distribution"
            raise ParameterError(f"{name}: {what}: a {kind} design draws no quantiles; allowed is in a "
                                 "latin_hypercube | sobol")
    return found


def _grid_levels(factors: Factors) -> dict[str, Sequence[Any]]:
    found: dict[str, Sequence[Any]] = {}
    for name, factor in _unshaped(factors, "grid").items():
        levels = factor.choices()
        if levels is None or isinstance(levels, range):
            raise ParameterError(f"{name}: levels is missing; a grid needs levels or values")
        found[name] = levels
    return found


def _ends(factors: Factors, centre: bool) -> dict[str, tuple[Any, ...]]:
    """Each factor's low and high, then its middle if that is wanted."""
    switch("centre", centre)
    found: dict[str, tuple[Any, ...]] = {}
    for name, factor in _unshaped(factors, "factorial").items():
        ends = (factor.low, factor.high) if factor.values is None else factor.values
        if len(ends) != 2 or factor.levels not in (None, 2):
            raise ParameterError(f"{name}: a factorial design has two levels, low and high or two values")
        if centre:
            low, high = ends
            numbers = not isinstance(low, (bool, str)) and not isinstance(high, (bool, str))
            whole = isinstance(low, int) and isinstance(high, int)
            if not numbers or (whole and (low + high) % 2):
                raise ParameterError(f"{name}: nothing lies in the middle of {low} and {high}; leave centre out")
            ends = (low, high, equally_spaced(low, high, 3)[1])
        found[name] = ends
    return found


def _words(factors: int, resolution: int | None) -> list[int]:
    """For each factor the set of base columns whose product is its column, as the bits of a word.

    The smallest words, one after the other, such that no fewer than `resolution` of them
    cancel out; the last word is the longest.
    """
    if resolution is None:
        return [1 << number for number in range(factors)]
    whole_number("resolution", resolution, 3, 5)
    words: list[int] = []
    products: list[set[int]] = [{0}] + [set() for _ in range(resolution - 2)]  # of so many of the words
    word = 0
    while len(words) < factors:
        word += 1
        if not any(word in made for made in products):
            words.append(word)
            for count in range(resolution - 2, 0, -1):
                products[count] |= {product ^ word for product in products[count - 1]}
    return words


def _taken(values: Sequence[Any], numbers: npt.NDArray[np.int64]) -> pd.Series[Any]:
    return pd.Series([values[number] for number in numbers.tolist()])


def _stream(seed: int, *names: str) -> np.random.Generator:
    """A stream of random numbers of its own for each seed and use."""
    whole_number("seed", seed, 0, LARGEST_SEED)
    digest = hashlib.sha256("\0".join(["design", str(seed), *names]).encode()).digest()
    return np.random.Generator(np.random.Philox(int.from_bytes(digest)))


def _salib(module: str, factors: Mapping[str, Factor], *size: int, **options: Any) -> npt.NDArray[np.float64]:
    """SALib's sample of the unit cube of these factors."""
    try:
        sample = import_module(f"SALib.sample.{module}").sample
    except ImportError:
        raise ParameterError('this design needs SALib: pip install "simlead[study]"') from None
    cube = {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}
    return np.asarray(sample(cube, *size, **options))
