"""The assistant for AG-UI clients; nothing here knows more than `api/chat` and the inbox."""
