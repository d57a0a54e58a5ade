"""The only calendar constants of the model.

The clock counts business hours. Hour 0 is the moment the new policy is switched on, so
the warm-up runs at negative hours.

>>> HOURS_PER_YEAR
2080.0
>>> round(business_hours_of_calendar_days(72.0), 1)
411.4
"""

HOURS_PER_DAY = 8.0
DAYS_PER_WEEK = 5
HOURS_PER_WEEK = 40.0
WEEKS_PER_YEAR = 52
HOURS_PER_YEAR = HOURS_PER_WEEK * WEEKS_PER_YEAR
MONTHS_PER_YEAR = 12.0
HOURS_PER_MONTH = HOURS_PER_YEAR / MONTHS_PER_YEAR
HOURS_PER_QUARTER = HOURS_PER_YEAR / 4.0
WEEKS_PER_MONTH = WEEKS_PER_YEAR / MONTHS_PER_YEAR
CALENDAR_DAYS_PER_WEEK = 7.0


def business_hours_of_calendar_days(days: float) -> float:
    """Business hours that pass in so many calendar days (40 of them in every 7 days)."""
    return days / CALENDAR_DAYS_PER_WEEK * HOURS_PER_WEEK


def calendar_days_of_business_hours(hours: float) -> float:
    """Calendar days in which so many business hours pass.

    >>> round(calendar_days_of_business_hours(business_hours_of_calendar_days(72.0)), 9)
    72.0
    """
    return hours / HOURS_PER_WEEK * CALENDAR_DAYS_PER_WEEK
