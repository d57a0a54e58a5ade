"""An auditor for runs: goes through the trace row by row and holds the tables against it.

Every function returns complaints, one line each; a sound run gives none. The auditor shares
no code with the engine: it knows what rows mean, not how they came about.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
from reading import deal_name, meetings, rows_of, week_of_row

from simlead.model import events as ev
from simlead.model.units import HOURS_PER_WEEK

CLOSE = 1e-6  # hours or dollars: sums of floats in another order
TIMED = [kind for kind in ev.KIND_NAMES if kind < ev.FIRST_CONSEQUENCE]
STAGE_OF_MEETING = [stage for stage, count in enumerate(ev.MEETINGS) for _ in range(count)]


def audit(scenario, records):
    """Every complaint about a run; a trace that cannot be read is one."""
    return list(complaints(scenario, records))


def complaints(scenario, records):
    """The same one by one, so that whoever wants to know whether there is any need not wait for all."""
    for check in (order, deals, queues, sessions, people, seats_hours, managers_hours, rep_tallies,
                  manager_tallies, week_sums):
        try:
            yield from check(scenario, records)
        except (AssertionError, KeyError) as unreadable:
            yield f"{check.__name__}: {unreadable!r}"


def same(what, got, expected):
    """Complain about numbers that should agree, nan with nan."""
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    bad = ~np.isclose(got, expected, rtol=1e-9, atol=CLOSE, equal_nan=True)
    return [f"{what}: {bad.sum()} differ, first {got[bad][0]} for {expected[bad][0]}"] if bad.any() else []


def alike(got, expected):
    """Whether two plain numbers agree as in `same`, many times as fast."""
    return (got == expected or (got != got and expected != expected)
            or (math.isfinite(expected) and abs(got - expected) <= CLOSE + 1e-9 * abs(expected)))


def few_alike(what, got, expected):
    """The same as `same` for a few plain numbers."""
    return [f"{what}: {one} for {other}" for one, other in zip(got, expected, strict=True) if not alike(one, other)]


def lines(table):
    """The rows of a table as plain numbers by column, which are read faster than rows of an array."""
    names = table.dtype.names
    return (dict(zip(names, row, strict=True)) for row in table.tolist())


def teams_of(records):
    """(seat, hours) -> the team that it belonged to, from its first week and its move; holds the table against both."""
    first, moves = {}, {}
    for seat, team in zip(records.reps["seat"].tolist(), records.reps["team"].tolist(), strict=True):
        first.setdefault(seat, team)
    for row in rows_of(records.trace, ev.SEAT_MOVES):
        seat = int(row["actor"])
        assert seat not in moves and first[seat] == row["detail"], f"seat {seat} moves from where it is not"
        moves[seat] = float(row["time"]), int(row["index"])
    for seat, week, team in zip(*(records.reps[name].tolist() for name in ("seat", "week", "team")), strict=True):
        moved = seat in moves and week * HOURS_PER_WEEK >= moves[seat][0]
        assert team == (moves[seat][1] if moved else first[seat]), f"seat {seat}, week {week}: in team {team}"
    return lambda seat, hours: moves[seat][1] if seat in moves and hours >= moves[seat][0] else first[seat]


# --- time and order


def order(scenario, records):
    """Time never runs back; at an instant timed events stand in their stated order."""
    trace = records.trace
    if np.any(np.diff(trace["time"]) < 0):
        yield "time runs back"
    timed = trace[(trace["kind"] < ev.FIRST_CONSEQUENCE) & (trace["kind"] != ev.PRE_CALL_OPENS)]
    who = np.where(timed["kind"] == ev.SESSION_ENDS, timed["actor"], timed["entity"])
    key = timed["kind"].astype(np.int64) << 32 | who
    if np.any((np.diff(timed["time"]) == 0) & (np.diff(key) < 0)):
        yield "events of one instant out of order"
    if records.events < len(timed):
        yield f"{records.events} events counted, {len(timed)} in the trace"


# --- opportunities


def deals(scenario, records):
    """Every opportunity is noticed or not, goes its stages in order and ends at most once."""
    table = records.opportunities
    names = deal_name(table).tolist()
    if len(set(names)) != len(names):
        yield "an opportunity stands twice in the table"
    arrivals = rows_of(records.trace, ev.OPPORTUNITY_ARRIVES)
    if sorted(names) != sorted(deal_name(arrivals).tolist()):
        yield "opportunities and arrivals differ"
        return
    for territory in np.unique(table["territory"]):
        own = table[table["territory"] == territory]
        if not np.array_equal(np.sort(own["number"]), np.arange(len(own))):
            yield f"territory {territory} skips a number"
    stories = defaultdict(list)
    stated = np.isin(records.trace["kind"], (
        ev.OPPORTUNITY_ARRIVES, ev.MEETING_DUE, ev.MEETING_HELD, ev.GATE, ev.SILENCE_ENDS,
        ev.ELSEWHERE_DECIDES, ev.DEAL_NAMED, ev.DEAL_RELIEVED, ev.DEAL_HANDED_OVER, ev.DEAL_ABANDONED,
        ev.HEROICS_BEGIN, ev.HEROICS_DONE, ev.HEROICS_FORFEITED, ev.PRE_CALL_OPENS))
    positions = np.flatnonzero(stated)
    for position, name in zip(positions.tolist(), deal_name(records.trace[positions]).tolist(), strict=True):
        stories[name].append(position)
    rows = dict(zip(names, lines(table), strict=True))
    before = records.trace["value"][positions - 1]  # of the task in which a meeting was held
    stated = zip(lines(records.trace[positions]), before.tolist(), strict=True)
    events = dict(zip(positions.tolist(), stated, strict=True))
    for name, story in stories.items():
        yield from _story(scenario, rows[name], [events[position] for position in story])


def _story(scenario, deal, story):
    """One opportunity's rows, each with the value of the row before, retold against its line in the table."""
    label = f"opportunity ({deal['territory']}, {deal['number']})"
    outcome, decided, ended, silent = ev.OPEN, math.nan, False, False
    met = stage = handovers = heroics = 0
    due = began_unknown = None
    overdue, gates, relieved, abandoned, skill_known = 0.0, [math.nan] * 3, False, False, False
    seat = int(deal["territory"])
    for row, value_before in story:
        kind, time, detail = row["kind"], row["time"], row["detail"]
        if ended and not (abandoned and kind == ev.HEROICS_FORFEITED and time == decided):
            yield f"{label}: {ev.KIND_NAMES[kind]} after its end"
        if kind == ev.OPPORTUNITY_ARRIVES:
            if (time, bool(detail), row["value"]) != (deal["arrived"], deal["noticed"], deal["value"]):
                yield f"{label}: arrived otherwise"
            seat = int(row["actor"])
            continue
        if (kind == ev.ELSEWHERE_DECIDES) == bool(deal["noticed"]):
            yield f"{label}: {ev.KIND_NAMES[kind]} does not fit noticed = {deal['noticed']}"
        if silent and kind != ev.SILENCE_ENDS:
            yield f"{label}: {ev.KIND_NAMES[kind]} while silent"
        if kind == ev.MEETING_DUE:
            if due is not None or detail != met:
                yield f"{label}: meeting {detail} due when {met} were held"
            due = time
        elif kind == ev.MEETING_HELD:
            began = value_before
            if due is None or began < due or time < began or detail != met:
                yield f"{label}: meeting {detail} was held out of turn"
                return
            overdue += (began - due) / HOURS_PER_WEEK
            met, due = met + 1, None
            if int(row["actor"]) != seat:
                yield f"{label}: met by seat {row['actor']}, not {seat}"
        elif kind == ev.GATE:
            at, result = divmod(detail, 8)
            if at != stage or met != ev.FIRST_MEETING[stage] + ev.MEETINGS[stage]:
                yield f"{label}: gate {at} at stage {stage} after {met} meetings"
            gates[at], skill_known = time, True
            if result == ev.PASSED:
                stage += 1
            elif result == ev.NO_DECISION:
                silent = True
            else:
                outcome, decided, ended = result, time, True
        elif kind in (ev.SILENCE_ENDS, ev.ELSEWHERE_DECIDES, ev.DEAL_ABANDONED):
            outcome, decided, ended = (ev.NO_DECISION if kind == ev.SILENCE_ENDS else detail), time, True
            abandoned = kind == ev.DEAL_ABANDONED
            if kind == ev.SILENCE_ENDS and not silent:
                yield f"{label}: a silence ends that never began"
        elif kind == ev.DEAL_HANDED_OVER:
            if int(row["value"]) != seat:
                yield f"{label}: handed over by {row['value']}, not {seat}"
            handovers, seat = handovers + 1, int(row["actor"])
        elif kind == ev.DEAL_RELIEVED:
            # A meeting under way may have begun, and its waiting counted, before its row is written.
            factor = 1.0 - scenario.world.overdue_relief
            if abs(overdue * factor - row["value"]) > 1e-9:
                began_unknown = True
            relieved, overdue = True, float(row["value"])
        elif kind == ev.HEROICS_BEGIN:
            heroics = 1
        elif kind == ev.HEROICS_DONE:
            heroics = 2
    under_way = due is not None and outcome == ev.OPEN
    got = (deal["meetings"], deal["stage"], deal["outcome"], deal["silent"], deal["abandoned"],
           deal["handovers"], deal["heroics"], deal["relieved"], deal["seat"])
    if got != (met, stage, outcome, silent, abandoned, min(63, handovers), heroics, relieved, seat):
        yield (f"{label}: table {tuple(map(int, got))}, trace "
               f"{(met, stage, outcome, silent, abandoned, handovers, heroics, relieved, seat)}")
    yield from few_alike(f"{label} gates", [deal[f"{name}_gate"] for name in ev.STAGES], gates)
    yield from few_alike(f"{label} decided", [deal["decided"]], [decided])
    if not under_way and began_unknown is None and abs(deal["overdue_weeks"] - overdue) > 1e-9:
        yield f"{label}: overdue {deal['overdue_weeks']} weeks, by the trace {overdue}"
    won = 0.0
    if outcome == ev.WON:
        won = deal["value"] * math.exp(scenario.world.value_skill_effect * deal["skill"])
        discounted = won * (1.0 - scenario.market.quarter_end_discount)
        if scenario.market.quarter_end_share > 0.0 and math.isclose(deal["won_value"], discounted):
            won = discounted  # pulled before a quarter's end
    elif outcome == ev.WON_BY_MANAGER:
        won = deal["value"]
    yield from few_alike(f"{label} won", [deal["won_value"]], [won])
    if math.isnan(deal["skill"]) == skill_known:
        yield f"{label}: skill {deal['skill']} with gates {gates}"


def queues(scenario, records):
    """Meetings are taken by due time, except that a deal may come from a leaver's queue."""
    held = meetings(records.trace)
    stayed = records.opportunities[records.opportunities["handovers"] == 0]
    held = held[np.isin(held["deal"], deal_name(stayed))]
    held = held[np.lexsort((held["began"], held["seat"]))]
    jumped = (np.diff(held["seat"]) == 0) & (np.diff(held["due"]) < 0)
    if jumped.any():
        yield f"{jumped.sum()} meetings jumped a queue, first of {held['deal'][1:][jumped][0]}"
    waits = rows_of(records.trace, ev.WAITING_ENDS)
    if np.any(waits["time"] - waits["value"] > scenario.organisation.patience_hours + CLOSE):
        yield "a rep waited longer than patience lasts"


# --- sessions


def sessions(scenario, records):
    """A session has one name, begins once or lapses, and ends once; calls are marked on their deals."""
    state, held = {}, defaultdict(int)
    for row in lines(rows_of(records.trace, ev.SESSION_BEGINS, ev.SESSION_ENDS, ev.SESSION_LAPSES)):
        name = (int(row["detail"]), int(row["entity"]), int(row["index"]))
        before = state.get(name)
        wanted = ev.SESSION_BEGINS if row["kind"] == ev.SESSION_ENDS else None
        if before != wanted:
            yield f"session {name}: {ev.KIND_NAMES[int(row['kind'])]} after {before}"
        state[name] = int(row["kind"])
        if row["kind"] == ev.SESSION_ENDS and name[0] != ev.ONE_TO_ONE:
            held[name[0], name[1], name[2] // 4] |= 1 << name[2] % 4
    for column, kind in (("pre_calls", ev.PRE_CALL), ("post_calls", ev.POST_CALL)):
        deals_ = records.opportunities
        yield from same(column, deals_[column], [
            held[kind, territory, number] for territory, number
            in zip(deals_["territory"].tolist(), deals_["number"].tolist(), strict=True)])


# --- people


def stays(records):
    """(seat, hire) -> (begin, end) of every rep's stay; -inf and inf where it goes over the edge."""
    found = {}
    first = {}
    for row in lines(rows_of(records.trace, ev.REP_LEAVES, ev.REP_HIRED, ev.SEAT_ADDED)):
        name = int(row["actor"]), int(row["index"])
        first.setdefault(name[0], int(row["kind"]))
        if row["kind"] == ev.REP_LEAVES:
            if name not in found and first[name[0]] != ev.REP_LEAVES:
                raise AssertionError(f"rep {name} leaves without having come")
            found[name] = (found.get(name, (-math.inf,))[0], float(row["time"]))
        else:
            assert name not in found, f"rep {name} comes twice"
            found[name] = (float(row["time"]), math.inf)
    for seat in np.unique(records.reps["seat"]).tolist():
        if seat not in first and records.reps["filled"][records.reps["seat"] == seat][0]:
            found[seat, 0] = (-math.inf, math.inf)
    return found


def people(scenario, records):
    """Reps follow one another in a seat, managers in a team, each numbered on, never two at once."""
    by_seat = defaultdict(list)
    try:
        for (seat, hire), (begin, end) in stays(records).items():
            by_seat[seat].append((hire, begin, end))
    except AssertionError as complaint:
        yield str(complaint)
        return
    for seat, list_of_stays in by_seat.items():
        list_of_stays.sort()
        for (hire, _, end), (after, begin, _) in zip(list_of_stays, list_of_stays[1:], strict=False):
            if after != hire + 1 or begin <= end:
                yield f"seat {seat}: hire {after} from {begin} after hire {hire} to {end}"
    last = {}
    for row in lines(rows_of(records.trace, ev.MANAGER_APPOINTED)):
        team = int(row["actor"])
        if int(row["index"]) != last.get(team, -1) + 1:
            yield f"team {team}: appointment {row['index']} after {last.get(team)}"
        last[team] = int(row["index"])


# --- hours


def _split(table, key, begin, end, use, start):
    """Add an interval's hours to the weeks in which they fell."""
    while begin < end:
        week = int((begin - start) // HOURS_PER_WEEK)
        stop = min(end, start + (week + 1) * HOURS_PER_WEEK)
        if stop <= begin:  # begin lies a rounding below the boundary
            week, stop = week + 1, min(end, start + (week + 2) * HOURS_PER_WEEK)
        table[key, week, use] += stop - begin
        begin = stop


def seat_intervals(scenario, records):
    """What each seat did, as the trace tells: seat -> [(begin, end, use)], in order of time."""
    start = -scenario.calendar.warmup_weeks * HOURS_PER_WEEK
    found = defaultdict(list)
    for row in lines(rows_of(records.trace, ev.REP_TASK_ENDS, ev.TASK_BROKEN_OFF, ev.SESSION_ENDS, ev.WAITING_ENDS)):
        kind = int(row["kind"])
        use = {ev.SESSION_ENDS: ev.COACHED, ev.WAITING_ENDS: ev.WAITING}.get(kind, int(row["detail"]))
        found[int(row["actor"])].append((float(row["value"]), float(row["time"]), use))
    by_seat = defaultdict(list)
    for (seat, _), stay in stays(records).items():
        by_seat[seat].append(stay)
    end = scenario.calendar.horizon_weeks * HOURS_PER_WEEK
    for seat in np.unique(records.reps["seat"]).tolist():
        list_of_stays = sorted(by_seat[seat])
        edges = [start if seat < _territories(scenario) else math.inf]
        for begin, finish in list_of_stays:
            edges += [begin, finish]
        edges.append(math.inf)
        for gone, come in zip(edges[::2], edges[1::2], strict=True):
            if gone < come and gone < end and gone > -math.inf:
                found[seat].append((gone, min(come, end), ev.VACANT))
        found[seat].sort()
    return found


def _territories(scenario):
    return scenario.organisation.teams * scenario.organisation.seats_per_team


def seats_hours(scenario, records):
    """No seat does two things at once; its hours add to 40 a week and are those of the table."""
    start = -scenario.calendar.warmup_weeks * HOURS_PER_WEEK
    end = scenario.calendar.horizon_weeks * HOURS_PER_WEEK
    team_of = teams_of(records)
    moved = {int(row["actor"]): float(row["time"]) for row in rows_of(records.trace, ev.SEAT_MOVES)}
    uses = [f"{use}_hours" for use in ev.REP_USES]
    if np.any(records.reps["free_hours"] != 0.0):
        yield "a rep had nothing to do"
    for row in lines(records.reps):
        if abs(sum(row[use] for use in uses) - HOURS_PER_WEEK) > CLOSE:
            yield f"seat {row['seat']}, week {row['week']}: {sum(row[use] for use in uses)} hours"
    meetings_of, present = {}, Counter()
    for row in lines(rows_of(records.trace, ev.TEAM_MEETING_ENDS)):
        meetings_of[int(row["actor"]), float(row["time"])] = (float(row["value"]), int(row["detail"]))
    added = {int(row["actor"]): float(row["time"]) for row in lines(rows_of(records.trace, ev.SEAT_ADDED))}
    hours, tails = Counter(), {}
    for seat, intervals in seat_intervals(scenario, records).items():
        at = added.get(seat, start)
        for begin, finish, use in [*intervals, (end, end, None)]:
            if begin < at:
                yield f"seat {seat}: {use} from {begin} although busy until {at}"
            if begin > at:
                team = team_of(seat, at)
                meeting = meetings_of.get((team, begin))
                if moved.get(seat) == begin and any(
                        name == team and first <= at and begin <= over
                        for (name, over), (first, _) in meetings_of.items()):
                    _split(hours, seat, at, begin, ev.TEAM_MEETING, start)  # called out of a meeting that was on
                elif meeting is not None and meeting[0] <= at:
                    present[team, begin] += 1
                    _split(hours, seat, at, begin, ev.TEAM_MEETING, start)
                elif use is None:
                    tails[seat] = at
                else:
                    yield f"seat {seat}: nothing known from {at} to {begin}"
            if use is not None:
                _split(hours, seat, begin, finish, use, start)
            at = max(at, finish)
    for name, (began, attended) in meetings_of.items():
        unclear = sum(team_of(seat, at) == name[0] and at <= name[1] for seat, at in tails.items())
        if not present[name] <= attended <= present[name] + unclear:
            yield f"team {name[0]}: {present[name]} of {attended} in the meeting from {began}"
    first = -scenario.calendar.warmup_weeks
    for row in lines(records.reps):
        seat, week = int(row["seat"]), int(row["week"])
        if start + (week - first + 1) * HOURS_PER_WEEK > tails.get(seat, math.inf):
            continue  # what was under way at the very end left no row
        yield from few_alike(f"seat {seat}, week {week}, hours", [row[use] for use in uses],
                             [hours[seat, week - first, use] for use in range(len(uses))])


def managers_hours(scenario, records):
    """No manager does two things at once; their hours add to 40 a week and are those of the table."""
    start = -scenario.calendar.warmup_weeks * HOURS_PER_WEEK
    team_of, found, hours = teams_of(records), defaultdict(list), Counter()
    for row in lines(rows_of(records.trace, ev.MANAGER_TASK_ENDS)):
        found[int(row["actor"])].append(
            (float(row["value"]), float(row["time"]), ev.TASK_USE[int(row["detail"])]))
    for row in lines(rows_of(records.trace, ev.SESSION_ENDS)):
        found[team_of(int(row["actor"]), row["value"])].append((float(row["value"]), float(row["time"]), ev.COACHING))
    team_meetings = defaultdict(list)
    for row in lines(rows_of(records.trace, ev.TEAM_MEETING_ENDS)):
        team_meetings[int(row["actor"])].append((float(row["value"]), float(row["time"])))
    for team, intervals in found.items():
        intervals.sort()
        for (begin, finish, use), (after, _, _) in zip(intervals, intervals[1:], strict=False):
            if after < finish:
                yield f"team {team}: manager busy ({use}) from {begin} to {finish}, and again from {after}"
        for began, over in team_meetings[team]:
            busy_until = max([began, *(finish for begin, finish, _ in intervals if begin < began < finish)])
            if any(busy_until < finish and begin < over for begin, finish, _ in intervals if begin >= busy_until):
                yield f"team {team}: manager at work during the meeting of {began}"
            if busy_until < over:
                intervals = [*intervals, (busy_until, over, ev.PEOPLE)]
        for begin, finish, use in intervals:
            _split(hours, team, begin, finish, use, start)
    uses = [f"{use}_hours" for use in ev.MANAGER_USES]
    first, last = -scenario.calendar.warmup_weeks, scenario.calendar.horizon_weeks - 1
    for row in lines(records.managers):
        if abs(sum(row[use] for use in uses) - HOURS_PER_WEEK) > CLOSE:
            yield f"team {row['team']}, week {row['week']}: {sum(row[use] for use in uses)} hours"
        if row["week"] == last:  # what was under way at the very end left no row
            continue
        expected = [hours[int(row["team"]), int(row["week"]) - first, use] for use in range(len(uses))]
        expected[ev.UNALLOCATED] = HOURS_PER_WEEK - sum(expected)
        yield from few_alike(f"team {row['team']}, week {row['week']}, manager's hours",
                             [row[use] for use in uses], expected)


# --- counts


def _tally(rows, weeks, who, weights=None):
    found = Counter()
    for week, name, weight in zip(
            weeks.tolist(), who.tolist(), [1] * len(rows) if weights is None else weights, strict=True):
        found[week, name] += weight
    return found


def rep_tallies(scenario, records):
    """Meetings, wins and sales by seat and week; who sits there; queues and open deals of the firm."""
    trace, table = records.trace, records.reps
    week = week_of_row(trace, scenario.calendar.warmup_weeks)
    keys = list(zip(table["week"].tolist(), table["seat"].tolist(), strict=True))

    def column(name, which, weights=None):
        tally = _tally(trace[which], week[which], trace[which]["actor"], weights)
        return same(f"reps.{name}", table[name], [tally[key] for key in keys])

    held = trace["kind"] == ev.MEETING_HELD
    stage = np.array([STAGE_OF_MEETING[m] if h else -1 for m, h in
                      zip(np.clip(trace["detail"], 0, 9).tolist(), held.tolist(), strict=True)])
    for number, name in enumerate(ev.STAGES):
        yield from column(f"{name}_meetings", held & (stage == number))
    won = (trace["kind"] == ev.GATE) & (trace["detail"] == ev.PROPOSAL * 8 + ev.WON)
    yield from column("wins", won)
    worth = dict(zip(deal_name(records.opportunities).tolist(),
                     records.opportunities["won_value"].tolist(), strict=True))
    yield from column("sales", won, [worth[name] for name in deal_name(trace[won]).tolist()])
    there = stays(records)
    for row in lines(table):
        moment = (row["week"] + 1) * HOURS_PER_WEEK
        begin, finish = there.get((int(row["seat"]), int(row["hire"])), (math.inf, math.inf))
        # At the boundary itself: whoever comes came before the books closed, whoever quits, after.
        if row["filled"] != (begin <= moment <= finish) and moment not in (begin, finish):
            yield f"seat {row['seat']}, week {row['week']}: filled = {row['filled']}, stay {begin} to {finish}"


def manager_tallies(scenario, records):
    """Sessions, errands, lapses, heroics and own deals by team and week."""
    trace, table = records.trace, records.managers
    week = week_of_row(trace, scenario.calendar.warmup_weeks)
    kind, detail = trace["kind"], trace["detail"]
    team_of = teams_of(records)
    keys = list(zip(table["week"].tolist(), table["team"].tolist(), strict=True))
    of_session = np.isin(kind, (ev.SESSION_ENDS, ev.SESSION_LAPSES))
    team = trace["actor"].copy()
    # A session ends with the manager with whom it began; what lapses when its seat moves is written before the move.
    when = np.where(kind == ev.SESSION_ENDS, trace["value"], trace["time"])
    for row in np.flatnonzero(kind == ev.SEAT_MOVES).tolist():
        lapses = (kind == ev.SESSION_LAPSES) & (trace["actor"] == trace["actor"][row]) & (np.arange(len(trace)) < row)
        when[lapses] = np.minimum(when[lapses], np.nextafter(trace["time"][row], -np.inf))
    team[of_session] = [team_of(*pair) for pair in zip(
        trace["actor"][of_session].tolist(), when[of_session].tolist(), strict=True)]

    def column(name, which, weights=None):
        tally = _tally(trace[which], week[which], team[which], weights)
        return same(f"managers.{name}", table[name], [tally[key] for key in keys])

    for number, session in enumerate(("one_to_ones", "pre_calls", "post_calls")):
        yield from column(f"{session}_held", (kind == ev.SESSION_ENDS) & (detail == number))
        yield from column(f"{session}_lapsed", (kind == ev.SESSION_LAPSES) & (detail == number))
        booked, gone = table[f"{session}_booked"], table[f"{session}_held"] + table[f"{session}_lapsed"]
        for number_of_team in np.unique(table["team"]).tolist():
            own = table["team"] == number_of_team
            waiting = np.cumsum(booked[own].astype(int)) - np.cumsum(gone[own].astype(int))
            if np.any(waiting < 0):
                yield f"team {number_of_team}: more {session} held or lapsed than booked"
    errand = kind == ev.ERRAND_ARRIVES
    yield from column("errands_kept", errand & (detail == 1))
    yield from column("errands_dropped", errand & (detail == 0))
    lapsed, duty = kind == ev.BLOCK_LAPSES, detail == ev.INFORMATION_DUTY
    yield from column("information_blocks_lapsed", lapsed & duty)
    yield from column("other_blocks_lapsed", lapsed & ~duty)
    yield from column("heroics_begun", kind == ev.HEROICS_BEGIN)
    yield from column("heroics_done", kind == ev.HEROICS_DONE)
    own = (kind == ev.ELSEWHERE_DECIDES) & (detail == ev.WON_BY_MANAGER)
    yield from column("own_wins", own)
    yield from column("own_sales", own, trace["value"][own].tolist())


def week_sums(scenario, records):
    """The firm's weeks against the trace and against the sums of the other tables."""
    trace, table, first = records.trace, records.weeks, -scenario.calendar.warmup_weeks
    count = len(table)
    week = week_of_row(trace, scenario.calendar.warmup_weeks) - first
    kind, detail = trace["kind"], trace["detail"]
    gate, result = kind == ev.GATE, detail % 8
    worth = dict(zip(deal_name(records.opportunities).tolist(),
                     records.opportunities["won_value"].tolist(), strict=True))
    value = dict(zip(deal_name(records.opportunities).tolist(),
                     records.opportunities["value"].tolist(), strict=True))
    names = deal_name(trace).tolist()
    won = gate & (result == ev.WON)
    rival = ((gate & (result == ev.RIVAL))
             | (np.isin(kind, (ev.ELSEWHERE_DECIDES, ev.DEAL_ABANDONED)) & (detail == ev.RIVAL)))
    nobody = ((kind == ev.SILENCE_ENDS)
              | (np.isin(kind, (ev.ELSEWHERE_DECIDES, ev.DEAL_ABANDONED)) & (detail == ev.NO_DECISION)))
    ours = won | ((kind == ev.ELSEWHERE_DECIDES) & (detail == ev.WON_BY_MANAGER))
    columns = {
        "arrivals": (kind == ev.OPPORTUNITY_ARRIVES, None),
        "noticed": ((kind == ev.OPPORTUNITY_ARRIVES) & (detail == 1), None),
        "discovery_gates": (gate & (detail // 8 == 0), None),
        "qualified_gates": (gate & (detail // 8 == 1), None),
        "proposal_gates": (gate & (detail // 8 == 2), None),
        "discovery_passed": (gate & (detail == ev.PASSED), None),
        "qualified_passed": (gate & (detail == 8 + ev.PASSED), None),
        "proposal_won": (won, None), "wins": (ours, None), "revenue": (ours, worth),
        "commissionable": (won, worth), "rival_wins": (rival, None), "rival_value": (rival, value),
        "no_decisions": (nobody, None),
    }
    for name, (which, weights) in columns.items():
        inside = which & (week < count)
        amounts = None if weights is None else [weights[names[at]] for at in np.flatnonzero(inside)]
        expected = np.bincount(week[inside], amounts, minlength=count)
        yield from same(f"weeks.{name}", table[name], expected)
    people = {
        "quits": (kind == ev.REP_LEAVES) & (detail == ev.QUIT),
        "promotions": (kind == ev.REP_LEAVES) & (detail == ev.PROMOTED),
        "hires": kind == ev.REP_HIRED,
        "manager_exits": (kind == ev.MANAGER_APPOINTED) & (detail != ev.FIRST_APPOINTMENT),
        "managers_from_outside": (kind == ev.MANAGER_APPOINTED) & (detail == ev.FROM_OUTSIDE),
    }
    for name, which in people.items():
        inside = which & (week < count)
        yield from same(f"weeks.{name}", table[name], np.bincount(week[inside], minlength=count))
    reps, place = records.reps, records.reps["week"] - first
    for name in ("discovery_meetings", "qualified_meetings", "proposal_meetings"):
        yield from same(f"weeks.{name}", table[name], np.bincount(place, reps[name], minlength=count))
    yield from same("weeks.filled_seats", table["filled_seats"], np.bincount(place, reps["filled"], minlength=count))
    sales = np.bincount(place, reps["sales"], minlength=count)
    yield from same("weeks.commissionable", table["commissionable"], sales)
    own = np.bincount(records.managers["week"] - first, records.managers["own_sales"], minlength=count)
    yield from same("weeks.revenue", table["revenue"], sales + own)
    # What stands open at a week's end, counted forwards through the trace.
    failed = gate & np.isin(result, (ev.NO_DECISION, ev.RIVAL))
    gone = kind == ev.DEAL_ABANDONED
    working = ((kind == ev.OPPORTUNITY_ARRIVES) & (detail == 1)).astype(int) - (failed | won | gone)
    silent = (gate & (result == ev.NO_DECISION)).astype(int) - (kind == ev.SILENCE_ENDS)
    inside = week < count
    standing = np.cumsum(np.bincount(week[inside], working[inside], minlength=count))
    open_deals = sum(table[f"{stage}_open"].astype(int) for stage in ev.STAGES)
    yield from same("weeks: open deals", open_deals, standing)
    yield from same("reps: open deals", np.bincount(place, reps["open_deals"], minlength=count), standing)
    yield from same("weeks.silent_open", table["silent_open"],
                    np.cumsum(np.bincount(week[inside], silent[inside], minlength=count)))
    total = records.opportunities["won_value"][records.opportunities["decided"] < count * 40 + first * 40].sum()
    yield from same("revenue in all", table["revenue"].sum(), total)
