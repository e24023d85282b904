"""The assistant for clients of the OpenAI chat API; nothing here knows more than `api/chat`."""
