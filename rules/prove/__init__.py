"""What holds of a rulebook whatever the facts are, shown by a solver; or the facts that break it."""
