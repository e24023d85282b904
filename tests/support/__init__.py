"""What several tests need: databases, the real files of the field, builders and fakes."""
