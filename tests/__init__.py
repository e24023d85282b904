"""The tests, and `support`, which they share."""
