"""The whole city: the book's text as SQL, over a snapshot of everybody's facts in Parquet."""
