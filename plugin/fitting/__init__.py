"""`sidecue rules fit` and `rules calibrate`: what labelled tickets propose, as a change to rule files."""
