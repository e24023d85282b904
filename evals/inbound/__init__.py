"""Customer messages with their labels: training, measuring and the page of figures."""
