"""Simulation of sales leadership, event by event.

What would half of every manager's week spent coaching do to growth and market share?
A first study in five lines, with common random numbers for both scenarios:

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

import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from simlead.results.shown import Shown as _Shown
from simlead.results.shown import dress as _dress

if TYPE_CHECKING:
    from simlead.client.importing import Import as Import
    from simlead.client.importing import import_crm as import_crm
    from simlead.model.parameters import ParameterError as ParameterError
    from simlead.model.presets import EFFECT_SIZES as EFFECT_SIZES
    from simlead.model.presets import PRESETS as PRESETS
    from simlead.model.presets import preset as preset
    from simlead.model.scenario import REGISTRY as REGISTRY
    from simlead.model.scenario import Scenario as Scenario
    from simlead.model.scenario_file import load_scenario as load_scenario
    from simlead.model.sources import SOURCES as SOURCES
    from simlead.model.stated import STATED as STATED
    from simlead.results.measures import MEASURES as MEASURES
    from simlead.results.own_measures import measure as measure
    from simlead.results.run import Run as Run
    from simlead.show.explore.explorer import explore as explore
    from simlead.show.import_folder import save_import as save_import
    from simlead.show.report.making import report as report
    from simlead.show.sentences import sentences as sentences
    from simlead.show.trial_folder import save_trial as save_trial
    from simlead.study.answers.answer import answer as answer
    from simlead.study.answers.ensemble import structural_ensemble as structural_ensemble
    from simlead.study.attribution.pair import attribution as attribution
    from simlead.study.attribution.replications import replicated_attribution as replicated_attribution
    from simlead.study.base_year import base_year as base_year
    from simlead.study.calibration import calibrate as calibrate
    from simlead.study.claims.examine import examine as examine
    from simlead.study.claims.protocol import CLAIMS as CLAIMS
    from simlead.study.compare import compare as compare
    from simlead.study.export import export as export
    from simlead.study.facts import facts as facts
    from simlead.study.money.payback import payback as payback
    from simlead.study.precision import estimate_until as estimate_until
    from simlead.study.reading import read_sweep as read_sweep
    from simlead.study.selection import select_best as select_best
    from simlead.study.sensitivity import sobol_indices as sobol_indices
    from simlead.study.simulate import replicate as replicate
    from simlead.study.simulate import simulate as simulate
    from simlead.study.studies.study_file import load_study as load_study
    from simlead.study.surface import fit_surface as fit_surface
    from simlead.study.sweeps.sweep import open_sweep as open_sweep
    from simlead.study.sweeps.sweep import sweep as sweep
    from simlead.study.trial.data import analyse_trial as analyse_trial
    from simlead.study.trial.design import design_trial as design_trial
    from simlead.study.worlds.match import match as match
    from simlead.study.worlds.worlds import worlds as worlds

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent until a program asks for it

__version__ = "0.2.0.dev0"

_Shown.shown_in = "simlead.show.notebook"

_HOMES = {
    "EFFECT_SIZES": "simlead.model.presets",
    "CLAIMS": "simlead.study.claims.protocol",
    "Import": "simlead.client.importing",
    "MEASURES": "simlead.results.measures",
    "PRESETS": "simlead.model.presets",
    "ParameterError": "simlead.model.parameters",
    "REGISTRY": "simlead.model.scenario",
    "Run": "simlead.results.run",
    "SOURCES": "simlead.model.sources",
    "STATED": "simlead.model.stated",
    "Scenario": "simlead.model.scenario",
    "analyse_trial": "simlead.study.trial.data",
    "answer": "simlead.study.answers.answer",
    "attribution": "simlead.study.attribution.pair",
    "replicated_attribution": "simlead.study.attribution.replications",
    "base_year": "simlead.study.base_year",
    "calibrate": "simlead.study.calibration",
    "compare": "simlead.study.compare",
    "design_trial": "simlead.study.trial.design",
    "estimate_until": "simlead.study.precision",
    "examine": "simlead.study.claims.examine",
    "export": "simlead.study.export",
    "explore": "simlead.show.explore.explorer",
    "facts": "simlead.study.facts",
    "fit_surface": "simlead.study.surface",
    "import_crm": "simlead.client.importing",
    "load_scenario": "simlead.model.scenario_file",
    "load_study": "simlead.study.studies.study_file",
    "match": "simlead.study.worlds.match",
    "measure": "simlead.results.own_measures",
    "open_sweep": "simlead.study.sweeps.sweep",
    "payback": "simlead.study.money.payback",
    "preset": "simlead.model.presets",
    "read_sweep": "simlead.study.reading",
    "replicate": "simlead.study.simulate",
    "report": "simlead.show.report.making",
    "save_import": "simlead.show.import_folder",
    "save_trial": "simlead.show.trial_folder",
    "select_best": "simlead.study.selection",
    "sentences": "simlead.show.sentences",
    "simulate": "simlead.study.simulate",
    "sobol_indices": "simlead.study.sensitivity",
    "structural_ensemble": "simlead.study.answers.ensemble",
    "sweep": "simlead.study.sweeps.sweep",
    "worlds": "simlead.study.worlds.worlds",
}

_DRESSED = {"simlead.model.scenario": "Scenario", "simlead.statistics.decisions": "Decision"}
"""Classes of floors that know nothing of showing; their objects show themselves all the same."""

_RENAMED = {
    "BELIEFS": "EFFECT_SIZES",
    "belief_uncertainty": "answer",
    "twins": "attribution",
    "world_uncertainty": "answer",
}
"""Old public name -> the name that replaces it; the old one warns for one release."""

__all__ = [  # noqa: F822 - the names of _HOMES, spelled out for editors
    "EFFECT_SIZES",
    "CLAIMS",
    "MEASURES",
    "PRESETS",
    "REGISTRY",
    "SOURCES",
    "Import",
    "ParameterError",
    "Run",
    "STATED",
    "Scenario",
    "__version__",
    "analyse_trial",
    "answer",
    "attribution",
    "base_year",
    "calibrate",
    "compare",
    "design_trial",
    "estimate_until",
    "examine",
    "export",
    "explore",
    "facts",
    "fit_surface",
    "import_crm",
    "load_scenario",
    "load_study",
    "match",
    "measure",
    "open_sweep",
    "payback",
    "preset",
    "read_sweep",
    "replicate",
    "replicated_attribution",
    "report",
    "save_import",
    "save_trial",
    "select_best",
    "sentences",
    "simulate",
    "structural_ensemble",
    "sobol_indices",
    "sweep",
    "worlds",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for (PEP 562)."""
    if name in _RENAMED:
        from simlead.model.deprecation import warn_renamed

        warn_renamed(f"simlead.{name}", f"simlead.{_RENAMED[name]}")
        name = _RENAMED[name]
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'simlead' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    for where, kind in _DRESSED.items():
        if where in sys.modules:
            _dress(getattr(sys.modules[where], kind))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether loaded yet or not."""
    return sorted({*globals(), *__all__})
