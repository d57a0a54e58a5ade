"""What a shared warm-up saves for policies of one firm, and what the turns of Python between slices cost."""

from __future__ import annotations

from collections.abc import Callable

from against_simpy import must_be_the_same
from section import Goal, Section, digits
from timing import in_turns, medians, spread

from simlead.engines.compiled import workspace
from simlead.engines.warm_ups import WarmUps
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.engines import Engine, engine_named

SEED = 0
POLICIES = ("status_quo", "coaching", "clear_role", "accountable", "leadership")
NO_SLICES = 1 << 62


def measure(quick: bool) -> Section:
    """Two and five policies, whole and from one warm-up, with a trace and without; round r is replicate r."""
    short = {"calendar.warmup_weeks": 8, "calendar.horizon_weeks": 12} if quick else {}
    policies = [preset(name).change(short) for name in POLICIES]
    whole, sharing = engine_named("compiled"), WarmUps()
    for policy in policies:
        must_be_the_same(whole(policy, SEED, 0, True), sharing.run(policy, SEED, 0, True))

    def made(count: int, shared: bool, trace: bool) -> Callable[[int], None]:
        def make(number: int) -> None:
            engine: Engine = WarmUps().run if shared else whole
            for policy in policies[:count]:
                engine(policy, SEED, number, trace)
        return make

    cases = {(count, trace): f"{count} policies, {'with a trace' if trace else 'without'}"
             for count in (2, 5) for trace in (False, True)}
    samples = in_turns({
        **{f"{name}, {'shared' if shared else 'whole'}": made(case[0], shared, case[1])
           for case, name in cases.items() for shared in (False, True)},
        "in slices": lambda number: one_run(policies[0], number, workspace.EVENTS_IN_A_SLICE),
        "in one": lambda number: one_run(policies[0], number, NO_SLICES),
    }, 3 if quick else 11)
    seconds = medians(samples)
    faster = {name: seconds[f"{name}, whole"] / seconds[f"{name}, shared"] for name in cases.values()}
    rows = [[name, digits(seconds[f"{name}, whole"]), digits(seconds[f"{name}, shared"]),
             f"{spread(samples[f'{name}, shared']):.1%}", f"{digits(faster[name])} x"] for name in cases.values()]
    cost = seconds["in slices"] / seconds["in one"] - 1.0
    pair, five = faster[cases[2, False]], faster[cases[5, False]]
    return Section(
        "Policies from one warm-up",
        "Policies of the default firm, whole runs against runs that go on from one warm-up. Before the clock started, "
        f"both gave the same four tables and trace to the last bit. In slices of "
        f"{workspace.EVENTS_IN_A_SLICE:,} events a run's time differs by {cost:+.1%} from that of a run in one piece.",
        ["runs", "seconds, whole", "seconds, shared", "spread", "faster"], rows,
        [
            Goal("times faster, a pair of policies", pair, low=1.2),
            Goal("times faster, five policies", five, low=1.3),
            Goal("time of the slices, as a share of a run", cost, high=0.02),
        ],
        {"samples": samples})


def one_run(firm: Scenario, number: int, events: int) -> None:
    """A run that gives Python a turn after so many events."""
    before = workspace.EVENTS_IN_A_SLICE
    workspace.EVENTS_IN_A_SLICE = events
    try:
        engine_named("compiled")(firm, SEED, number, False)
    finally:
        workspace.EVENTS_IN_A_SLICE = before
