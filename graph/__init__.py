"""Who goes when: state, topologies, nodes, settings (reads the environment), bootstrap (wires).

Belongs here: LangGraph graphs and their nodes. Does not: rules, SQL, wording.
Imports agents and everything to the right of it.
"""
