"""`python -m evals.threats`: every control taken out once, and what noticed."""

from evals.threats.run import main

raise SystemExit(main())
