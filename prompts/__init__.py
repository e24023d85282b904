"""One Markdown file per role with front matter, and the loader that checks and hashes it.

Belongs here: words for models. Does not: numbers (they come from policies.describe) or logic.
Imports policies and ledger.
"""
