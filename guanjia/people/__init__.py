"""一户一档: persons, households, and dated, sourced facts that cannot overlap."""
