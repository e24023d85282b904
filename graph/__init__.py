"""Who goes when: state, topologies, nodes, settings (reads the environment), bootstrap (wires).

Belongs here: LangGraph graphs and their nodes, the doors that run them (inbox, conversations, the
customer's page), and the SQL of what they keep beside the books: conversations, paused requests,
policies in force. Does not: rules, postings, wording; facts of accounts come from ledger.queries.
Imports agents and everything to the right of it.
"""
