"""Attribution of a pilot: a firm of unequal teams with hires, with and without a roll-out to one team."""

import simlead

FIRM = simlead.Scenario().change({
    "organisation.teams": 2, "team.1.seats": 3, "team.2.seats": 2, "calendar.warmup_weeks": 52,
    "calendar.horizon_weeks": 26, "market.cover_noticing_share": 0.5,
    "plan": [{"week": 13, "team": 1, "hire": 1}, {"week": 16, "new_team": ["2.1", "1.3"]}]})


def test_a_pilot_and_the_firm_without_it_are_a_matched_pair():
    pilot = FIRM.change({"policy.coaching_share": 0.6, "policy.role_clarity": 0.9}).rollout({2: 0})
    runs = [simlead.simulate(firm, seed=1, engine="compiled") for firm in (FIRM, pilot)]
    deals = simlead.attribution(*runs)  # refuses to answer if it computes a single gate otherwise than the engine
    assert set(deals["won_in"]) <= {"a", "b"}
