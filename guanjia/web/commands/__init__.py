"""The commands of the house itself: init, account, serve, work, backup, restore, demo."""
