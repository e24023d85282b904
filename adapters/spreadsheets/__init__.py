"""Exports of accounting systems, read into typed records with a data-quality report.

Belongs here: files to grids, header mapping, number and date formats, records, findings.
Does not: accounts, postings, sessions, clocks. Nothing here writes to the ledger.
Imported by cli, api and batch; imports ledger value types only.
"""
