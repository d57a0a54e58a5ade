"""Linked lists of slots: waiting sessions, deals and meetings of a seat, blocks, heroics, and free slots.

Where the reference engine keeps a list, these keep its order; where it keeps a set that it
sorts before use, they keep none and sort as well.
"""

from __future__ import annotations

from simlead.engines.compiled.layout import PROTECTED, block_at, deal_at, seat_at, session_at, team_at
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord

# --- slots


@inlined
def take_deal_slot(firm: FirmRecord) -> int:
    """A free slot for a deal."""
    slot = firm.deals_free
    if slot >= 0:
        firm.deals_free = deal_at(firm, slot).after
        return slot
    firm.deals_used += 1
    if firm.deals_used > firm.deals_room:
        firm.short = True
    return firm.deals_used - 1


@inlined
def free_deal_slot(firm: FirmRecord, slot: int) -> None:
    """The deal is no longer ours to work; timers that still name it find nobody."""
    deal = deal_at(firm, slot)
    deal.territory = deal.number = deal.row = -1
    deal.after = firm.deals_free
    firm.deals_free = slot


@inlined
def take_session_slot(firm: FirmRecord) -> int:
    """A free slot for a session."""
    slot = firm.sessions_free
    if slot >= 0:
        firm.sessions_free = session_at(firm, slot).after
        return slot
    firm.sessions_used += 1
    if firm.sessions_used > firm.sessions_room:
        firm.short = True
    return firm.sessions_used - 1


@inlined
def free_session_slot(firm: FirmRecord, slot: int) -> None:
    """The session was held or has lapsed."""
    session = session_at(firm, slot)
    session.entity = session.index = -1
    session.pending = False
    session.after = firm.sessions_free
    firm.sessions_free = slot


# --- a seat's deals, in no order


@inlined
def put_deal(firm: FirmRecord, seat: SeatRecord, slot: int) -> None:
    """The deal is one of the seat's."""
    deal = deal_at(firm, slot)
    deal.before = -1
    deal.after = seat.deals
    if seat.deals >= 0:
        deal_at(firm, seat.deals).before = slot
    seat.deals = slot
    seat.deals_count += 1
    if deal.named:
        seat.deals_named += 1


@inlined
def drop_deal(firm: FirmRecord, slot: int) -> None:
    """The deal is no longer one of its seat's."""
    deal = deal_at(firm, slot)
    seat = seat_at(firm, deal.seat)
    if deal.before >= 0:
        deal_at(firm, deal.before).after = deal.after
    else:
        seat.deals = deal.after
    if deal.after >= 0:
        deal_at(firm, deal.after).before = deal.before
    seat.deals_count -= 1
    if deal.named:
        seat.deals_named -= 1


@part
def in_order(firm: FirmRecord, first: int) -> int:
    """Sort a chain along `next_sorted` by territory and number: a merge sort from the bottom up."""
    width = 1
    while True:
        rest, head, tail, merges = first, -1, -1, 0
        while rest >= 0:
            merges += 1
            one, ones = rest, 0
            while ones < width and rest >= 0:
                rest = deal_at(firm, rest).next_sorted
                ones += 1
            other, others = rest, width
            while ones > 0 or (others > 0 and other >= 0):
                if ones > 0 and not (others > 0 and other >= 0 and _named_before(firm, other, one)):
                    taken = one
                    one = deal_at(firm, one).next_sorted
                    ones -= 1
                else:
                    taken = other
                    other = deal_at(firm, other).next_sorted
                    others -= 1
                if tail >= 0:
                    deal_at(firm, tail).next_sorted = taken
                else:
                    head = taken
                tail = taken
            rest = other
        if tail >= 0:
            deal_at(firm, tail).next_sorted = -1
        if merges <= 1:
            return head
        first = head
        width *= 2


@inlined
def _named_before(firm: FirmRecord, one: int, other: int) -> bool:
    first, second = deal_at(firm, one), deal_at(firm, other)
    return first.territory < second.territory or (
        first.territory == second.territory and first.number < second.number)


# --- a seat's waiting meetings: a skew heap by due time, territory and number


@part
def _merged(firm: FirmRecord, one: int, other: int) -> int:
    if one < 0:
        return other
    if other < 0:
        return one
    if _due_before(firm, other, one):
        one, other = other, one
    root = one
    while True:
        node = deal_at(firm, one)
        right = node.right
        node.right = node.left
        if right < 0:
            node.left = other
            return root
        if _due_before(firm, other, right):
            node.left = other
            one, other = other, right
        else:
            node.left = right
            one = right


@inlined
def _due_before(firm: FirmRecord, one: int, other: int) -> bool:
    first, second = deal_at(firm, one), deal_at(firm, other)
    if first.due != second.due:
        return first.due < second.due
    return first.territory < second.territory or (
        first.territory == second.territory and first.number < second.number)


@inlined
def put_in_queue(firm: FirmRecord, seat: SeatRecord, slot: int) -> None:
    """The deal's meeting waits."""
    deal = deal_at(firm, slot)
    deal.left = deal.right = -1
    seat.queue = _merged(firm, seat.queue, slot)
    seat.queue_count += 1


@inlined
def take_from_queue(firm: FirmRecord, seat: SeatRecord) -> int:
    """The deal whose meeting has been due longest."""
    slot = seat.queue
    deal = deal_at(firm, slot)
    seat.queue = _merged(firm, deal.left, deal.right)
    seat.queue_count -= 1
    return slot


# --- a team's sessions that wait: two lines, in the order of booking


@part
def put_session(firm: FirmRecord, slot: int) -> None:
    """The session waits at the end of its line."""
    session = session_at(firm, slot)
    team, line = team_at(firm, session.team), session.line
    last = team.sessions_last[line]
    session.before = last
    session.after = -1
    if last >= 0:
        session_at(firm, last).after = slot
    else:
        team.sessions_first[line] = slot
    team.sessions_last[line] = slot
    if line == PROTECTED:
        seat_at(firm, session.seat).awaitable += 1


@part
def drop_session(firm: FirmRecord, slot: int) -> None:
    """The session waits no longer."""
    session = session_at(firm, slot)
    team, line = team_at(firm, session.team), session.line
    if session.before >= 0:
        session_at(firm, session.before).after = session.after
    else:
        team.sessions_first[line] = session.after
    if session.after >= 0:
        session_at(firm, session.after).before = session.before
    else:
        team.sessions_last[line] = session.before
    if line == PROTECTED and not session.waited_for:
        seat_at(firm, session.seat).awaitable -= 1


# --- a team's blocks, first in, first out


@part
def put_block(firm: FirmRecord, team: TeamRecord, task: int, hours: float, created: float, number: int) -> None:
    """The block waits on the manager's desk."""
    slot = firm.blocks_free
    if slot >= 0:
        firm.blocks_free = block_at(firm, slot).after
    else:
        slot = firm.blocks_used
        firm.blocks_used += 1
        if firm.blocks_used > firm.blocks_room:
            firm.short = True
    block = block_at(firm, slot)
    block.task, block.hours, block.created, block.number = task, hours, created, number
    block.after = -1
    if team.blocks_last >= 0:
        block_at(firm, team.blocks_last).after = slot
    else:
        team.blocks_first = slot
    team.blocks_last = slot


@inlined
def take_block(firm: FirmRecord, team: TeamRecord) -> int:
    """The block that has waited longest; to be read before another is put."""
    slot = team.blocks_first
    block = block_at(firm, slot)
    team.blocks_first = block.after
    if block.after < 0:
        team.blocks_last = -1
    block.after = firm.blocks_free
    firm.blocks_free = slot
    return slot


# --- a team's heroics, first in, first out


@part
def put_heroics(firm: FirmRecord, team: TeamRecord, slot: int) -> None:
    """The deal waits for its hero."""
    deal_at(firm, slot).next_hero = -1
    if team.heroics_last >= 0:
        deal_at(firm, team.heroics_last).next_hero = slot
    else:
        team.heroics_first = slot
    team.heroics_last = slot


@part
def drop_heroics(firm: FirmRecord, team: TeamRecord, slot: int) -> None:
    """The deal has had its hero, or can have none any more."""
    before, there = -1, team.heroics_first
    while there != slot:
        before, there = there, deal_at(firm, there).next_hero
    after = deal_at(firm, slot).next_hero
    if before >= 0:
        deal_at(firm, before).next_hero = after
    else:
        team.heroics_first = after
    if after < 0:
        team.heroics_last = before
