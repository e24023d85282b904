"""Who goes when: state, topologies, nodes, settings (only reader of the environment), bootstrap (only wiring).

Belongs here: LangGraph graphs and their nodes. Does not: rules, SQL, wording.
Imports agents and everything to the right of it.
"""
