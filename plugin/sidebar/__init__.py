"""The page inside the ticket: whose work it is, what to do next, and why."""
