"""Moving pictures of a run: the pipeline and the manager's calendar over a week or a year."""

from simlead.show.animation.film import animate

__all__ = ["animate"]
