"""Nodes of the graphs. Their names are a public contract: a waiting decision is found by them."""
