"""Rules, gate calls, digests, fact checks and joins, each switched off once: who notices?"""
