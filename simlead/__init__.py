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
    from simlead.client.simulated_export import write_export as write_export
    from simlead.engines.contract import SimulationError as SimulationError
    from simlead.model import draws as draws
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
    from simlead.show import charts as charts
    from simlead.show.claims_words import claim_texts as claim_texts
    from simlead.show.currency import in_currency as in_currency
    from simlead.show.explore.explorer import explore as explore
    from simlead.show.import_folder import save_import as save_import
    from simlead.show.language import in_language as in_language
    from simlead.show.report.making import report as report
    from simlead.show.sentences import sentences as sentences
    from simlead.show.stories import stories as stories
    from simlead.show.tables import in_words as in_words
    from simlead.show.tables import parameters as parameters
    from simlead.show.trial_folder import save_trial as save_trial
    from simlead.statistics.intervals import mean_interval as mean_interval
    from simlead.study import special_cases as special_cases
    from simlead.study import theory as theory
    from simlead.study.answers.answer import answer as answer
    from simlead.study.answers.ensemble import structural_ensemble as structural_ensemble
    from simlead.study.answers.of_sweep import answer_points as answer_points
    from simlead.study.attribution.pair import attribution as attribution
    from simlead.study.attribution.pair import balance as balance
    from simlead.study.attribution.replications import replicated_attribution as replicated_attribution
    from simlead.study.base_year import base_year as base_year
    from simlead.study.calibration import calibrate as calibrate
    from simlead.study.claims.examine import examine as examine
    from simlead.study.claims.judging import verdict as verdict
    from simlead.study.claims.protocol import CLAIMS as CLAIMS
    from simlead.study.claims.protocol import Claim as Claim
    from simlead.study.compare import compare as compare
    from simlead.study.comparison import paired_table as paired_table
    from simlead.study.discover import prim as prim
    from simlead.study.export import export as export
    from simlead.study.facts import facts as facts
    from simlead.study.money.payback import payback as payback
    from simlead.study.payback import payback_in_one_world as payback_in_one_world
    from simlead.study.precision import estimate_until as estimate_until
    from simlead.study.reading import read_sweep as read_sweep
    from simlead.study.records import Region as Region
    from simlead.study.selection import select_best as select_best
    from simlead.study.sensitivity import morris_effects as morris_effects
    from simlead.study.sensitivity import prcc as prcc
    from simlead.study.sensitivity import sobol_indices as sobol_indices
    from simlead.study.simulate import replicate as replicate
    from simlead.study.simulate import simulate as simulate
    from simlead.study.studies.study_file import load_study as load_study
    from simlead.study.surface import fit_surface as fit_surface
    from simlead.study.sweeps.rerun import rerun as rerun
    from simlead.study.sweeps.sweep import open_sweep as open_sweep
    from simlead.study.sweeps.sweep import sweep as sweep
    from simlead.study.trial.data import analyse_trial as analyse_trial
    from simlead.study.trial.design import design_trial as design_trial
    from simlead.study.warmup import check_warm_up as check_warm_up
    from simlead.study.worlds.match import match as match
    from simlead.study.worlds.worlds import worlds as worlds

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent until a program asks for it

__version__ = "0.2.0.dev0"

_Shown.shown_in = "simlead.show.notebook"

_HOMES = {
    "analyse_trial": "simlead.study.trial.data",
    "answer": "simlead.study.answers.answer",
    "answer_points": "simlead.study.answers.of_sweep",
    "attribution": "simlead.study.attribution.pair",
    "balance": "simlead.study.attribution.pair",
    "base_year": "simlead.study.base_year",
    "calibrate": "simlead.study.calibration",
    "check_warm_up": "simlead.study.warmup",
    "Claim": "simlead.study.claims.protocol",
    "claim_texts": "simlead.show.claims_words",
    "CLAIMS": "simlead.study.claims.protocol",
    "compare": "simlead.study.compare",
    "design_trial": "simlead.study.trial.design",
    "EFFECT_SIZES": "simlead.model.presets",
    "estimate_until": "simlead.study.precision",
    "examine": "simlead.study.claims.examine",
    "explore": "simlead.show.explore.explorer",
    "export": "simlead.study.export",
    "facts": "simlead.study.facts",
    "fit_surface": "simlead.study.surface",
    "Import": "simlead.client.importing",
    "import_crm": "simlead.client.importing",
    "in_currency": "simlead.show.currency",
    "in_language": "simlead.show.language",
    "in_words": "simlead.show.tables",
    "load_scenario": "simlead.model.scenario_file",
    "load_study": "simlead.study.studies.study_file",
    "match": "simlead.study.worlds.match",
    "mean_interval": "simlead.statistics.intervals",
    "measure": "simlead.results.own_measures",
    "MEASURES": "simlead.results.measures",
    "morris_effects": "simlead.study.sensitivity",
    "open_sweep": "simlead.study.sweeps.sweep",
    "paired_table": "simlead.study.comparison",
    "ParameterError": "simlead.model.parameters",
    "parameters": "simlead.show.tables",
    "payback": "simlead.study.money.payback",
    "payback_in_one_world": "simlead.study.payback",
    "prcc": "simlead.study.sensitivity",
    "preset": "simlead.model.presets",
    "PRESETS": "simlead.model.presets",
    "prim": "simlead.study.discover",
    "read_sweep": "simlead.study.reading",
    "Region": "simlead.study.records",
    "REGISTRY": "simlead.model.scenario",
    "replicate": "simlead.study.simulate",
    "replicated_attribution": "simlead.study.attribution.replications",
    "report": "simlead.show.report.making",
    "rerun": "simlead.study.sweeps.rerun",
    "Run": "simlead.results.run",
    "save_import": "simlead.show.import_folder",
    "save_trial": "simlead.show.trial_folder",
    "Scenario": "simlead.model.scenario",
    "select_best": "simlead.study.selection",
    "sentences": "simlead.show.sentences",
    "simulate": "simlead.study.simulate",
    "SimulationError": "simlead.engines.contract",
    "sobol_indices": "simlead.study.sensitivity",
    "SOURCES": "simlead.model.sources",
    "STATED": "simlead.model.stated",
    "stories": "simlead.show.stories",
    "structural_ensemble": "simlead.study.answers.ensemble",
    "sweep": "simlead.study.sweeps.sweep",
    "verdict": "simlead.study.claims.judging",
    "worlds": "simlead.study.worlds.worlds",
    "write_export": "simlead.client.simulated_export",
}

_MODULES = {
    "charts": "simlead.show.charts",
    "draws": "simlead.model.draws",
    "special_cases": "simlead.study.special_cases",
    "theory": "simlead.study.theory",
}
"""Modules whose functions are public, `simlead.charts.funnel` say, each behind a public name of its own."""

_DRESSED = {"simlead.model.scenario": "Scenario", "simlead.statistics.decisions": "Decision"}
"""Classes of floors that know nothing of showing; their objects show themselves all the same."""

_RENAMED = {
    "BELIEFS": "EFFECT_SIZES",
    "belief_uncertainty": "answer",
    "twins": "attribution",
    "world_uncertainty": "answer",
}
"""Old public name -> the name that replaces it; the old one warns for one release."""

__all__ = [  # noqa: F822 - the names of _HOMES and _MODULES, spelled out for editors
    "__version__",
    "analyse_trial",
    "answer",
    "answer_points",
    "attribution",
    "balance",
    "base_year",
    "calibrate",
    "charts",
    "check_warm_up",
    "Claim",
    "claim_texts",
    "CLAIMS",
    "compare",
    "design_trial",
    "draws",
    "EFFECT_SIZES",
    "estimate_until",
    "examine",
    "explore",
    "export",
    "facts",
    "fit_surface",
    "Import",
    "import_crm",
    "in_currency",
    "in_language",
    "in_words",
    "load_scenario",
    "load_study",
    "match",
    "mean_interval",
    "measure",
    "MEASURES",
    "morris_effects",
    "open_sweep",
    "paired_table",
    "ParameterError",
    "parameters",
    "payback",
    "payback_in_one_world",
    "prcc",
    "preset",
    "PRESETS",
    "prim",
    "read_sweep",
    "Region",
    "REGISTRY",
    "replicate",
    "replicated_attribution",
    "report",
    "rerun",
    "Run",
    "save_import",
    "save_trial",
    "Scenario",
    "select_best",
    "sentences",
    "simulate",
    "SimulationError",
    "sobol_indices",
    "SOURCES",
    "special_cases",
    "STATED",
    "stories",
    "structural_ensemble",
    "sweep",
    "theory",
    "verdict",
    "worlds",
    "write_export",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for (PEP 562)."""
    if name in _RENAMED:
        from simlead.model.deprecation import warn_renamed

        warn_renamed(f"simlead.{name}", f"simlead.{_RENAMED[name]}")
        name = _RENAMED[name]
    if name in _MODULES:
        value: Any = import_module(_MODULES[name])
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'simlead' has no attribute {name!r}")
    for where, kind in _DRESSED.items():
        if where in sys.modules:
            _dress(getattr(sys.modules[where], kind))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether loaded yet or not."""
    return sorted({*globals(), *__all__})
