"""Who pays when: one discrete-time hazard per day behind risk, ranking, promises and forecast."""
