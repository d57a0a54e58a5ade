"""Parameters of the world: the uncertain responses of people, each with a source and a grade."""

from __future__ import annotations

import dataclasses

from simlead.model.calibration_data import EVIDENCE
from simlead.model.parameters import parameter


@dataclasses.dataclass(frozen=True)
class World:
    """Effects of skill, coaching, clarity, accountability and managers on people.

    Defaults are the `evidence` effect sizes; see `presets.EFFECT_SIZES` for the other set.

    >>> World().coaching_gain_max
    0.2
    """

    # Skill and the gates.
    skill_effect: float = parameter(
        0.20, "logit/SD", 0.0, 1.0, "effect of a standard deviation of skill on each gate", "V82", "B",
        (0.15, 0.35))
    value_skill_effect: float = parameter(
        0.08, "log-points/SD", 0.0, 0.5, "effect of skill on the value of a won deal", "V82", "D",
        (0.0, 0.15))
    stage_skill_sd: float = parameter(
        0.5, "SD", 0.0, 2.0, "spread of a rep's skill between stages", "", "D", (0.2, 0.8))
    ageing_per_week: float = parameter(
        0.08, "logit/week", 0.0, 1.0, "what a week that we let a buyer wait costs at every later gate",
        "V102", "C", (0.03, 0.18))
    size_effect: float = parameter(
        0.12, "logit/log-point", 0.0, 1.0,
        "larger deals are won less: fall of each gate's logit per log-point of a deal's value above the median", "V87",
        "C", (0.05, 0.20), neutral=0.0)
    rivals_answer_share: float = parameter(
        0.5, "share", 0.0, 0.9,
        "part of a gain in our share of the value won that rivals take back while structure.rivals_answer is on", "",
        "D", (0.2, 0.8), neutral=0.5, acts_with="structure.rivals_answer")
    our_utility_skill_share: float = parameter(
        0.7, "ratio", 0.0, 2.0, "part of the skill effect that moves our utility at the last gate",
        "V93", "D", (0.4, 1.0))
    no_decision_skill_share: float = parameter(
        0.5, "ratio", 0.0, 2.0, "part of the skill effect that lowers the utility of no decision",
        "V93", "D", (0.2, 0.8))
    discovery_intercept: float = parameter(
        EVIDENCE["world.discovery_intercept"], "logit", -8.0, 8.0,
        "level of the discovery gate, by calibration to .55", "V86", "C")
    qualified_intercept: float = parameter(
        EVIDENCE["world.qualified_intercept"], "logit", -8.0, 8.0,
        "level of the qualified gate, by calibration to .50", "V86", "C")
    our_utility: float = parameter(
        EVIDENCE["world.our_utility"], "utility", -8.0, 8.0,
        "our utility at the last gate, by calibration to a win rate of .35", "V82 V86", "C")
    no_decision_utility: float = parameter(
        1.16, "utility", -8.0, 8.0, "utility of no decision at the last gate", "V95", "C", (0.8, 1.6))
    ramp_start: float = parameter(
        0.30, "share", 0.01, 1.0, "productivity of a new rep on the first day", "V114 V117", "B", (0.30, 0.65))
    ramp_months: float = parameter(
        3.0, "months", 0.1, 24.0, "time constant with which a new rep reaches full productivity",
        "V114 V117", "B", (3.0, 4.0))

    ability_year_correlation: float = parameter(
        0.85, "correlation", 0.0, 1.0, "of a rep's ability with that of a year before; 1: ability stays", "", "D",
        (0.7, 0.95), neutral=1.0)

    # What coaching does.
    coaching_gain_max: float = parameter(
        0.20, "log-points", 0.0, 2.0, "largest gain in productivity from coaching of quality 1",
        "V39 V42 V76 V29", "A", (0.10, 0.60))
    coaching_half_dose: float = parameter(
        2.0, "hours/rep-month", 0.05, 20.0, "dose that brings half of the largest gain", "V29 V32 V08", "C",
        (1.0, 4.0))
    gain_months: float = parameter(
        3.0, "months", 0.1, 24.0, "time constant of learning from coaching", "V26", "A", (1.0, 6.0))
    fade_months: float = parameter(
        16.0, "months", 0.1, 60.0, "time constant of forgetting (half-life 11 months)",
        "V25 V26 V50 R05", "A", (9.0, 19.0))
    gain_floor: float = parameter(
        -0.10, "log-points", -1.0, 0.0, "the most that bad coaching can cost", "V21", "B", (-0.15, -0.05))
    receptivity_slope: float = parameter(
        0.35, "1/SD", 0.0, 1.0, "stronger reps gain less from coaching", "V25 R16", "A", (0.0, 0.5))
    receptivity_low: float = parameter(0.2, "ratio", 0.0, 1.0, "least receptivity", "", "D", (0.0, 0.4))
    receptivity_high: float = parameter(1.6, "ratio", 1.0, 3.0, "greatest receptivity", "", "D", (1.3, 2.0))
    dose_smoothing_weeks: float = parameter(
        4.0, "weeks", 1.0, 52.0, "smoothing of the coaching dose", "", "D", (2.0, 8.0))
    lost_gate_dose_factor: float = parameter(
        1.5, "ratio", 0.0, 5.0, "dose of a debrief after a lost gate, relative to its hours", "V76", "D",
        (1.0, 2.0))
    focus_months: float = parameter(
        6.0, "months", 0.1, 60.0, "time constant with which coaching turns to the stage that needs it", "",
        "D", (3.0, 12.0))
    pre_call_lift: float = parameter(
        0.03, "logit", -1.0, 1.0, "lift of a gate from a pre-call with a coach of quality 1", "V23", "D",
        (0.0, 0.3))
    overdue_naming_weeks: float = parameter(
        1.0, "weeks", 0.0, 20.0, "the KPI review looks at deals overdue by more than this", "", "D",
        (0.5, 2.0))
    overdue_relief: float = parameter(
        0.5, "share", 0.0, 1.0, "part of its overdue weeks that a named deal loses in the next one-to-one",
        "", "D", (0.0, 0.8))

    # Managers.
    quality_mean: float = parameter(
        1.0, "quality", -1.0, 3.0, "mean coaching quality of managers", "V01", "C", (0.5, 1.2))
    quality_sd: float = parameter(
        0.85, "quality", 0.0, 3.0, "spread of coaching quality: 18 % lie below 0.22, two thirds of them below 0",
        "V01 V43 V76", "C", (0.7, 1.1))
    quality_low: float = parameter(-1.0, "quality", -5.0, 0.0, "least coaching quality", "", "D", (-2.0, -0.5))
    quality_high: float = parameter(3.0, "quality", 0.0, 9.0, "greatest coaching quality", "V02", "D", (2.0, 4.0))
    unfit_below: float = parameter(
        0.22, "quality", -1.0, 2.0, "managers of lower coaching quality should not be in the role", "V01", "C",
        (0.0, 0.4), neutral=0.0)
    people_skill_correlation: float = parameter(
        0.5, "correlation", -1.0, 1.0, "of people skill with coaching quality", "V61", "D", (0.2, 0.8))
    trainable_share: float = parameter(
        0.66, "share", 0.0, 1.0, "managers who can be trained to coach", "V01", "C", (0.5, 0.8))
    training_gain: float = parameter(
        0.5, "quality", 0.0, 3.0, "coaching quality that training adds", "", "D", (0.0, 1.0))
    natural_coach_share: float = parameter(
        0.03, "share", 0.0, 1.0,
        "managers who coach whatever the policy says; each of them reaches half of the week here, so it is the 3 %",
        "V01", "C", (0.0, 0.08))
    natural_coach_plan: float = parameter(
        0.75, "share of the week", 0.0, 1.0, "share of the week a natural coach plans for coaching", "V01",
        "D", (0.5, 0.9))
    natural_coach_duties: float = parameter(
        0.5, "share", 0.0, 1.0, "part of the duties a natural coach keeps", "", "D", (0.3, 1.0))
    hours_per_coached_rep: float = parameter(
        4.4, "hours/rep-week", 0.0, 40.0,
        "planned coaching hours for each rep whom a manager coaches in a week: how many reps a plan reaches; "
        "0: every rep is coached in every week", "V04", "D", (3.0, 6.0), neutral=0.0)
    attention_sd: float = parameter(
        1.0, "logit", 0.0, 10.0,
        "spread of a manager's lasting preferences for coaching one rep rather than another; chance of the week has "
        "1.28", "", "D", (0.5, 2.0), neutral=1.0)
    attention_to_ability: float = parameter(
        0.0, "logit/SD", -5.0, 5.0,
        "how much more a manager prefers to coach a stronger rep; negative: a weaker one", "", "D", (-0.6, 0.6),
        neutral=0.0)
    manager_clarity_sd: float = parameter(
        0.15, "0-1", 0.0, 1.0, "spread of managers' clarity around the policy's", "", "D", (0.05, 0.3))
    adherence_floor: float = parameter(
        0.3, "share", 0.0, 1.0, "plan adherence with no clarity at all", "", "D", (0.1, 0.5))
    adherence_gain: float = parameter(
        0.5, "share", 0.0, 1.0, "plan adherence that full clarity and accountability add", "", "D", (0.2, 0.65))
    heroic_probability: float = parameter(
        0.25, "probability", 0.0, 1.0, "a large proposal pulls in a manager without a plan", "V07", "D",
        (0.1, 0.5))
    heroic_value_quantile: float = parameter(
        0.70, "quantile", 0.0, 1.0, "proposals above this quantile of value call for a hero", "", "D",
        (0.5, 0.9))
    heroic_hours_low: int = parameter(4, "hours", 1, 40, "least hours a hero gives to a deal", "", "D", (2, 6))
    heroic_hours_high: int = parameter(8, "hours", 1, 40, "most hours a hero gives to a deal", "", "D", (6, 16))
    heroic_lift: float = parameter(
        0.3, "logit", -1.0, 2.0, "lift of the last gate when the hero finished in time", "", "D", (0.0, 0.6))
    own_selling_productivity: float = parameter(
        1.3, "ratio", 0.0, 5.0, "a manager's own revenue per hour, relative to an average ramped rep's",
        "V51", "D", (1.0, 1.8))
    manager_exits_per_year: float = parameter(
        0.12, "1/year", 0.0, 5.0, "managers who leave", "", "D", (0.05, 0.25))
    peter_slope: float = parameter(
        0.075, "log-points", 0.0, 0.5,
        "fall of a team's sales for each doubling of its new manager's own past sales", "V56 V58", "A",
        (0.0, 0.10))
    peter_causal_share: float = parameter(
        0.5, "share", 0.0, 1.0, "part of that slope taken as causal", "", "D", (0.0, 1.0))
    promotion_dose: float = parameter(
        3.1, "hours/rep-month", 0.0, 30.0,
        "dose at which the coaching quality that a promoted seller lacks is priced; 0: world.reference_dose", "", "D",
        (2.0, 4.0), neutral=0.0)
    coach_selection_validity: float = parameter(
        0.5, "correlation", 0.0, 1.0, "how well coaching talent can be seen before promotion", "", "D",
        (0.2, 0.7))

    # Clarity and accountability of reps.
    clarity_effect: float = parameter(
        0.06, "log-points", 0.0, 0.5,
        "effect on the third year's revenue of +.2 in reps' clarity; the calibration's target",
        "V71 R07 R08", "A", (0.02, 0.10))
    clarity_exponent: float = parameter(
        EVIDENCE["world.clarity_exponent"], "ratio", 0.0, 5.0,
        "strength with which clarity saves reps time (kappa), by calibration to clarity_effect; where clarity_width is "
        "0 it is an exponent", "", "D")
    clarity_width: float = parameter(
        0.3, "0-1", 0.0, 100.0,
        "distance from clarity .4 over which clarity shortens a meeting's overhead nearly in proportion; 0: it "
        "shortens meetings whole, by the power clarity_exponent of the selling share", "V71 R07 R08", "D", (0.2, 1.0),
        neutral=0.0)
    selling_share_low: float = parameter(
        0.22, "share", 0.01, 1.0, "selling share of a rep's time without clarity", "V105 V106 V107", "B")
    selling_share_slope: float = parameter(
        0.23, "share", 0.0, 1.0, "what full clarity adds to it", "V105 V108", "B")
    clarity_quality_slope: float = parameter(
        0.03, "0-1", 0.0, 0.5, "clarity that a point of the manager's quality adds", "V43", "B", (0.0, 0.06))
    clarity_months: float = parameter(
        2.0, "months", 0.1, 24.0, "time constant of reps' clarity", "V43", "D", (1.0, 6.0))
    rep_clarity_shift: float = parameter(
        0.0, "0-1", -1.0, 1.0,
        "research knob: moves reps' clarity, not the managers', from the switch on", "", "D", (-0.2, 0.2))
    accountability_effect: float = parameter(
        0.07, "share", 0.0, 1.0, "effective working time that full accountability adds", "V79 V77", "A",
        (0.0, 0.15))
    accountability_overdose: float = parameter(
        0.5, "ratio", 0.0, 5.0, "what accountability beyond the overdose point costs", "V21", "D", (0.0, 1.0))
    accountability_overdose_from: float = parameter(
        0.7, "0-1", 0.0, 1.0, "where more accountability begins to cost", "V21", "D", (0.5, 0.9))

    # People come and go.
    quits_per_month: float = parameter(
        0.0205, "1/month", 0.0, 1.0, "hazard of a rep's leaving after the first year", "V110 V111 V112 V114",
        "B", (0.018, 0.034))
    first_year_quit_factor: float = parameter(
        1.0, "ratio", 0.0, 10.0, "factor on that hazard in the first year", "V114", "C", (1.0, 1.5))
    people_skill_quit_factor: float = parameter(
        0.88, "ratio", 0.1, 1.5, "factor per standard deviation of the manager's people skill", "V60 V61", "A",
        (0.8, 0.95))
    coaching_hour_quit_effect: float = parameter(
        0.2, "1/(hour/month)", 0.0, 0.5, "fall of the log hazard per coaching hour a month", "V21", "C",
        (0.0, 0.24))
    reference_dose: float = parameter(
        EVIDENCE["world.reference_dose"], "hours/rep-month", 0.0, 30.0,
        "dose at which that effect is nil: the status quo's mean of the hours that retain, by calibration", "", "D",
        (1.5, 3.1))
    retaining_dose_limit: float = parameter(
        10.0, "hours/rep-month", 0.0, 1000.0, "coaching hours beyond this retain no further reps", "V21", "D",
        (6.0, 20.0), neutral=1000.0)
    retention_by_quality: bool = parameter(
        True, "on/off", None, None,
        "coaching hours retain reps in proportion to the manager's coaching quality, within 0 and 1", "V21", "B",
        neutral=False)
    coached_quit_effect: float = parameter(
        0.10, "log hazard", 0.0, 2.0, "fall of the log hazard for a rep who has gained from coaching",
        "V32", "D", (0.0, 0.2))
    coached_threshold: float = parameter(
        0.10, "log-points", 0.0, 2.0, "gain from which a rep counts as coached", "", "D", (0.05, 0.15))
    attainment_quit_effect: float = parameter(
        0.50, "log hazard", 0.0, 3.0, "rise of the log hazard far below quota", "V114", "D", (0.0, 1.0))
    attainment_threshold: float = parameter(
        0.50, "share of quota", 0.0, 2.0, "what counts as far below quota", "", "D", (0.3, 0.7))
    attainment_weeks: int = parameter(
        26, "weeks", 1, 104, "attainment is judged from this tenure on, pro rata", "", "D", (13, 52))
    vacancy_months: float = parameter(
        6.2, "months", 0.01, 60.0, "mean time to fill a seat", "V111", "C", (3.0, 7.8))
    prospecting_smoothing_weeks: float = parameter(
        6.0, "weeks", 1.0, 52.0, "weeks of prospecting that today's noticing rests on", "", "D", (3.0, 12.0))
    shortage_review_share: float = parameter(
        0.25, "share", 0.0, 1.0,
        "a week in which more than this part of the information blocks lapsed has no KPI review", "", "D",
        (0.1, 0.5))
