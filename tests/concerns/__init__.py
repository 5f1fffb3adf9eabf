"""Concerns: asked by residents, answered by desks."""
