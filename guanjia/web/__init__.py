"""The front hall: settings, base page and parts, sign-in, home pages, and the house's start-up."""
