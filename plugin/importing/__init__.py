"""A team's past, from a file: rows to events (`columns`, `rows`), events into the store, and decisions about them.

What is imported is over: it starts no note, no order to a helpdesk and no work, and no sidebar shows its decisions.
It is there for `rules backtest`, and for the history of the customers whose tickets are decided from now on.
"""
