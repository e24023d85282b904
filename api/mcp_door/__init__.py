"""The tools of our agents for other people's agents: read, and ask; with the key of a person."""
