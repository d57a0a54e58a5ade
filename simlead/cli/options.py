"""The options that several commands share, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simlead.cli.failures import Refusal
from simlead.model.parameters import ParameterError, nearest

Sets = Annotated[list[str] | None, typer.Option(
    "--set", metavar="PATH=VALUE", help="Change a parameter, e.g. policy.coaching_share=0.5. Repeatable.")]
Beliefs = Annotated[str | None, typer.Option(
    "--beliefs", metavar="NAME", help="evidence (the default) or practitioner: what is taken as causal.")]
Preset = Annotated[str | None, typer.Option(
    "--preset", metavar="NAME", help="A named scenario; `simlead diff status_quo NAME` shows it.")]
ScenarioFile = Annotated[Path | None, typer.Option(
    "--scenario", metavar="FILE", help="A scenario from a TOML file.")]
Replications = Annotated[int, typer.Option(
    "--replications", min=2, max=1_000_000, help="Simulated firms per scenario.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Names the luck. 0 is a seed.")]
Workers = Annotated[int | None, typer.Option(
    "--workers", min=1, max=4096, help="Processes at work; all cores if left out.")]
Engine = Annotated[str, typer.Option(
    "--engine", metavar="NAME", help="simpy, the reference, or compiled: the same results, sooner.")]
Language = Annotated[str, typer.Option(
    "--language", metavar="CODE", help="Of charts: en or fa (Persian); tables stay as they are.")]


def known_engine(name: str) -> str:
    """The engine's name, or a Refusal that lists the engines there are."""
    from simlead.study.engines import ENGINES

    if name not in ENGINES:
        raise Refusal(f"--engine {name}: allowed is {' | '.join(ENGINES)}{nearest(name, ENGINES)}")
    return name


def known_language(code: str) -> str:
    """The language's code, or a Refusal that lists the languages there are."""
    from simlead.show.language import checked_language

    try:
        return checked_language(code)
    except ParameterError as refusal:
        raise Refusal(f"--language: {refusal}") from None
