"""A city as one Parquet table, a row a person: decided without a database."""
