"""The page of what was written down on each claim before it was judged, from the rows and the catalogue.

    python experiments/10_claims/protocol.py
"""

from __future__ import annotations

from pathlib import Path

from simlead.results.files import whole_file
from simlead.show.language import say
from simlead.study.claims.protocol import CLAIMS, STATUS_QUO, Changes, Claim
from simlead.study.records import ALMOST_SURE, DIRECTION, EXISTENCE, FOUR_IN_FIVE, INTERACTION, OPTIMUM, RANKING, SIZE

PAGE = Path(__file__).parent / "protocol.md"

JUDGED = {
    DIRECTION: "the probability that every part of the effect has the stated sign and matters",
    SIZE: "the probability that the effect lies where the claim says",
    RANKING: "the probability of each order of the reasons; the claim is the stated one, each ahead by what matters",
    INTERACTION: "the probability of a surplus that matters, on the log scale",
    OPTIMUM: "the probability that no plan is ahead of the stated one by what matters; plans within that of the best "
             "count as tied",
    EXISTENCE: "the fraction of firms, each in a world of its own, of which it is true; and the probability that this "
               "fraction is more than the smallest of interest",
}


def main() -> None:
    """Write the page."""
    with whole_file(PAGE, overwrite=True) as place:
        place.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page."""
    return "\n\n".join([
        "# Protocol of the thirteen claims",
        "This was committed before any of it was run on version 2 of the model. It is written by `python "
        "experiments/10_claims/protocol.py` from the rows in `simlead/study/claims/protocol.py` and the catalogue.",
        "## How a claim is judged", "\n".join(f"* {line}" for line in (
            "Each claim is run in many **worlds**: draws of everything that is unknown, each calibrated to the same "
            "status quo and weighed by published facts; margins, costs and pay are among what is drawn. In each "
            "world a few matched pairs of runs are made (common random numbers). Both sets of effect sizes are judged "
            "by themselves.",
            "What each world leads to on average is known through these few runs. Its distribution over worlds, "
            "without the runs' own noise and with the error that this leaves, gives the **probabilities**: that the "
            "claim holds, that there is no difference that matters, that the reverse is true, and that it is something "
            "else (such as less than claimed). They cover both uncertainties.",
            f"**The verdict** follows from the probability that the claim holds: above {ALMOST_SURE:g} *holds*, above "
            f"{FOUR_IN_FIVE:g} *probably*, below {1 - FOUR_IN_FIVE:.1f} *probably not*, below {1 - ALMOST_SURE:.2f} "
            "*does not hold*. In between it *depends on* the parameter that turns it, with the value at which it does, "
            "if there is one; otherwise it is *open*. What it depends on is searched for among all parameters that are "
            "drawn.",
            "**Assumed** and **not testable here** are the verdicts where the model takes a part of the claim as "
            "given, reads an input back, or has no mechanism by which the claim could be true. What follows in the "
            "model is stated beside, and is no verdict on the claim.",
            "Beside each claim stand the structural switches of the model: whether the conclusion survives another "
            "form of the mechanisms that carry it.")),
        "## The claims", *(row(claim) for claim in CLAIMS.values())]) + "\n"


def row(claim: Claim) -> str:
    """What was written down on one claim."""
    share = f"{100 * claim.smallest:g} %"
    rows = [
        ("kind", say(f"protocol.kinds.{claim.kind}")), ("standing", say(f"protocol.standings.{claim.standing}")),
        ("how it is tested", text("experiments", claim)),
        ("measured", f"{claim.unit}" + (f"; {', '.join(claim.parts)}" if len(claim.parts) > 1 else "")),
        ("smallest effect of interest", f"{share}. {text('reasons', claim)}"),
        ("holds", text("holds", claim)), ("no difference that matters", text("no_difference", claim)),
        ("the reverse", text("reverse", claim)), ("judged by", JUDGED[claim.kind]),
        ("policies", "; ".join(f"*{name}*: {levers(changes)}" for name, changes in claim.arms.items())),
    ]
    if claim.start or claim.preset != STATUS_QUO:
        rows.append(("firm", f"{claim.preset}, status quo" + (f"; {levers(claim.start)}" if claim.start else "")))
    return "\n".join([f"### {claim.number}. {say(f'claims.text.{claim.key}')}", "", "| | |", "|---|---|",
                      *(f"| {name} | {said} |" for name, said in rows)])


def levers(changes: Changes) -> str:
    """Changes of a policy, briefly."""
    return ", ".join(f"{path.partition('.')[2]} {str(value).lower() if isinstance(value, bool) else value}"
                     for path, value in changes.items())


def text(kind: str, claim: Claim) -> str:
    """A claim's text of the catalogue."""
    return say(f"protocol.{kind}.{claim.key}")


if __name__ == "__main__":
    main()
