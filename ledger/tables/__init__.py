"""SQLModel tables, one file per concept. Table models do not validate: rows enter through records."""
