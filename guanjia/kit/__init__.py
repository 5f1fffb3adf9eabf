"""The kit: money in whole fen, days, scopes and the database steps every room uses."""
