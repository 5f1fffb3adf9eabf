"""A made-up city at plausible rates, the same for the same seed. Nobody in it exists."""
