"""What the rooms' source may not say.

Each check takes a root and returns one line per finding.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOMS = (
    "ledger",
    "policies",
    "guardrails",
    "engines",
    "adapters",
    "tools",
    "prompts",
    "agents",
    "graph",
    "batch",
    "api",
    "evals",
    "cli",
)

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}
ENVIRONMENT_READERS = {"graph/settings.py"}

WALL_CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
CLOCK_READERS = {"ledger/clock.py"}

COMMITTERS = ("ledger/session.py", "ledger/migrations/")
ASKER = "graph/nodes/await_approval.py"

MONEY_ROOMS = ("ledger", "tools", "guardrails")
FLOAT_COLUMNS = {"Float", "FLOAT", "REAL", "Double", "DOUBLE", "DOUBLE_PRECISION"}
# The last word of a name that may be a float, and why it is never money.
RATIO_NAMES = {
    "score": "how likely or how urgent something is, from 0 to 1 or 100",
    "probability": "from 0 to 1",
    "ratio": "one amount over another, so without a currency",
    "rate": "a ratio per period, such as the kept rate of promises",
    "share": "a part of a whole, from 0 to 1",
    "stopwatch": "seconds of a duration",
    "seconds": "a duration",
    "minutes": "a duration",
    "hours": "a duration",
    "phases": "seconds by phase",
    "percent": "a share in hundredths",
    "dso": "days of sales outstanding: one amount over another, times days",
    "bpdso": "days, as dso",
    "add": "days, as dso",
    "cei": "percent of what could be collected",
}
# Folders of a room with money that read words only: weights of features, never an amount.
WORDS_ONLY = ("guardrails/content/", "guardrails/tone/")

MODULE_LINES = 400
# Migrations are written by a tool and never edited again.
UNBOUNDED = "ledger/migrations/versions/"


def room_files(root: Path, rooms: tuple[str, ...] = ROOMS) -> Iterator[tuple[str, Path]]:
    """Yield each Python file of the rooms with its path relative to the root."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            yield path.relative_to(root).as_posix(), path


def environment_reads(root: Path) -> list[str]:
    """Find the environment read outside the one module that may."""
    return _uses(root, ENVIRONMENT, ENVIRONMENT_READERS)


def clock_reads(root: Path) -> list[str]:
    """Find the wall clock read outside the one module that may."""
    return _uses(root, WALL_CLOCK, CLOCK_READERS)


def questions_elsewhere(root: Path) -> list[str]:
    """Find a pause for a person outside the node that does nothing else."""
    found = set(_uses(root, {"langgraph.types.interrupt"}, {ASKER}))
    found.update(
        f"{name}:{call.lineno} calls interrupt()"
        for name, call in _calls(root)
        if name != ASKER and _last_name(call.func) == "interrupt"
    )
    return sorted(found)


def commits_elsewhere(root: Path) -> list[str]:
    """Find a transaction committed outside the module that opens them."""
    return [
        f"{name}:{call.lineno} calls .commit()"
        for name, call in _calls(root)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "commit"
        and not name.startswith(COMMITTERS)
    ]


def floats_near_money(root: Path) -> list[str]:
    """Find float annotations and columns in the rooms that hold money, ratios aside."""
    found = []
    for name, path in room_files(root, MONEY_ROOMS):
        tree = _tree(path)
        if name.startswith(WORDS_ONLY):
            if _imports(tree, "ledger.money"):
                found.append(f"{name} weighs words and handles money")
            continue
        in_ratios = {inner for ratio in _ratio_columns(tree) for inner in ast.walk(ratio)}
        for node in ast.walk(tree):
            for line, subject, annotation in _annotations(node):
                if _says_float(annotation) and not _is_ratio(subject):
                    found.append(f"{name}:{line} {subject} is a float")
            column = _last_name(node)
            if column in FLOAT_COLUMNS and node not in in_ratios:
                found.append(f"{name}:{node.lineno} {column} column")
    return found


def _imports(tree: ast.Module, module: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == module for node in ast.walk(tree)
    )


def standard_library_shadows(root: Path) -> list[str]:
    """Find modules and folders named like a standard library module."""
    found = set()
    for name, _ in room_files(root):
        for part in Path(name).with_suffix("").parts:
            if part in sys.stdlib_module_names:
                found.add(f"{name} shadows the standard library's {part}")
    return sorted(found)


def code_in_room_fronts(root: Path) -> list[str]:
    """Find an `__init__.py` that is anything but one docstring."""
    found = []
    for name, path in room_files(root):
        if path.name == "__init__.py":
            tree = _tree(path)
            if len(tree.body) != 1 or ast.get_docstring(tree) is None:
                found.append(f"{name} is not just a docstring")
    return found


def long_modules(root: Path, folders: tuple[str, ...] = (*ROOMS, "tests")) -> list[str]:
    """Find modules too long to read in one go."""
    return [
        f"{name} has {lines} lines, more than {MODULE_LINES}"
        for name, path in room_files(root, folders)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES
        and not name.startswith(UNBOUNDED)
    ]


def _uses(root: Path, forbidden: set[str], allowed: set[str]) -> list[str]:
    """Find references to names, whatever they were imported as."""
    found = []
    for name, path in room_files(root):
        if name in allowed:
            continue
        tree = _tree(path)
        imported = _imported_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                used = _full_name(node, imported)
                if used in forbidden:
                    found.append(f"{name}:{node.lineno} uses {used}")
    return found


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """Map each name a module imports to what it stands for."""
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    imported[alias.asname] = alias.name
                else:
                    imported[alias.name.split(".")[0]] = alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return imported


def _full_name(node: ast.expr, imported: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return imported.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _full_name(node.value, imported)
        return f"{owner}.{node.attr}" if owner else None
    return None


def _last_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _calls(root: Path) -> Iterator[tuple[str, ast.Call]]:
    for name, path in room_files(root):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call):
                yield name, node


def _annotations(node: ast.AST) -> Iterator[tuple[int, str, ast.expr]]:
    """Yield line, name and annotation of what a node declares."""
    if isinstance(node, ast.AnnAssign):
        yield node.lineno, _last_name(node.target) or "", node.annotation
    elif isinstance(node, ast.arg) and node.annotation is not None:
        yield node.lineno, node.arg, node.annotation
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
        yield node.lineno, node.name, node.returns


def _says_float(annotation: ast.expr) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id == "float":
            return True
        # An annotation in quotes is text until it is read.
        if isinstance(node, ast.Constant) and "float" in str(node.value):
            return True
    return False


def _is_ratio(subject: str) -> bool:
    return subject.split("_")[-1] in RATIO_NAMES


def _ratio_columns(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the declarations of columns that hold a ratio: by annotation or by `Column("name")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and _is_ratio(_last_name(node.target) or ""):
            yield node
        elif isinstance(node, ast.Call) and _last_name(node.func) == "Column" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and _is_ratio(str(first.value)):
                yield node


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
