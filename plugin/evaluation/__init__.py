"""`sidecue rules evaluate`: a file of labelled tickets held against what the rules decide.

Labelled rows and processes are here, and how the figures are told; what they mean is in `rules.evaluation`.
"""
