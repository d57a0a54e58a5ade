"""Names of measures, parameters and scenarios, and the joints of sentences, in the current language.

Names of the catalogue are used where it has them; a user's own names stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from simlead.model.team import team_path
from simlead.results.export import harmless
from simlead.results.teams import teams_of_measure
from simlead.show.format import fixed, setting
from simlead.show.language import known, localised, say
from simlead.show.user_text import NAME_LENGTH, abridged, clean, printable

TITLE_NAME_LENGTH = 40

_NAMED = ("scenarios", "measures", "facts", "parameters", "parameters.policy", "parameters.organisation",
          "parameters.market", "parameters.world", "parameters.calendar", "effect_sizes")
"""Where a name is looked up, in this order: a scenario's first, for those are what charts compare."""


def words(name: str) -> str:
    """The name of a scenario, measure, parameter or set of effect sizes as people read it, as a label starts.

    A parameter may be given by its dotted path or its last word. A name that the catalogue
    does not have is a user's own and only loses its underscores.

    >>> words("status_quo"), words("policy.coaching_share"), words("our_new_plan")
    ('Status quo', 'Coaching share', 'Our new plan')
    """
    for group in _NAMED:
        key = f"names.{group}.{name}"
        if known(key):
            return say(key)
    text = printable(name).replace("_", " ").strip()
    return localised(text[:1].upper() + text[1:])


def brief(name: str) -> str:
    """The name as :func:`words` has it, a long one without its middle: what a title or an axis has room for.

    >>> brief("status_quo"), len(brief("coaching " * 9))
    ('Status quo', 40)
    """
    return abridged(words(name), TITLE_NAME_LENGTH)


def inside(text: str) -> str:
    """A label as it stands within a sentence: no capital, unless it starts with an abbreviation.

    >>> inside("Status quo"), inside("KPI review")
    ('status quo', 'KPI review')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The text as a sentence begins, where letters have capitals."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], joined: str = "words.and", most: int | None = None) -> str:
    """Names in a row, the last one joined by `and` (or by another text with `first` and `last`).

    With `most`, the first few and how many more.

    >>> listed(["coaching"]), listed(["a", "b", "c"]), listed(["a", "b"], "words.or"), listed(["a", "b", "c"], most=1)
    ('coaching', 'a, b and c', 'a or b', 'a and 2 more')
    """
    if most is not None and len(names) > most:
        return say("words.and_more", names=say("words.comma").join(names[:most]), more=len(names) - most)
    *before, last = names
    return say(joined, first=say("words.comma").join(before), last=last) if before else last


def counted(what: str, count: int | str) -> str:
    """A number of things of one kind; `words.counts` of the catalogue has the kinds. Text is a formatted number.

    >>> counted("deal", 1), counted("deal", 0), counted("coaching_session", 2), counted("point", "1.0")
    ('1 deal', '0 deals', '2 coaching sessions', '1.0 points')
    """
    return say(f"words.counts.{what}.{'one' if count in (1, fixed(1.0, 0)) else 'many'}", count=count)


def years_words(years: float) -> str:
    """A number of years, whole or not.

    >>> years_words(1.0), years_words(3.0), years_words(2.5)
    ('1 year', '3 years', '2.5 years')
    """
    return counted("year", setting(years))


def coverage_note() -> str:
    """The two structural switches beside every verdict on coaching: do extra hours reach further reps?

    >>> "structure.everybody_alike" in coverage_note()
    True
    """
    return say("words.coverage", same_reps="structure.more_for_the_same_reps", alike="structure.everybody_alike")


def with_unit(what: str, unit: str) -> str:
    """The label of an axis: what it shows and its unit, if it has one.

    >>> with_unit("revenue", "$"), with_unit("verdicts", "")
    ('revenue, $', 'verdicts')
    """
    return say("words.with_unit", what=what, unit=unit) if unit else what


def measure_name(measure: str) -> str:
    """A measure's name; a user's own measure by its own words.

    >>> measure_name("market_share"), measure_name("deals_of_<b>")
    ('Market share', 'Deals of <b>')
    """
    of_teams = teams_of_measure(measure)
    if of_teams is not None:
        numbers = " + ".join(map(str, of_teams[0]))
        return say("names.of_team", name=measure_name(of_teams[1]), team=numbers)
    return _named("measures", measure)


def scenario_name(name: str) -> str:
    """A scenario's name: a preset's in the current language, any other as it was given.

    >>> scenario_name("status_quo"), scenario_name("=1+1")
    ('Status quo', "'=1+1")
    """
    return harmless(_named("scenarios", name))


def effect_sizes_name(name: str) -> str:
    """The name of a set of effect sizes.

    >>> effect_sizes_name("evidence")
    'Evidence'
    """
    return _named("effect_sizes", name)


def parameter_name(path: str) -> str:
    """A parameter's name, without its group.

    >>> parameter_name("policy.coaching_share"), parameter_name("ours.new_lever")
    ('Coaching share', 'New lever')
    """
    of_team = team_path(path)
    if of_team is not None:
        name = of_team[1] if "." in of_team[1] else f"team.{of_team[1]}"
        return say("names.of_team", name=parameter_name(name), team=of_team[0])
    key = f"names.parameters.{path}"
    return say(key) if known(key) else clean(words(path.rpartition(".")[2]), NAME_LENGTH)


def _named(group: str, name: str) -> str:
    key = f"names.{group}.{name}"
    return say(key) if known(key) else clean(words(name), NAME_LENGTH)
