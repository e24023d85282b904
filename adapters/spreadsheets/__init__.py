"""Exports of accounting systems, read into typed records with a data-quality report.

Belongs here: files to grids, header mapping, number and date formats, records, findings.
Does not: accounts, postings, sessions, clocks. Nothing here writes to the ledger.
Imported by tools, batch, cli and the readers beside it; imports ledger value types only.
"""
