"""The options that several commands share, and the checks of their values."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from simlead.cli import completion
from simlead.cli.failures import Refusal, say_warning
from simlead.cli.terminal import keep_for_json
from simlead.model.deprecation import REMOVED_IN
from simlead.model.number import LARGEST_SEED
from simlead.model.parameters import ParameterError, nearest
from simlead.model.preset_values import EFFECT_SIZES
from simlead.results.export import SUFFIXES

PICTURES = (".png", ".svg", ".pdf")
"""Suffixes of the pictures that charts are saved as."""

Sets = Annotated[list[str] | None, typer.Option(
    "--set", metavar="PATH=VALUE", help="Change a parameter, such as policy.coaching_share=0.5. Repeatable.",
    autocompletion=completion.assignments)]
EffectSizes = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME", help="Set of effect sizes: evidence (the default) or practitioner.",
    autocompletion=completion.effect_sizes)]
EffectSizesOfAnswer = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME",
    help="Set of effect sizes: evidence or practitioner (default: both for the answer over worlds, evidence for the "
         "comparison in one world).",
    autocompletion=completion.effect_sizes)]
Firm = Annotated[str, typer.Argument(
    metavar="[FIRM]", show_default=False, help="Preset or scenario file (default: status_quo).",
    autocompletion=completion.firms)]
FIRM = Annotated[str, typer.Argument(
    metavar="FIRM", help="Preset or scenario file.", autocompletion=completion.firms)]
Firms = Annotated[list[str], typer.Argument(
    metavar="FIRM...", help="Presets or scenario files; the first is the baseline.",
    autocompletion=completion.firms)]
Replications = Annotated[int, typer.Option(
    "--replications", min=2, max=1_000_000, help="Number of replications per scenario.")]
Replicate = Annotated[int, typer.Option("--replicate", min=0, help="Number of the replication, from 0.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Random seed (0 is valid).")]
Workers = Annotated[int | None, typer.Option(
    "--workers", min=1, max=4096, help="Number of worker processes (default: all cores).")]
Engine = Annotated[str, typer.Option(
    "--engine", metavar="NAME", help="simpy (the reference) or compiled (faster); both give the same results.",
    autocompletion=completion.engines)]
Language = Annotated[str, typer.Option(
    "--language", metavar="CODE", help="Language of charts: en or fa (Persian); tables are in English.",
    autocompletion=completion.languages)]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Save into this new folder.")]
OverwriteFolder = Annotated[bool, typer.Option("--overwrite", help="Replace DIR if simlead wrote it.")]
Format = Annotated[str, typer.Option(
    "--format", metavar="NAME", help="Format of tables: parquet, csv or xlsx.", autocompletion=completion.formats)]
All = Annotated[bool, typer.Option("--all", help="Print every measure, not only the main ones.")]
SweepFolder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")]


def _only_json(wanted: bool) -> bool:
    keep_for_json(wanted)
    return wanted


Json = Annotated[bool, typer.Option(
    "--json", help="Print one JSON document and nothing else; simlead schema COMMAND prints its schema.",
    callback=_only_json, is_eager=True)]

OLD_OPTIONS = {"--beliefs": "--effect-sizes"}
OLD_OPTIONS_OF = {("worlds", "--n"): "--worlds"}
NOW_ARGUMENTS = {("run", "--preset"), ("run", "--scenario"), ("animate", "--preset"), ("animate", "--scenario")}
"""Options whose value is the argument FIRM now, with their commands."""


def with_new_names(arguments: Sequence[str]) -> list[str]:
    """The arguments with old options under their new names, and a warning for each."""
    given: list[str] = []
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if "--" in arguments[:place]:
            given.append(argument)
        elif new := OLD_OPTIONS.get(name) or OLD_OPTIONS_OF.get((arguments[0], name)):
            _warn_of_old_option(name, new)
            given.append(f"{new}{equals}{value}")
        elif (arguments[0], name) in NOW_ARGUMENTS:
            _warn_of_old_option(name, f"the argument FIRM, as in simlead {arguments[0]} FIRM")
            given += [value] if equals else []
        else:
            given.append(argument)
    return given


def _warn_of_old_option(name: str, new: str) -> None:
    say_warning(f"{name} is now {new}; the old name stops working in version {REMOVED_IN}")


def known(option: str, name: str, names: Iterable[str]) -> str:
    """The name, if it is one of the names; else a Refusal that lists them."""
    allowed = list(names)
    if name not in allowed:
        raise Refusal(f"{option} {name or repr(name)}: allowed is {' | '.join(allowed)}{nearest(name, allowed)}")
    return name


def known_engine(name: str) -> str:
    """The engine's name, or a Refusal that lists the engines there are."""
    from simlead.study.engines import ENGINES

    return known("--engine", name, ENGINES)


def known_effect_sizes(name: str | None) -> str:
    """The name of the set of effect sizes, `evidence` by default; a Refusal for an unknown one."""
    return known("--effect-sizes", "evidence" if name is None else name, EFFECT_SIZES)


def known_language(code: str) -> str:
    """The language's code, or a Refusal that lists the languages there are."""
    from simlead.show.language import checked_language

    try:
        return checked_language(code)
    except ParameterError as refusal:
        raise Refusal(f"--language: {refusal}") from None


def known_format(name: str) -> str:
    """The suffix of a format of tables, such as `.csv`; Refusal for an unknown one."""
    return f".{known('--format', name, [suffix[1:] for suffix in SUFFIXES])}"


def free(
    path: Path, overwrite: bool, kind: str | None = None, option: str = "--out", *,
    ours: Callable[[Path], bool] | None = None,
) -> Path:
    """The path, refused before any work is done if something exists there that must stay, or nothing can be made there.

    `kind` is that of a result folder, the only thing that `--overwrite` replaces; `ours` knows another thing.
    """
    if path.exists() and not overwrite:
        raise Refusal(f"{option} {path}: is there already; choose another name or add --overwrite")
    if path.exists() and kind is not None:
        from simlead.results.folder import is_ours

        ours = partial(is_ours, kind=kind)
    if path.exists() and ours is not None and not ours(path):
        raise Refusal(f"{option} {path}: holds something else, which --overwrite does not replace; choose another name")
    _refuse_where_nothing_can_be_made(path, option)
    return path


def beside(folder: Path, tail: str) -> Path:
    """The default folder of what is made of a folder of results: beside it, with this end of its name.

    >>> beside(Path("results"), "report-fa").name
    'results-report-fa'
    """
    named = folder if folder.name not in ("", "..") else folder.resolve()
    if not named.name:
        raise Refusal(f"{folder}: allowed is a folder that a command of simlead wrote")
    return named.with_name(f"{named.name}-{tail}")


def _refuse_where_nothing_can_be_made(path: Path, option: str) -> None:
    place = path.resolve()
    above = next(each for each in place.parents if each.exists())
    if not above.is_dir():
        raise Refusal(f"{option} {path}: {above} is a file; allowed is a name in a folder")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{place.name[:100]}.", dir=above):
            pass
    except OSError as trouble:
        raise Refusal(f"{option} {path}: nothing can be written in {above} ({trouble.strerror})") from None


def file_path(path: Path, suffixes: Sequence[str], overwrite: bool, option: str = "--out") -> Path:
    """A path for a new file, whose ending gives the format.

    Raises Refusal for other endings, for a folder, and as :func:`free`.
    """
    if path.suffix.lower() not in suffixes:
        raise Refusal(f"{option} {path}: allowed is a name that ends in {' | '.join(suffixes)}"
                      f"{nearest(path.suffix, suffixes) if path.suffix else ''}")
    if path.is_dir():
        raise Refusal(f"{option} {path}: is a folder; the name of a file is needed")
    return free(path, overwrite, option=option)
