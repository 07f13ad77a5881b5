"""Plots as numbers: bars on one scale, and days as columns."""

from datetime import date, timedelta

from plugin.backtest import plots

DAY = date(2026, 1, 1)


def test_bars_share_the_scale_of_the_longest():
    assert plots.pairs([(50, 100), (0, 25)]) == (plots.Pair(50.0, 100.0), plots.Pair(0.0, 25.0))
    assert plots.single([4, 1]) == (100.0, 25.0)


def test_nothing_to_draw_has_no_length():
    assert plots.pairs([]) == ()
    assert plots.pairs([(0, 0)]) == (plots.Pair(0.0, 0.0),)
    assert plots.columns({}, {}) == ()


def test_each_day_is_a_column_the_empty_ones_too():
    found = plots.columns({DAY: 10, DAY + timedelta(days=2): 5}, {DAY: 5})

    assert [(column.first, column.tickets, column.changed) for column in found] == [
        (DAY, 10, 5),
        (DAY + timedelta(days=1), 0, 0),
        (DAY + timedelta(days=2), 5, 0),
    ]
    assert [column.height for column in found] == [plots.HEIGHT, 0.0, plots.HEIGHT / 2]
    assert found[0].changed_height == plots.HEIGHT / 2


def test_many_days_share_columns_and_none_is_lost():
    days = {DAY + timedelta(days=index): 1 for index in range(365)}
    found = plots.columns(days, {DAY + timedelta(days=364): 1})

    assert len(found) <= plots.MOST_COLUMNS
    assert sum(column.tickets for column in found) == 365
    assert found[-1].last == DAY + timedelta(days=364)
    assert found[-1].changed == 1
    assert all(column.left >= 0 and column.left + column.width <= plots.WIDTH for column in found)
