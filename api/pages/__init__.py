"""Pages for people: server-rendered, working without script, under a strict content policy.

Routes answer with Jinja templates; what acts goes through graph.inbox and tools like every other
door. No rule lives here.
"""
