"""Conditions and whole rulebooks as formulas over symbolic facts: one answer for all facts at once.

`Symbols` states conditions and facts, `SymbolicBook` the way from facts to suitable recommendations, `smallest` finds
the facts that say the least and still meet a formula.
"""
