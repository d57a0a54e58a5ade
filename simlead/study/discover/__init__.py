"""Where in the space of factors something happens: boxes by PRIM, and whether they are more than chance.

The patient rule induction method (Friedman and Fisher 1999, Statistics and Computing 9), as
scenario discovery uses it (Bryant and Lempert 2010, Technological Forecasting and Social
Change 77): "growth fails when role clarity < .4 and span > 9". `peeling` finds a box,
`chance` asks what boxes noise would have shown.
"""

from simlead.study.discover.boxes import prim
from simlead.study.discover.wording import inside, sentences

__all__ = ["inside", "prim", "sentences"]
