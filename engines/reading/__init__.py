"""Reading of customer messages: their words become typed claims with quoted spans."""
