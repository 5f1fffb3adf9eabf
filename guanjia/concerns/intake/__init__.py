"""How staff take matters in, and where they go from there. One sheet for each channel, places found as they are
spoken, the routing table tried before it is used, and every policy with its competent department.
"""
