"""Where scenarios are played: rooms, worlds, steps, and how they end."""
