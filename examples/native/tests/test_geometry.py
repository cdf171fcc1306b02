import json
import random
from array import array
from pathlib import Path

import pytest

from native import geometry, handler

geometry_kernel = pytest.importorskip("native.geometry_kernel")  # the staged tree has it, the source has not


def test_both_kernels_agree():
    dice = random.Random(7)
    for _ in range(50):
        polygon = array("d", [dice.uniform(-9, 9) for _ in range(2 * dice.randint(3, 12))])
        points = array("d", [dice.uniform(-9, 9) for _ in range(400)])
        assert geometry_kernel.area(polygon) == pytest.approx(geometry.area(polygon))
        assert geometry_kernel.count_inside(polygon, points) == geometry.count_inside(polygon, points)


def test_the_handler_takes_the_compiled_one():
    event = json.loads((Path(__file__).parent / "event.json").read_text())
    assert handler.handler(event, None)["kernel"] == "native.geometry_kernel"
