"""`dunwell init`: an empty home with commented policies."""

from pathlib import Path

from cli.output import emit, say
from graph.bootstrap import create_home
from graph.settings import read_settings


def run(home: Path | None, json_out: bool) -> None:
    """Create a home, or complete the one that is there."""
    settings = read_settings(home)
    there = (settings.home / "policies").is_dir()
    house = create_home(settings=settings)
    files = sorted(path.name for path in (house.home / "policies").glob("*.toml"))
    house.close()
    if json_out:
        emit({"home": str(house.home), "created": not there, "policies": files})
        return
    say(f"{house.home} {'was there already' if there else 'is ready'}.")
    say(f"  policies to edit: {house.home / 'policies'} ({', '.join(files)})")
    say('  who decides:      dunwell people add ID --name "FULL NAME" --role finance_lead')
    say("  the books:        dunwell import customers FILE, then invoices, credits, receipts")
    say("  a first night:    dunwell night --as-of DATE   (autonomy is `draft`: everything waits)")
