"""Polygons, slow: what geometry_kernel.c does, for machines and tests that have no compiled kernel."""


def area(polygon):
    """The area inside the outline `polygon`: x and y of each corner in turn."""
    xs, ys = polygon[0::2], polygon[1::2]
    total = 0.0
    for i in range(len(xs)):
        total += xs[i - 1] * ys[i] - xs[i] * ys[i - 1]
    return abs(total) / 2


def count_inside(polygon, points):
    """How many of `points` lie inside `polygon`: a ray to the right crosses the outline an odd number of times."""
    xs, ys = polygon[0::2], polygon[1::2]
    found = 0
    for x, y in zip(points[0::2], points[1::2]):
        inside = False
        for i in range(len(xs)):
            ax, ay, bx, by = xs[i], ys[i], xs[i - 1], ys[i - 1]
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
        found += inside
    return found
