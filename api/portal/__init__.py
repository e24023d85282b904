"""The customer's page: what a link shows and takes, in the customer's language, without script.

Belongs here: routes, forms and sentences of `/p/{token}`, the notices of payment providers, and the
desk's page of links. Not here: any rule; what happens stands in graph/portal.py and tools/portal_*.
"""
