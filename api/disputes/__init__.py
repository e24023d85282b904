"""Disputes over HTTP: the pipeline and one case. Reading only; people act through the inbox."""
