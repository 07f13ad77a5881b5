"""Replaying decisions of the past with other rules: where they come from, on how many cores, and what is told of it.

`sources` reads a history in batches, `running` has the batches worked by processes, `books` finds the two rulebooks,
`saved` keeps a history as columns, `document` and `report` tell the outcome to machines and to people.
"""
