"""Training and measuring of the tone scores, against human ratings and drafts of our own."""
