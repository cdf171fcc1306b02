// Which points lie inside a polygon, and its area: the loops of native/geometry.py in C. Points and corners come as
// anything with the buffer protocol that holds doubles, x and y in turn: array.array("d", …), a memoryview, NumPy.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef struct {
  double x, y;
} Point;

// A buffer of doubles as points. Sets an exception and returns -1 when it is something else.
static int points_of(PyObject *object, Py_buffer *view, const Point **points, Py_ssize_t *count) {
  if (PyObject_GetBuffer(object, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) return -1;
  const Py_ssize_t size = (Py_ssize_t)sizeof(Point);
  if (view->format == NULL || view->format[0] != 'd' || view->format[1] != '\0' || view->len % size != 0) {
    PyErr_SetString(PyExc_ValueError, "must hold pairs of doubles: array.array(\"d\", [x, y, x, y, ...])");
    PyBuffer_Release(view);
    return -1;
  }
  *points = view->buf;
  *count = view->len / size;
  return 0;
}

static double twice_the_area(const Point *corners, Py_ssize_t count) {
  double sum = 0;
  for (Py_ssize_t i = 0, before = count - 1; i < count; before = i++) {
    sum += corners[before].x * corners[i].y - corners[i].x * corners[before].y;
  }
  return sum;
}

// A ray to the right crosses the outline an odd number of times.
static int is_inside(Point point, const Point *corners, Py_ssize_t count) {
  int inside = 0;
  for (Py_ssize_t i = 0, before = count - 1; i < count; before = i++) {
    const Point a = corners[i], b = corners[before];
    if ((a.y > point.y) != (b.y > point.y) && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x) {
      inside = !inside;
    }
  }
  return inside;
}

static PyObject *area(PyObject *module, PyObject *polygon) {
  (void)module;
  Py_buffer view;
  const Point *corners;
  Py_ssize_t count;
  if (points_of(polygon, &view, &corners, &count) != 0) return NULL;
  const double sum = twice_the_area(corners, count);
  PyBuffer_Release(&view);
  return PyFloat_FromDouble((sum < 0 ? -sum : sum) / 2);
}

static PyObject *count_inside(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *polygon, *cloud;
  Py_buffer outline, view;
  const Point *corners, *points;
  Py_ssize_t corner_count, point_count, inside = 0;
  if (!PyArg_ParseTuple(arguments, "OO", &polygon, &cloud)) return NULL;
  if (points_of(polygon, &outline, &corners, &corner_count) != 0) return NULL;
  if (points_of(cloud, &view, &points, &point_count) != 0) {
    PyBuffer_Release(&outline);
    return NULL;
  }
  Py_BEGIN_ALLOW_THREADS
  for (Py_ssize_t i = 0; i < point_count; ++i) inside += is_inside(points[i], corners, corner_count);
  Py_END_ALLOW_THREADS
  PyBuffer_Release(&view);
  PyBuffer_Release(&outline);
  return PyLong_FromSsize_t(inside);
}

static PyMethodDef methods[] = {
    {"area", area, METH_O, "area(polygon): the area inside the polygon's outline."},
    {"count_inside", count_inside, METH_VARARGS, "count_inside(polygon, points): how many points lie inside."},
    {NULL, NULL, 0, NULL}};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "geometry_kernel", "Polygons, fast.", 0, methods,
                                 NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_geometry_kernel(void) { return PyModule_Create(&definition); }
