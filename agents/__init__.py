"""The roles: what each may read and propose, the model gateway and the offline model.

Roles never import each other; graph/ joins them. Nothing here can send, post or approve.
Imports prompts and tools.
"""
