"""Prints random recurrence rules with the first dates that python-dateutil 2.9 gives.

    python3 expansions.py > expansions.txt

The draws are seeded, so the same version prints the same table. Years, months and weeks with every
part that Kairo reads, positions from both ends, hours, counts and ends.
"""

import random
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQS = ["DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY", "HOURLY", "MINUTELY"]
RULES = 400
DATES = 8
YEARS = 12


def some(draw, values, most):
    return sorted(draw.sample(list(values), draw.randint(1, most)))


def listed(name, values):
    return f"{name}=" + ",".join(str(value) for value in values)


def days_of(draw, freq):
    weekdays = listed("BYDAY", [DAYS[day] for day in some(draw, range(7), 5)])
    dates = listed("BYMONTHDAY", some(draw, [*range(1, 32), -4, -3, -2, -1], 4))
    most = 5 if freq == "MONTHLY" else 20
    n, day = draw.choice([*range(-most, 0), *range(1, most + 1)]), draw.choice(DAYS)
    within = draw.choice([*range(-5, 0), *range(1, 6)])
    months = listed("BYMONTH", some(draw, range(1, 13), 3))
    choices = {
        "DAILY": [[], [weekdays], [months], [months, weekdays]],
        "WEEKLY": [[], [weekdays], [weekdays], [months, weekdays]],
        "MONTHLY": [
            [], [dates], [dates], [f"BYDAY={n}{day}"], [weekdays], [dates, weekdays],
            [months, dates], [weekdays, f"BYSETPOS={draw.choice([1, 2, -1])}"],
        ],
        "YEARLY": [
            [], [months, dates], [months, f"BYDAY={within}{day}"], [months, weekdays],
            [f"BYDAY={n}{day}"], [dates],
        ],
        "HOURLY": [[], [weekdays]],
        "MINUTELY": [[], [weekdays]],
    }
    return draw.choice(choices[freq])


def rule(draw):
    freq = draw.choice(FREQS)
    parts = [f"FREQ={freq}"]
    if draw.random() < 0.4:
        parts.append(f"INTERVAL={draw.randint(2, 7)}")
    parts += days_of(draw, freq)
    if freq not in ("HOURLY", "MINUTELY") and draw.random() < 0.2:
        parts.append(listed("BYHOUR", some(draw, range(24), 3)))
        parts.append(f"BYMINUTE={draw.choice([0, 15, 30])}")
    end = draw.random()
    if end < 0.15:
        parts.append(f"COUNT={draw.randint(1, 7)}")
    elif end < 0.3:
        year, month, day = draw.randint(2026, 2033), draw.randint(1, 12), draw.randint(1, 28)
        parts.append(f"UNTIL={year}{month:02}{day:02}")
    return ";".join(parts)


def expanded(text, start):
    # An UNTIL of this table is the last day; theirs is a moment.
    parts = text.split(";")
    moment = ";".join(f"{part}T235959" if part.startswith("UNTIL") else part for part in parts)
    far = datetime(start.year + YEARS, 12, 31, 23, 59)
    found = []
    for date in rrulestr(moment, dtstart=start):
        if date > far or len(found) == DATES:
            break
        found.append(date.strftime("%Y-%m-%dT%H:%M"))
    return " ".join(found) or "never"


def main():
    draw = random.Random(5545)
    print("# rule | dtstart | first dates, as python-dateutil 2.9 expands them (expansions.py)")
    for _ in range(RULES):
        text = rule(draw)
        day = datetime(2024, 1, 1) + timedelta(days=draw.randrange(2200))
        hour, minute = draw.choice([(0, 0), (0, 30), (9, 0), (13, 45), (23, 30)])
        start = day.replace(hour=hour, minute=minute)
        print(f"{text} | {start:%Y-%m-%dT%H:%M} | {expanded(text, start)}")


main()
