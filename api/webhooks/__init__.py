"""Webhooks over HTTP: whom the house tells of what happened. For admins who see every account."""
