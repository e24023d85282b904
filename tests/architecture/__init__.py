"""What must hold of the source itself: the `*_checks` modules look, the tests judge."""
