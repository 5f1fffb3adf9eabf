"""一本政策簿: every figure and condition is dated text with its law, read here in plain Python."""
