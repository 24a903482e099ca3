import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.facts.dates import edtf

DAYS = st.dates(datetime.date(1000, 1, 1), datetime.date(2999, 12, 31))
FORMS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "the {day}th of {month}, {year}",
    "{short}. {day}, {year}",
    "{day} {short} {year}",
    "{week}, {day} {month} {year}",
    "on {week}, {month} {day}, {year}",
    "{iso}",
)


@given(day=DAYS, form=st.sampled_from(FORMS))
def test_a_day_is_read_in_all_its_forms(day: datetime.date, form: str) -> None:
    month = calendar.month_name[day.month]
    said = form.format(
        day=day.day, month=month, short=month[:3], year=day.year, week=f"{day:%A}", iso=day.isoformat()
    )
    assert edtf(said) == day.isoformat()


@given(day=DAYS)
def test_a_month_a_year_and_a_decade_are_as_precise_as_they_are_said(day: datetime.date) -> None:
    month = calendar.month_name[day.month]
    assert edtf(f"{month} {day.year}") == f"{day:%Y-%m}"
    assert edtf(f"in {day.year}") == f"{day:%Y}"
    assert edtf(f"the early {day.year // 10}0s") == f"{day:%Y}"[:3] + "X"
    assert edtf(f"circa {day.year}") == f"{day:%Y}~"


@given(st.text(max_size=40))
def test_anything_may_be_asked(text: str) -> None:
    value = edtf(text)
    assert value == "" or value.strip("-~0123456789X") == ""


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("the 19th century", "18XX"),
        ("late 19th century", "18XX"),
        ("1st century", "00XX"),
        ("5th century BC", "-04XX"),
        ("44 BC", "-0043"),
        ("15 March 44 BC", "-0043-03-15"),
        ("1 BC", "0000"),
        ("AD 79", "0079"),
        ("476 CE", "0476"),
        ("c. 1860", "1860~"),
        ("about November 1860", "1860-11~"),
        ("mid-1990s", "199X"),
        ("summer of 1914", "1914"),
        ("the end of 1914", "1914"),
        ("Sept. 2010", "2010-09"),
        ("29 February 2000", "2000-02-29"),
        ("1867-11", "1867-11"),
    ],
)
def test_what_is_said_of_a_date(surface: str, value: str) -> None:
    assert edtf(surface) == value


@pytest.mark.parametrize(
    "surface",
    [
        "last year",
        "Monday",
        "May",
        "7 November",
        "1914 to 1918",
        "07/11/1867",
        "'98",
        "12",
        "300 years",
        "age 34",
        "31 February 2000",
        "29 February 1900",
        "1867-13",
        "marble 1990",
        "",
    ],
)
def test_what_means_no_one_date_has_no_value(surface: str) -> None:
    assert edtf(surface) == ""
