"""Conditions over many facts at once: columns in, one row of truths per rule out."""
