"""Which factor matters, how sure that is, and what noise has to do with it.

Three ways to ask: Sobol indices (how much of the variance), Morris's elementary effects
(a cheap look at many factors), partial rank correlation (up or down). Each takes a
design's points and their outcomes, rows x replicates, takes replication noise out (how,
stands in `replicates`), and returns the same tidy table, which :func:`verdict` puts into
words.
"""

from simlead.study.sensitivity.morris import morris_effects
from simlead.study.sensitivity.outcomes import outcomes_of
from simlead.study.sensitivity.prcc import prcc
from simlead.study.sensitivity.sobol import sobol_indices
from simlead.study.sensitivity.verdict import verdict

__all__ = ["morris_effects", "outcomes_of", "prcc", "sobol_indices", "verdict"]
