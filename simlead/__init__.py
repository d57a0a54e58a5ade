"""simlead simulates how sales leadership works, event by event.

What would half of every manager's week spent coaching do to growth and market share?
A first study in five lines, over the same simulated luck for both firms:

>>> import simlead
>>> firm = simlead.Scenario()
>>> coached = firm.change({"policy.coaching_share": 0.5})
>>> study = simlead.compare({"as it is": firm, "coached": coached}, replications=2)
>>> growth = study.table[study.table["measure"] == "revenue_growth"]
>>> growth["scenario"].tolist(), growth["n"].tolist()
(['as it is', 'coached'], [2, 2])

The names below are the public ones; each loads what it needs when it is first used, so
that looking at a parameter does not wait for a compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simlead.model.parameters import ParameterError as ParameterError
    from simlead.model.presets import BELIEFS as BELIEFS
    from simlead.model.presets import PRESETS as PRESETS
    from simlead.model.presets import preset as preset
    from simlead.model.scenario import REGISTRY as REGISTRY
    from simlead.model.scenario import Scenario as Scenario
    from simlead.model.scenario_file import load_scenario as load_scenario
    from simlead.model.sources import SOURCES as SOURCES
    from simlead.results.measures import MEASURES as MEASURES
    from simlead.results.run import Run as Run
    from simlead.show.report.making import report as report
    from simlead.study.calibration import calibrate as calibrate
    from simlead.study.claims.examine import examine as examine
    from simlead.study.claims.table import CLAIMS as CLAIMS
    from simlead.study.compare import compare as compare
    from simlead.study.estimation.precision import estimate_until as estimate_until
    from simlead.study.facts import facts as facts
    from simlead.study.selection.select import select_best as select_best
    from simlead.study.sensitivity.sobol import sobol_indices as sobol_indices
    from simlead.study.simulate import replicate as replicate
    from simlead.study.simulate import simulate as simulate
    from simlead.study.studies.study_file import load_study as load_study
    from simlead.study.surface.fitting import fit_surface as fit_surface
    from simlead.study.sweeps.sweep import open_sweep as open_sweep
    from simlead.study.sweeps.sweep import sweep as sweep
    from simlead.study.twins.twins import twins as twins
    from simlead.study.uncertainty.uncertainty import belief_uncertainty as belief_uncertainty

__version__ = "0.1.0"

_HOMES = {
    "BELIEFS": "simlead.model.presets",
    "CLAIMS": "simlead.study.claims.table",
    "MEASURES": "simlead.results.measures",
    "PRESETS": "simlead.model.presets",
    "ParameterError": "simlead.model.parameters",
    "REGISTRY": "simlead.model.scenario",
    "Run": "simlead.results.run",
    "SOURCES": "simlead.model.sources",
    "Scenario": "simlead.model.scenario",
    "belief_uncertainty": "simlead.study.uncertainty.uncertainty",
    "calibrate": "simlead.study.calibration",
    "compare": "simlead.study.compare",
    "estimate_until": "simlead.study.estimation.precision",
    "examine": "simlead.study.claims.examine",
    "facts": "simlead.study.facts",
    "fit_surface": "simlead.study.surface.fitting",
    "load_scenario": "simlead.model.scenario_file",
    "load_study": "simlead.study.studies.study_file",
    "open_sweep": "simlead.study.sweeps.sweep",
    "preset": "simlead.model.presets",
    "replicate": "simlead.study.simulate",
    "report": "simlead.show.report.making",
    "select_best": "simlead.study.selection.select",
    "simulate": "simlead.study.simulate",
    "sobol_indices": "simlead.study.sensitivity.sobol",
    "sweep": "simlead.study.sweeps.sweep",
    "twins": "simlead.study.twins.twins",
}

__all__ = [  # noqa: F822 - the names of _HOMES, spelled out for editors
    "BELIEFS",
    "CLAIMS",
    "MEASURES",
    "PRESETS",
    "REGISTRY",
    "SOURCES",
    "ParameterError",
    "Run",
    "Scenario",
    "__version__",
    "belief_uncertainty",
    "calibrate",
    "compare",
    "estimate_until",
    "examine",
    "facts",
    "fit_surface",
    "load_scenario",
    "load_study",
    "open_sweep",
    "preset",
    "replicate",
    "report",
    "select_best",
    "simulate",
    "sobol_indices",
    "sweep",
    "twins",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'simlead' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether loaded yet or not."""
    return sorted({*globals(), *__all__})
