"""Success before the ticket: customers evaluated on a schedule, and a queue of work for each function."""
