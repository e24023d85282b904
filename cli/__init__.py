"""`dunwell`: thin commands over the rooms, imports kept inside the command that needs them."""
