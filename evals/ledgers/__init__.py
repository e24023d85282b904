"""Ledgers of invoices in files: read, replayed day by day, predicted and judged."""
