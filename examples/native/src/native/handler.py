"""Estimates the area of a polygon by throwing points at it, and computes it: {"polygon": [x, y, ...], "points": n}."""
import random
from array import array

from native import geometry

try:
    from native import geometry_kernel as kernel
except ImportError:  # the source alone, without a build
    kernel = geometry


def handler(event, context):
    polygon = array("d", event["polygon"])
    width, height = max(polygon[0::2]), max(polygon[1::2])
    dice = random.Random(1)
    count = event.get("points", 1000)
    points = array("d", (value for _ in range(count) for value in (dice.random() * width, dice.random() * height)))
    inside = kernel.count_inside(polygon, points)
    return {"kernel": kernel.__name__, "area": kernel.area(polygon), "inside": inside,
            "estimate": round(width * height * inside / count, 3)}
