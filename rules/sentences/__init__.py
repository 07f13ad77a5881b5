"""Conditions and rules as sentences in Portuguese and English, and back."""
