"""The way of a new book. What it changes is told, one person proposes it, and a second adopts it or sends it
back.
"""
