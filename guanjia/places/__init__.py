"""一张网: the tree of places by official code, and the facilities that stand in it."""
