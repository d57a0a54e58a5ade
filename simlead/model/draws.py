"""Random draws: each is a pure function of its name.

    uniform(seed, replicate, purpose, entity, index)

Philox4x32-10 (Salmon et al. 2011) turns the name into bits: the seed is the key, the rest
the counter. There are no generator objects and no order of calls, so whatever managers do,
the same buyers turn up with the same moods; and any draw can be looked up again.

Entities are named by lineage: a territory and the number of its opportunity, a seat and
the number of its hire. `index` packs what names a draw below its entity.
"""

from __future__ import annotations

import math
from typing import Final

from simlead.model.rulebook import rule

# Purposes. Their numbers name the random numbers: add at the end, never renumber.
ARRIVAL_GAP: Final = 1  # territory, n
VALUE: Final = 2  # territory, n
PACE: Final = 3  # territory, n
VISIBILITY: Final = 4  # territory, n
GATE: Final = 5  # territory, n * 4 + stage
MEETING_GAP: Final = 6  # territory, n * 16 + meeting
HANDLING: Final = 7  # territory, n * 16 + meeting
UNNOTICED_FATE: Final = 8  # territory, n
EARLY_FATE: Final = 9  # territory, n
SILENCE: Final = 10  # territory, n
SPLIT: Final = 11  # territory, n
HANDOVER: Final = 12  # territory, n * 64 + handovers
HEROIC: Final = 13  # territory, n
HEROIC_HOURS: Final = 14  # territory, n
NAMING: Final = 15  # territory, n * 4096 + weeks since the start
ONE_TO_ONE_PROTECTED: Final = 16  # seat, weeks since the start * 64 + number
PRE_CALL_PROTECTED: Final = 17  # territory, n * 4 + stage
POST_CALL_PROTECTED: Final = 18  # territory, n * 4 + stage
ABILITY: Final = 19  # seat, hire
STAGE_SKILL: Final = 20  # seat, hire * 4 + stage
COACHING_TALENT: Final = 21  # seat, hire
TALENT_IMPRESSION: Final = 22  # seat, hire
VACANCY: Final = 23  # seat, hire that left
QUIT: Final = 24  # seat, hire * 4096 + weeks since the start
FIRST_VACANT: Final = 25  # seat, 0
FIRST_TENURE: Final = 26  # seat, 0
QUALITY: Final = 27  # team, appointment
PEOPLE_SKILL: Final = 28  # team, appointment
MANAGER_CLARITY: Final = 29  # team, appointment
NATURAL_COACH: Final = 30  # team, appointment
TRAINABLE: Final = 31  # team, appointment
MANAGER_EXIT: Final = 32  # team, appointment
PROMOTION: Final = 33  # team, appointment
ERRAND_GAP: Final = 34  # team, n
ERRAND_KEPT: Final = 35  # team, n
ERRAND_KIND: Final = 36  # team, n
STRATUM: Final = 37  # team, 0
ABILITY_DRIFT: Final = 38  # seat, hire * 4096 + weeks since the start
QUARTER_END: Final = 39  # territory, n
COACHED_REPS: Final = 40  # team, weeks since the start
ATTENTION: Final = 41  # seat, hire * 4096 + appointment of the manager
ATTENTION_OF_WEEK: Final = 42  # seat, weeks since the start

@rule
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Scramble a counter of four words with a key of two: Philox4x32-10.

    Parameters
    ----------
    c0, c1, c2, c3 : int
        The counter: words of 32 bits.
    k0, k1 : int
        The key: words of 32 bits.

    Returns
    -------
    tuple of int
        Four words of 32 bits.

    References
    ----------
    Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.

    Examples
    --------
    >>> [hex(word) for word in philox(0, 0, 0, 0, 0, 0)]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    # Products of 32-bit words fill 64 bits; shifting with sign and masking gives the same
    # high word in wrapping int64 (compiled) and in unbounded integers (interpreted).
    for _ in range(10):
        product0 = 0xD2511F53 * c0
        product1 = 0xCD9E8D57 * c2
        high0 = (product0 >> 32) & 0xFFFFFFFF
        high1 = (product1 >> 32) & 0xFFFFFFFF
        c0, c1, c2, c3 = (
            high1 ^ c1 ^ k0,
            product1 & 0xFFFFFFFF,
            high0 ^ c3 ^ k1,
            product0 & 0xFFFFFFFF,
        )
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


@rule
def uniform(seed: int, replicate: int, purpose: int, entity: int, index: int) -> float:
    """Draw the number strictly between 0 and 1 that has this name: 52 random bits and a half.

    Parameters
    ----------
    seed : int
        The seed of the study.
    replicate : int
        The number of the replication.
    purpose : int
        What the number is for, such as `VALUE`.
    entity : int
        Whose it is: a territory, a seat or a team.
    index : int
        Which one, as the comment at the purpose says.

    Returns
    -------
    float
        Always the same one for the same name.

    Examples
    --------
    >>> uniform(0, 0, VALUE, 0, 0) == uniform(0, 0, VALUE, 0, 0) != uniform(0, 0, VALUE, 0, 1)
    True
    """
    w0, w1, _, _ = philox(
        index & 0xFFFFFFFF,
        entity & 0xFFFFFFFF,
        purpose,
        replicate & 0xFFFFFFFF,
        seed & 0xFFFFFFFF,
        (seed >> 32) & 0xFFFFFFFF,
    )
    return (((w0 << 20) | (w1 >> 12)) + 0.5) * 2.220446049250313e-16


@rule
def exponential(seed: int, replicate: int, purpose: int, entity: int, index: int) -> float:
    """Draw the exponential number of mean 1 that has this name.

    Parameters
    ----------
    seed, replicate, purpose, entity, index : int
        The name, as of `uniform`.

    Returns
    -------
    float
        More than 0; always the same one for the same name.

    Examples
    --------
    >>> exponential(0, 0, VALUE, 0, 0) > 0
    True
    """
    return -math.log(uniform(seed, replicate, purpose, entity, index))


@rule
def normal(seed: int, replicate: int, purpose: int, entity: int, index: int) -> float:
    """Draw the standard normal number that has this name.

    Parameters
    ----------
    seed, replicate, purpose, entity, index : int
        The name, as of `uniform`.

    Returns
    -------
    float
        Always the same one for the same name.

    Examples
    --------
    >>> abs(normal(0, 0, VALUE, 0, 0)) < 9
    True
    """
    return normal_quantile(uniform(seed, replicate, purpose, entity, index))


@rule
def normal_quantile(u: float) -> float:
    """Compute the standard normal quantile, by Wichura's algorithm AS 241 (PPND16), to about 1e-16.

    Parameters
    ----------
    u : float
        A probability, more than 0 and less than 1.

    Returns
    -------
    float
        The number that a standard normal one is below with this probability.

    References
    ----------
    Wichura (1988), Applied Statistics 37, 477-484.

    Examples
    --------
    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r
                    + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r
                  + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
                + 1.3314166789178437745e2) * r + 3.3871328727963666080e0)
            / (((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r
                    + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r
                  + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
                + 4.2313330701600911252e1) * r + 1.0)
        )
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        x = (
            (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                  + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0) * r
                + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
              + 4.63033784615654529590e0) * r + 1.42343711074968357734e0)
            / (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                    + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
                  + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
                + 2.05319162663775882187e0) * r + 1.0)
        )
    else:
        r -= 5.0
        x = (
            (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                  + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
                + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
              + 5.46378491116411436990e0) * r + 6.65790464350110377720e0)
            / (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                    + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
                  + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
                + 5.99832206555887937690e-1) * r + 1.0)
        )
    return -x if q < 0.0 else x
