"""Parts of the site that are made from the code, so that no page can say something else than it does.

A page holds a line such as

    <!-- generated: parameters policy -->

and `filled` puts the text of that generator in its place whenever the site is built (and
whenever a test looks). Nothing that is made here is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from . import (
    commands,
    draws,
    events,
    experiments,
    gallery,
    markdown,
    measures,
    notebooks,
    outside,
    parameters,
    project,
    python,
    records,
    rules,
    sources,
    status_quo,
    study_file,
    versions,
    worlds,
)
from . import state as state_variables

__all__ = [
    "GENERATORS", "filled", "gallery", "made", "markdown", "notebooks", "outside", "placeholders", "readable", "shown",
]

DOCS = Path(__file__).resolve().parent.parent

GENERATORS: dict[str, Callable[..., str]] = {
    "effect_sizes": parameters.effect_sizes,
    "calibrated": parameters.calibrated,
    "commands": commands.commands,
    "documents": commands.documents,
    "exit statuses": commands.exit_statuses,
    "common columns": records.common,
    "single values": records.single,
    "tables": records.described,
    "consequences": events.consequences,
    "draws": draws.purposes,
    "fact studies": status_quo.fact_studies,
    "experiment": experiments.experiment,
    "experiments of claims": experiments.claims,
    "factors": study_file.factor_keys,
    "findings": experiments.findings,
    "gallery": gallery.gallery,
    "grades": parameters.grades,
    "notebooks": notebooks.table,
    "kinds of design": study_file.kinds_of_design,
    "measures": measures.measures,
    "parameters": parameters.parameters,
    "patterns": status_quo.patterns,
    "plan": parameters.plan,
    "presets": parameters.presets,
    "public names": python.public_names,
    "charts": python.charts,
    "records": records.columns,
    "rules": rules.rules,
    "scales": status_quo.scales,
    "sources": sources.bibliography,
    "stated facts": study_file.stated_facts,
    "state": state_variables.variables,
    "team": parameters.team,
    "study keys": study_file.study_keys,
    "timed events": events.timed,
    "trace": records.trace,
    "value": project.value,
    "versions": project.versions,
    "answers of versions": versions.answers,
    "answers with switches": versions.switches,
    "measured step": versions.step,
    "fact of version": versions.fact,
    "heads of version": versions.twice_the_heads,
    "customer time of version": versions.customer_time,
    "facts of versions": versions.facts,
    "missed by versions": versions.missed,
    "world weights": worlds.weights,
    "world switches": worlds.switches,
    "world sets": worlds.sets_weighed,
    "world odds": worlds.odds,
    "world calibration": worlds.calibration,
}
"""What may stand in a placeholder: the generator's name, then the words it is given."""

_PLACE = re.compile(r"<!-- generated: (.+?) -->")


def made(words: str) -> str:
    """The text that a placeholder stands for; KeyError for a generator that is not there.

    >>> made("value organisation.teams")
    '4'
    """
    for name in sorted(GENERATORS, key=len, reverse=True):
        if words == name or words.startswith(f"{name} "):
            return GENERATORS[name](*words[len(name):].split())
    raise KeyError(f"no generator for <!-- generated: {words} -->; there are {', '.join(GENERATORS)}")


def placeholders(text: str) -> list[str]:
    """The words of every placeholder in a page, in order."""
    return _PLACE.findall(text)


def filled(text: str) -> str:
    """A page's text with every placeholder replaced."""
    return _PLACE.sub(lambda place: made(place[1]), text)


from . import readable  # noqa: E402 - it fills pages


def shown(text: str, page: Path) -> str:
    """A page's text as the site shows it: filled, and with links that lead out of the site as words."""
    return outside.without_links_out(readable.without_pointer(filled(text)), page)
