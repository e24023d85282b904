"""Approved letter templates, one folder a language, and the words that stand around their slots."""
