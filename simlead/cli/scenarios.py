"""Scenarios from options: presets, TOML files, sets of effect sizes and single values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from simlead.cli.failures import Refusal
from simlead.cli.options import known_effect_sizes
from simlead.cli.terminal import write
from simlead.model.number_text import probably_meant
from simlead.model.parameters import nearest, read_value
from simlead.model.preset_values import PRESETS
from simlead.model.registry import LABELS
from simlead.model.scenario import PLAN, REGISTRY, TABLES, Scenario
from simlead.model.scenario_file import firm_named
from simlead.model.stated import to_solve
from simlead.show.currency import speak_of


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """The values of `--set PATH=VALUE` options by dotted path.

    Raises Refusal for text without `=`, an unknown path, a word where a number is needed
    and a path that is set twice. The model itself checks the ranges.
    """
    values: dict[str, Any] = {}
    for text in texts:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not path or not value:
            raise Refusal(f"--set {text}: allowed is PATH=VALUE, such as policy.coaching_share=0.5")
        line = REGISTRY.get(path)
        if path in values:
            raise Refusal(f"--set {text}: {path} is set twice")
        if path in LABELS:
            values[path] = value
            continue
        if path == PLAN or path in TABLES:
            raise Refusal(f"--set {text}: {path} is a list; write it in a scenario file")
        if line is None:
            raise Refusal(f"--set {text}: no parameter {path}{REGISTRY.nearest(path)}")
        values[path] = read_value(line, value)
        if not line.choices and isinstance(values[path], str):
            meant = probably_meant(value) if not isinstance(line.default, bool) else ""
            hint = f"; did you mean {meant}?" if meant else ""
            raise Refusal(f"--set {text}: allowed is {line.allowed} ({line.unit}){hint}")
    return values


def one_firm(
    name: str, effect_sizes: str | None, sets: Sequence[str], *, calibrating: bool = False
) -> tuple[str, Scenario]:
    """A preset's or a file's short name and its scenario, with --effect-sizes and --set."""
    return firms_in_order([name], effect_sizes, sets, calibrating=calibrating)[0]


def firms_named(
    names: Iterable[str], effect_sizes: str | None, sets: Sequence[str]
) -> dict[str, Scenario]:
    """Scenarios by short name, in the order given; Refusal where two have the same."""
    found: dict[str, Scenario] = {}
    names = list(names)
    for name, (short, scenario) in zip(names, firms_in_order(names, effect_sizes, sets), strict=True):
        if short in found:
            again = "is named twice; name it once" if name in names[:len(found)] else (
                f"another FIRM has the short name {short} too; rename one of the files")
            raise Refusal(f"FIRM {name}: {again}")
        found[short] = scenario
    return found


def firms_in_order(
    names: Iterable[str], effect_sizes: str | None, sets: Sequence[str], *, calibrating: bool = False
) -> list[tuple[str, Scenario]]:
    """Short names and scenarios, in the order given.

    --set applies to each of them, --effect-sizes to those whose files do not name their own: a note says to which.
    Raises Refusal for a name that is neither preset nor file; the model refuses what is wrong in a file or the values.
    """
    values, found = assignments(sets), []
    if effect_sizes is not None:
        known_effect_sizes(effect_sizes)
    for name in names:
        short = name if name in PRESETS else Path(name).stem
        _refuse_no_file(name)
        found.append((short, firm_named(name, effect_sizes).change(values)))
    speak_of(found[0][1])
    for note in _notes(found, effect_sizes, calibrating):
        write(f"Note: {note}.")
    return found


def _refuse_no_file(name: str) -> None:
    """Refuse a folder, and a scenario file that is not there with the nearest one beside it."""
    if name and name not in PRESETS and Path(name).is_dir():
        raise Refusal(f"FIRM {name}: a folder; allowed is a preset or a scenario file, such as firm.toml in it")
    path = Path(name).expanduser()
    if name not in PRESETS and path.suffix.lower() == ".toml" and not path.exists():
        beside = [each.name for each in path.parent.glob("*.toml")][:200] if path.parent.is_dir() else []
        raise Refusal(f"{name}: no such file{nearest(path.name, beside)}")


def _notes(found: Sequence[tuple[str, Scenario]], effect_sizes: str | None, calibrating: bool) -> Iterator[str]:
    """What a reader should know of the files: which effect sizes hold, and which facts nothing is solved for yet."""
    files = {name: scenario.origin for name, scenario in found if scenario.origin.files}
    if effect_sizes is not None and files:
        own = {name: origin.effect_sizes for name, origin in files.items() if origin.named}
        applied = [name for name, _ in found if name not in own]
        others = [f"{name} names its own, {sizes}" for name, sizes in own.items() if sizes != effect_sizes]
        if others and not applied:
            raise Refusal(f"--effect-sizes {effect_sizes}: {'; '.join(others)}; calibrate a file for each set")
        if applied:
            yield "; ".join([f"--effect-sizes {effect_sizes} applies to {', '.join(applied)}", *others])
    for name, origin in files.items():
        if not calibrating and not origin.solved and (wanted := to_solve(origin.facts)):
            yield (f"{name} states {', '.join(wanted)}, which nothing is solved for yet: "
                   f"simlead calibrate {origin.files[0].name} --out FILE.toml")
