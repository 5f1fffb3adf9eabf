"""The front door. The home of staff and of strangers, the search over what is public, and what is near."""
