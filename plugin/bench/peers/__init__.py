"""Sidecue's engine against the rule engines somebody might take instead, on one workload, in one run.

`workload` makes rules and tickets; `contestant` is the loop that each engine runs in, in a process of its own;
`engines` holds the peers (they run in the bench's own environment, without Sidecue), `own` Sidecue and the yardsticks
in plain Python; `contest` sends all of them through the same rounds.
"""
