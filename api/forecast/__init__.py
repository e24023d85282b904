"""The cash forecast over HTTP: what the newest night expects, its own record, what if."""
