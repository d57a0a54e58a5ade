"""Sensitivity analysis: Sobol indices, Morris's elementary effects and partial rank correlation of a design.

Each takes a design's points and their outcomes (rows x replicates), removes replication
noise (`statistics.replicates`), and returns the same tidy table with intervals, ranks and
ties; `sensitivity_findings` lists what it shows.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from simlead.model.deprecation import renamed_argument
from simlead.statistics import sensitivity_findings as findings
from simlead.statistics.morris import morris_table
from simlead.statistics.prcc import prcc_table
from simlead.statistics.replicates import Sampling
from simlead.statistics.sobol import sobol_table
from simlead.study.outcomes import Factors, codes_of, columns_of, on_unit_scale, outcome_array, outcomes_of
from simlead.study.refusals import refusals

__all__ = ["morris_effects", "outcomes_of", "prcc", "sensitivity_findings", "sobol_indices"]

sensitivity_findings = refusals()(findings.sensitivity_findings)


@renamed_argument("shared_luck", "common_random_numbers")
@refusals()
def sobol_indices(
    design: pd.DataFrame | ArrayLike,
    outcomes: ArrayLike,
    factors: Factors = None,
    *,
    common_random_numbers: bool = True,
    confidence: float = 0.95,
    bootstraps: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate first and total order Sobol indices of each factor, free of replication noise.

    With f the expected outcome at a point, V its variance over the design's ranges, and x[i] a factor::

        first = V(E(f | x[i])) / V              alone: the fraction of V that knowing x[i] removes
        total = E(V(f | all but x[i])) / V      alone and in interactions

    Parameters
    ----------
    design
        A sample as `design.sobol()` makes it (SALib's Saltelli sample: base point, one row per factor, second base
        point; with rows for the second order or without), as a frame or as an array, points x factors.
    outcomes
        Points x replicates, in the measure's unit; nan where a run is missing (its base point is left out).
    factors
        The names of the factors, or their ranges by name; every column of the design by default.
    common_random_numbers
        Whether replicate r has the same random numbers at all points, as in a sweep; intervals
        then count the error from the number of replicates, which takes three of them.
    confidence
        Of each interval, which holds for itself: of forty factors without effect, one or two seem to have some.
    bootstraps
        Resamples of the base points.
    seed
        Random seed of the bootstrap (0 is valid).

    Returns
    -------
    pandas.DataFrame
        A row per factor and index (`first`, `total`): `estimate` with its interval `low` to `high`, `uncorrected`
        (with the noise left in), `rank`, `tied_with` (factors that it cannot be distinguished from), `n_to_rank`
        (base points that would distinguish it from the next), `common_error` (standard error from common random
        numbers), `noise_share` (fraction of the variance of the points' means that is noise), `n` (base points used)
        and `replicates`. Indices have no unit.

    Raises
    ------
    ParameterError
        Where the rows are no Saltelli sample or fewer than 8 base points are complete.

    Notes
    -----
    The estimators are those of Saltelli and others (2010) for the first and of Jansen (1999) for the total order, as
    in SALib, with every product taken between different replicates. Left in, the noise variance s of the points'
    means makes (total V + s) / (V + s) of a total index: with as much noise as signal, 0.24 reads 0.62.

    An index is never below 0, but its estimate is a difference of large sums and falls on either side of an index
    near 0. A negative estimate whose interval holds 0 means "small". If the interval does not hold 0, the rows are
    not in the design's order or another model made them.

    Examples
    --------
    >>> import numpy as np
    >>> from SALib.sample import sobol
    >>> problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 1]]}
    >>> points = sobol.sample(problem, 256, calc_second_order=False, seed=1)
    >>> noise = np.random.default_rng(1).normal(size=(len(points), 8))
    >>> table = sobol_indices(points, (3 * points[:, 0] + points[:, 1])[:, None] + noise, ["a", "b"])
    >>> table[["factor", "index"]].values.tolist()
    [['a', 'first'], ['b', 'first'], ['a', 'total'], ['b', 'total']]
    >>> bool(table["low"][2] < 0.9 < table["high"][2] < 1.2)
    True
    """
    columns = columns_of(design, factors)
    rows = len(next(iter(columns.values())))
    return sobol_table(
        list(columns), codes_of(columns), outcome_array(outcomes, rows),
        Sampling(common_random_numbers, confidence, bootstraps, seed))


@renamed_argument("shared_luck", "common_random_numbers")
@refusals()
def morris_effects(
    design: pd.DataFrame | ArrayLike,
    outcomes: ArrayLike,
    factors: Factors = None,
    *,
    common_random_numbers: bool = True,
    confidence: float = 0.95,
    bootstraps: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate Morris's mu, mu_star and sigma of each factor, with replication noise removed.

    An elementary effect is the change of the outcome in a step of one factor, divided by
    the step as a fraction of the factor's range. Over trajectories::

        mu = mean effect,   mu_star = mean absolute effect,   sigma = their standard deviation

    Parameters
    ----------
    design
        A sample as `design.morris()` makes it: trajectories of one row more than there are factors.
    outcomes
        Points x replicates, in the measure's unit; a trajectory with a missing run (nan) is left out.
    factors
        Each one's range by name; without, the column's own.
    common_random_numbers, confidence, bootstraps, seed
        As in `sobol_indices`; the bootstrap is over trajectories.

    Returns
    -------
    pandas.DataFrame
        A row per factor and index (`mu`, `mu_star`, `sigma`) with the columns of
        `sobol_indices`; `n` are trajectories. Indices are in the outcome's unit per whole range.

    Raises
    ------
    ParameterError
        Where the rows are no trajectories or fewer than 8 are complete.

    Notes
    -----
    Morris 1991; Campolongo, Cariboni and Saltelli 2007. A large sigma beside mu_star shows curvature or interaction.
    Noise makes mu_star and sigma too large, and leaves mu: sigma is taken from products of different replicates, and
    mu_star gives each replicate's effect the sign that the other replicates make likely. This is 0 on average where
    there is no effect, so that an estimate may fall below 0; right where effects exceed the noise or have one sign;
    and low where effects of either sign are small against the noise.

    Examples
    --------
    >>> import numpy as np
    >>> from SALib.sample import morris
    >>> problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 10]]}
    >>> points = morris.sample(problem, 10, seed=1)
    >>> table = morris_effects(points, 3 * points[:, 0] - points[:, 1], {"a": (0, 1), "b": (0, 10)})
    >>> table[table["index"] == "mu"]["estimate"].round(6).tolist()
    [3.0, -10.0]
    """
    columns = columns_of(design, factors)
    points = on_unit_scale(columns, factors)
    return morris_table(list(columns), points, outcome_array(outcomes, len(points)),
                        Sampling(common_random_numbers, confidence, bootstraps, seed))


@renamed_argument("shared_luck", "common_random_numbers")
@refusals()
def prcc(
    design: pd.DataFrame | ArrayLike,
    outcomes: ArrayLike,
    factors: Factors = None,
    *,
    common_random_numbers: bool = True,
    confidence: float = 0.95,
    bootstraps: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate the partial rank correlation of each factor with the expected outcome, -1 to 1.

    The correlation of what remains of a factor's ranks and of the outcome's ranks when both
    have been regressed on the ranks of all other factors.

    Parameters
    ----------
    design
        Any design in which the factors are not copies of each other, such as a Latin hypercube,
        with at least three times as many rows as factors.
    outcomes
        Rows x replicates; a row with a missing run (nan) is left out.
    factors, common_random_numbers, confidence, bootstraps, seed
        As in `sobol_indices`; the bootstrap is over rows, on Fisher's scale.

    Returns
    -------
    pandas.DataFrame
        A row per factor with the columns of `sobol_indices` (`index` is `prcc`, `n` the rows used) and `p_value`: how
        often so large a correlation would occur without any, the error from common random numbers counted.

    Raises
    ------
    ParameterError
        For too few rows and for factors that are copies of each other.

    Notes
    -----
    Saltelli and Marivoet 1990; Marino and others 2008. It shows monotone effects: 0 does not mean no effect, and a
    factor with a hump can be anything. Noise draws it towards 0 and is removed by what two halves of the replicates
    have in common; `uncorrected` has it still. Where nearly all that the factors leave unexplained is noise, the
    correction stops at what so few rows can show: the estimate is then too small, and its interval may miss the true
    value. From fewer than 200 rows a correlation beyond 0.9 is too small by up to some hundredths.

    Examples
    --------
    >>> import numpy as np
    >>> random = np.random.Generator(np.random.Philox(1))
    >>> points = random.random((200, 2))
    >>> table = prcc(points, points[:, 0] + 0.1 * random.normal(size=200), ["a", "b"])
    >>> bool(table["low"][0] > 0.9), bool(table["low"][1] < 0 < table["high"][1])
    (True, True)
    """
    columns = columns_of(design, factors)
    points = on_unit_scale(columns, factors)
    return prcc_table(list(columns), points, outcome_array(outcomes, len(points)),
                      Sampling(common_random_numbers, confidence, bootstraps, seed))
