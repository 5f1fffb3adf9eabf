"""应得: awards, determinations, runs, and those who are missed."""
