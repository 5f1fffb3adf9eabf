"""一件事: one case engine. Legal moves, one timeline, promises with clocks."""
