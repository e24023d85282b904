"""Nights over HTTP: what they did and decided."""
