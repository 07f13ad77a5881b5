"""Votes and confidence fitted offline to tickets that people have labelled; a person accepts the result or not.

Needs numpy and scipy (`pip install sidecue[fit]`), which nothing else imports: only `evidence` is free of them.
Nothing is learned at run time.
"""
