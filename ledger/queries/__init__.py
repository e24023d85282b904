"""Reads that build facts and totals: set-based, one statement per concept, never per account."""
