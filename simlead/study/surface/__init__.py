"""A response surface: what a measure would be between the points that were simulated, and where it is best.

A Gaussian process goes through the means of a sweep's points as closely as their luck
demands (`kriging`). It says for every policy within the factors' ranges what to expect and
how sure that is; where the measure is best, and which policies are as good; and, by leaving
out each point in turn, whether it is to be trusted at all.
"""

from simlead.study.surface.fitting import fit_surface
from simlead.study.surface.surface import Surface

__all__ = ["Surface", "fit_surface"]
