"""The days of the demonstration: the months it pays, and the first day after the last of them."""

from datetime import date

MONTHS = (date(2019, 12, 1), date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1))
TODAY = date(2020, 4, 1)
OPENING = MONTHS[0]
WORK_DAY = 10  # of the month: the clerk asks for the run; the chief approves the next day
