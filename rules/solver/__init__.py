"""Conditions, facts and whole rulebooks as the solver sees them."""
