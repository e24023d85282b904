"""SQLModel tables, one file per concept. They do not validate: rows enter through records."""
