"""一道门: who sits at which desk, and so may see and do what."""
