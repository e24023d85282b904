"""Approved letter templates, one folder a language."""
