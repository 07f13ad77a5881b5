"""What two rulebooks would have decided over the same history, and where they differ."""
