"""`python -m evals.examination`: prints the marks of the blind examination, by category."""

import sys

from evals.examination.examine import FILES, examine


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print the marks of each file."""
    for name in FILES:
        marks = examine(name)
        caught = marks.violating - marks.missed.total()
        passed = marks.compliant - marks.stopped.total()
        _say(f"{name}: {caught} of {marks.violating} violating stopped as strictly as expected")
        _say(f"{name}: {passed} of {marks.compliant} compliant allowed")
        for what, counted in (("missed", marks.missed), ("stopped", marks.stopped)):
            for category, count in counted.most_common():
                _say(f"  {what}: {category} {count}")


if __name__ == "__main__":
    main()
