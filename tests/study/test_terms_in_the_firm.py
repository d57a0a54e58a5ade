"""Terms of rules as the firm feels them: one number of the world moves, with common random numbers.

`tests/model/test_rules.py` holds the rules themselves; this holds that the engines hand them the right arguments.
"""

import numpy as np
import pytest

from simlead.model.scenario import Scenario
from simlead.study.runner import Job, checked_outcomes, run_and_measure

FIRM = Scenario().change({
    "organisation.teams": 3, "calendar.warmup_weeks": 104, "calendar.horizon_weeks": 104,
    "policy.coaching_share": 0.4, "status_quo.coaching_share": 0.4,
    # Nobody makes up for a vacancy, and every hour of coaching is one above the reference.
    "organisation.cover_time_share": 0.0, "market.cover_noticing_share": 0.0, "world.reference_dose": 0.0})
LOOKS = ((16, 7.0), (64, 4.1))
"""Matched pairs, and the standard errors that the difference must then be from 0. By luck alone one of the two looks
passes less than once in 10,000 times; most terms need no second one."""
QUITS, SALES = "separations_per_year", "revenue"


@pytest.mark.slow
@pytest.mark.parametrize(("path", "low", "high", "measure", "direction"), [
    ("world.coached_quit_effect", 0.0, 2.0, QUITS, -1),
    ("world.attainment_quit_effect", 0.0, 2.0, QUITS, +1),
    ("world.coaching_hour_quit_effect", 0.0, 0.5, QUITS, -1),
    ("world.first_year_quit_factor", 1.0, 3.0, QUITS, +1),
    ("world.quits_per_month", 0.01, 0.04, QUITS, +1),
    ("world.attainment_threshold", 0.1, 1.5, QUITS, +1),
    ("world.coaching_gain_max", 0.0, 0.6, SALES, +1),
    ("world.coaching_half_dose", 0.5, 20.0, SALES, -1),
    ("world.quality_mean", 0.0, 2.0, SALES, +1),
    ("world.ageing_per_week", 0.0, 0.3, SALES, -1),
    ("world.pre_call_lift", 0.0, 0.5, SALES, +1),
    ("world.ramp_start", 0.05, 0.9, SALES, +1),
    ("world.ramp_months", 1.0, 12.0, SALES, -1),
    ("world.rep_clarity_shift", -0.3, 0.3, SALES, +1),
    ("world.accountability_effect", 0.0, 0.5, SALES, +1),
    ("world.adherence_floor", 0.0, 0.9, "coaching_share_realised", +1),
    ("world.adherence_gain", 0.0, 1.0, "coaching_share_realised", +1),
    ("world.vacancy_months", 1.0, 12.0, SALES, -1),
    ("world.hours_per_coached_rep", 2.0, 8.0, "coached_rep_weeks_share", -1),
    ("world.heroic_probability", 0.0, 1.0, "coaching_share_realised", -1),
])
def test_a_term_moves_the_firm_its_way(path, low, high, measure, direction):
    outcomes, firms = checked_outcomes([measure]), [FIRM.change({path: value}) for value in (low, high)]
    gaps = []
    for pairs, errors in LOOKS:
        for number in range(len(gaps), pairs):
            before, after = (top / bottom for top, bottom in (
                run_and_measure(Job("", firm, 1, number, "compiled", outcomes)).parts[measure] for firm in firms))
            gaps.append(direction * (after - before))
        if np.mean(gaps) > errors * np.std(gaps, ddof=1) / np.sqrt(pairs):
            return
    pytest.fail(f"{path} moves {measure} by {np.mean(gaps):g} +- {np.std(gaps, ddof=1) / np.sqrt(pairs):g}")
