"""一本账: transfers that balance by their shape, and nothing paid twice."""
