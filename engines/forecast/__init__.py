"""Cash to be expected, from the curves of the timing model: bands, scenarios, and what moved."""
