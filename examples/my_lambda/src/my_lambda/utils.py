"""What the handler needs and what needs no event."""

import csv
from pathlib import Path

import yaml

STUFF = Path(__file__).parent / "stuff"


def summary():
    """One line about what came along in the zip: the data file and PyYAML, with or without its C extension."""
    with open(STUFF / "data.csv", encoding="utf-8", newline="") as file:
        cities = [row["city"] for row in csv.DictReader(file)]
    parser = "libyaml" if yaml.__with_libyaml__ else "pure Python"
    return f"{len(cities)} cities in data.csv; PyYAML {yaml.__version__} ({parser})"
