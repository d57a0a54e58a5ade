"""Reports: one page and one set of slides about a study, in either language."""

from simlead.show.report.making import report

__all__ = ["report"]
