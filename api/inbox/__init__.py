"""The approval inbox over HTTP."""
