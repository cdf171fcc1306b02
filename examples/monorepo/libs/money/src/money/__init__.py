"""Amounts of money, in cents."""


def total(lines):
    return sum(line["cents"] * line.get("count", 1) for line in lines)


def text(cents, currency="EUR"):
    return f"{cents // 100}.{cents % 100:02d} {currency}"
