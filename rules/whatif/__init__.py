"""What would change it: the smallest change of the facts that flips a recommendation."""
