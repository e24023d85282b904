"""The compliance packs applied: which rules bind a message, and what they make of it.

Rules are data (policies.packs); here they are compiled, scoped and judged. Pure: no row, no
file, no clock. Nothing here reads a text; the content checkers and tracing report to it.
"""
