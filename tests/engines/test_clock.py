"""The clock's own scheduler keeps SimPy's order, and is the one place that knows SimPy's inside."""

import random
import re
from pathlib import Path

import pytest
import simpy

import simlead
from simlead.engines.reference.clock import Clock
from simlead.model import events
from simlead.model.events import priority_key

KINDS = sorted(events.PRIORITY)
END = 40.0


def populated(seed):
    """A clock with processes of both sorts that wait, wake and interrupt one another, and the log that they write."""
    lots, clock, log = random.Random(seed), Clock(), []
    sleepers = []

    def model_life(name):
        number = 0
        while True:
            kind, delay = lots.choice(KINDS), lots.choice([0.5, 1.0, 1.0, 2.0])
            yield clock.timed(priority_key(kind, name, number), delay)
            log.append((clock.now, "model", name, kind, number))
            number += 1

    def user_life(name):
        while True:
            try:
                yield clock.timeout(lots.choice([0.5, 1.0, 2.0, 3.0]))
                log.append((clock.now, "user", name))
            except simpy.Interrupt as call:
                log.append((clock.now, "called", name, call.cause))
            if lots.random() < 0.3:
                other = lots.choice(sleepers)
                if other is not clock.active_process:
                    other.interrupt(name)
            if lots.random() < 0.3:
                met = clock.event()
                clock.process(waits_for(met, name))
                met.succeed(name)

    def waits_for(met, name):
        value = yield met | clock.timeout(5.0)
        log.append((clock.now, "met", name, list(value.values())))

    for name in range(5):
        clock.process(model_life(name))
        sleepers.append(clock.process(user_life(name)))
    return clock, log


@pytest.mark.parametrize("seed", range(20))
def test_instants_run_in_the_order_of_simpy(seed):
    ours, our_log = populated(seed)
    ours.run_instants(END, set(), lambda: None)
    theirs, their_log = populated(seed)
    while theirs.peek() <= END:
        theirs.step()
    assert our_log == their_log
    assert len(our_log) > 300 and {entry[1] for entry in our_log} == {"model", "user", "called", "met"}
    assert ours.now == ours.time == theirs.now


def test_another_order_would_be_seen():
    (ours, our_log), (theirs, their_log) = populated(0), populated(1)
    ours.run_instants(END, set(), lambda: None)
    theirs.run_instants(END, set(), lambda: None)
    assert our_log != their_log


def test_at_one_instant_ranks_decide_then_entities_then_indices_and_users_come_first():
    clock, log = Clock(), []
    for kind, entity, index in [(events.MEETING_DUE, 2, 0), (events.MEETING_DUE, 1, 7), (events.REP_TASK_ENDS, 9, 9),
                                (events.MEETING_DUE, 1, 3), (events.PATIENCE_EXPIRES, 0, 0),
                                (events.WEEK_BEGINS, 0, 0)]:
        clock.timed(priority_key(kind, entity, index), 1.0).then(lambda name=(kind, entity, index): log.append(name))
    clock.timeout(1.0).callbacks.append(lambda _: log.append("user"))
    clock.run_instants(1.0, {0}, lambda: log.append("dispatch"))
    assert log == ["user", (events.WEEK_BEGINS, 0, 0), (events.REP_TASK_ENDS, 9, 9), (events.MEETING_DUE, 1, 3),
                   (events.MEETING_DUE, 1, 7), (events.MEETING_DUE, 2, 0), (events.PATIENCE_EXPIRES, 0, 0), "dispatch"]


def test_a_failure_that_nobody_catches_is_raised():
    def fails(clock):
        yield clock.timeout(1.0)
        raise ZeroDivisionError("of a process")

    clock = Clock()
    clock.process(fails(clock))
    with pytest.raises(ZeroDivisionError, match="of a process"):
        clock.run_instants(2.0, set(), lambda: None)


def test_no_other_module_knows_the_inside_of_simpy():
    engines = Path(simlead.__file__).parent / "engines"
    private = re.compile(r"\._(now|queue|eid|ok|value|defused|env|callbacks)\b")
    assert [file.name for file in sorted(engines.rglob("*.py")) if private.search(file.read_text(encoding="utf-8"))
            ] == ["clock.py"]
