"""The policy files a new home starts with; `dunwell init` copies them to be edited."""
