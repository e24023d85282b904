"""Accounts over HTTP: the list, the page, the reason of the last decision."""
