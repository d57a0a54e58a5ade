"""What the JSON document of each command can hold: the one description of its schema."""

from __future__ import annotations

import dataclasses

VERSION = 1
"""Of the documents; a key that is removed or changes its meaning is another version, a new key is not."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """What the document of a command can hold.

    Parameters
    ----------
    single : tuple of str
        Names of single values.
    tables : tuple of str
        Names of tables; `results.dictionary` describes both.
    """

    single: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


_OF_ANSWER = ("worlds", "measure", "unit", "smallest_effect", "smallest_effect_reason", "status_quo")
_ANSWER = ("effects", "drivers", "switches", "choices", "learning")
_MONEY = ("money", "money_months", "money_years", "ledger", "money_drivers", "money_learning")
_COMPARED = Shape(("replications", "engine", "confidence", "baseline", "currency", *_OF_ANSWER),
                  ("comparison", *_ANSWER, *_MONEY))

SHAPES: dict[str, Shape] = {
    "demo": _COMPARED,
    "run": Shape(("replicate", "engine", "events"), ("measures",)),
    "compare": _COMPARED,
    "payback": Shape(("replications", "worlds", "engine", "confidence", "status_quo", "currency", "years"), _MONEY),
    "sweep": Shape(("question", "points", "runs", "runs_made", "runs_wanted", "runs_at_most", "failed_runs", "complete",
                    "events", "seconds", "bytes", "workers", "trials", "replications", *_OF_ANSWER),
                   ("design", "estimates", "differences", "failures", *_ANSWER)),
    "status": Shape(("question", "points", "runs", "runs_wanted", "failed_runs", "damaged_files", "complete",
                     "seconds_of_work", "runs_per_second", "seconds_left", "writer"), ("failures",)),
    "rerun": Shape(("point", "replicate", "engine", "confirmed", "compared", "trace_hash", "code_changed"),
                   ("run_differences",)),
    "sensitivity": Shape(("measure", "unit"), ("sensitivity",)),
    "surface": Shape(("measure", "unit"), ("optimum",)),
    "discover": Shape(("measure", "unit"), ("boxes",)),
    "worlds": Shape(("worlds", "worlds_left"), ("unknown", "world_facts", "probabilities")),
    "trial": Shape(("worlds", "replications", "primary", "best", "arms", "months", "base_months", "treated", "horizon",
                    "currency"),
                   ("outcomes", "power", "trial_months", "teams", "surrogates", "worth", "options", "decision_map",
                    "trial_effects", "trial_decision")),
    "claims": Shape(("runs", "worlds", "replications", "engine"),
                    ("verdicts", "parts", "claim_drivers", "structures")),
    "report": Shape(("unfinished",), ("files",)),
    "facts": Shape(("replications", "engine", "facts_outside", "facts_in_all"), ("facts",)),
    "calibrate": Shape(("replications",), ("base_year", "solved", "contradictions")),
    "import": Shape(("rows", "deals", "won", "lost", "open", "kept"), ("import_quantities", "import_hazards")),
    "export": Shape(("kind", "format"), ("files",)),
    "parameters": Shape((), ("parameters",)),
    "diff": Shape(("same",), ("changes",)),
    "version": Shape((), ("versions",)),
}
"""By command. `animate` and `workshop` have none: they make a film and open a page, and answer nothing. `schema` prints
JSON in any case."""


def identity(command: str) -> str:
    """The name of a command's schema.

    >>> identity("run")
    'simlead run 1'
    """
    return f"simlead {command} {VERSION}"
