"""Conditions and whole rulebooks as formulas over symbolic facts: what is asked here is answered for all facts at once.

`Symbols` states conditions and facts, `SymbolicBook` the way from facts to suitable recommendations, `smallest` finds the
facts that say the least and still meet a formula.
"""
