from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slactl.base.duration import Duration, parse_duration, spoken
from slactl.base.money import Money, parse_money
from slactl.base.rate import Rate, parse_rate
from slactl.base.ratio import decimal_text, parse_ratio, plain

PERCENTS = st.decimals(0, 100, places=6)


@given(PERCENTS)
def test_a_percentage_is_exact_and_prints_as_itself(percent: Decimal) -> None:
    ratio = parse_ratio(f"{percent:f}%")
    assert ratio.share == Fraction(percent) / 100
    assert ratio.share + ratio.complement == 1
    assert Fraction(ratio.decimal) == ratio.share
    assert Fraction(ratio.complement_decimal) == ratio.complement
    assert parse_ratio(str(ratio)).share == ratio.share


@pytest.mark.parametrize("text", ["0.999", "1", "0"])
def test_a_bare_share_names_both_its_readings(text: str) -> None:
    with pytest.raises(ValueError, match=r"could mean .*% or the share"):
        parse_ratio(text)


def test_a_bare_percentage_asks_for_its_sign() -> None:
    with pytest.raises(ValueError, match=r"write 99\.9%"):
        parse_ratio("99.9")


@pytest.mark.parametrize(
    "text", ["101%", "100.0001%", "-1%", "abc", "", "99,9%", "NaN", "Infinity", "1e3", "99.9%%"]
)
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        parse_ratio(text)


@given(st.fractions(0, 1), st.one_of(st.integers(1, 12), st.integers(28, 60)))
def test_rounded_texts_enclose_the_number(value: Fraction, places: int) -> None:
    low, high = decimal_text(value, places), decimal_text(value, places, up=True)
    assert Fraction(low) <= value <= Fraction(high)
    assert Fraction(high) - Fraction(low) <= Fraction(1, 10**places)


@pytest.mark.parametrize(
    ("number", "text"), [("99.90", "99.9"), ("1E+2", "100"), ("0.10", "0.1"), ("100", "100")]
)
def test_plain_decimals_have_no_exponent_and_no_trailing_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@pytest.mark.parametrize(
    ("text", "milliseconds", "months"),
    [
        ("300ms", 300, 0),
        ("1.5s", 1500, 0),
        ("1h30m", 5_400_000, 0),
        ("5d", 432_000_000, 0),
        ("2w", 1_209_600_000, 0),
        ("12M", 0, 12),
        ("1Y6M", 0, 18),
        ("1M 1m", 60_000, 1),
    ],
)
def test_durations_are_read(text: str, milliseconds: int, months: int) -> None:
    assert parse_duration(text) == Duration(milliseconds, months)


@given(st.integers(0, 10**12), st.integers(0, 600))
def test_a_duration_prints_as_it_is_read(milliseconds: int, months: int) -> None:
    duration = Duration(milliseconds, months)
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize("text", ["", "4", "h", "4 hours", "-4h", "0.1ms", "1.5M", "1h-2m", "4x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|finer"):
        parse_duration(text)


def test_months_have_no_seconds() -> None:
    with pytest.raises(ValueError, match="depends on the date"):
        _ = parse_duration("1M").seconds


def test_months_are_added_to_dates() -> None:
    month = parse_duration("1M")
    assert month.after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert month.before(date(2026, 3, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2592, "43m 12s"),
        (98_400, "1d 3h 20m"),
        (Fraction(2, 5), "0.4s"),
        (Fraction(1, 100), "<0.1s"),
        (0, "0s"),
        (-90, "-1m 30s"),
        (59, "59s"),
    ],
)
def test_seconds_are_said_as_people_say_them(seconds: Fraction | int, text: str) -> None:
    assert spoken(seconds) == text


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("12000 EUR", Money(Decimal(12000), "EUR")),
        ("10 kEUR", Money(Decimal(10000), "EUR")),
        ("1.5MUSD", Money(Decimal(1_500_000), "USD")),
        ("3000 EUR/month", Money(Decimal(3000), "EUR", "month")),
    ],
)
def test_sums_of_money_are_read(text: str, money: Money) -> None:
    assert parse_money(text) == money


def test_money_over_time_has_a_yearly_amount() -> None:
    assert parse_money("3000 EUR/month").yearly == 36_000
    assert parse_money("700 EUR/week").yearly == 36_525
    assert parse_money("3000 EUR").yearly is None
    assert str(parse_money("10 kEUR/year")) == "10000 EUR/year"


@pytest.mark.parametrize(
    "text", ["", "12000", "EUR", "12000 eur", "1,000 EUR", "-5 EUR", "5 EUR/hour", "5 EURO"]
)
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no sum of money"):
        parse_money(text)


def test_rates_are_read_and_compared_by_the_second() -> None:
    assert parse_rate("500/s") == Rate(Decimal(500), "s")
    assert parse_rate("1000000/month").per_second * 2_592_000 == pytest.approx(Decimal(1_000_000))
    assert str(parse_rate("2.50/m")) == "2.5/m"


@pytest.mark.parametrize("text", ["", "500", "500/x", "-1/s", "/s", "5 per s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        parse_rate(text)


def test_from_a_date_parts_of_a_day_do_not_count() -> None:
    day = date(2027, 1, 31)
    assert parse_duration("5m").after(day) == day
    assert parse_duration("1d23h").after(day) == date(2027, 2, 1)
    assert parse_duration("1M36h").after(day) == date(2027, 3, 1)
    assert parse_duration("1M36h").before(day) == date(2026, 12, 30)
    assert parse_duration("36h").after(datetime(2027, 1, 31, tzinfo=UTC)) == datetime(
        2027, 2, 1, 12, tzinfo=UTC
    )
