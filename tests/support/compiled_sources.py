"""A module in C and a project in Rust, each of which answers 42: for tests of what compiles them."""

C_MODULE = """\
        #include <Python.h>
        static PyObject *answer(PyObject *self, PyObject *unused) { return PyLong_FromLong(42); }
        static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {0}};
        static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_fast", "", -1, methods};
        PyMODINIT_FUNC PyInit__fast(void) { return PyModule_Create(&module); }
"""

MATURIN = """\
    [project]
    name = "app"
    version = "1.0"
    requires-python = ">=3.9"
    [build-system]
    requires = ["maturin>=1.9,<2"]
    build-backend = "maturin"
    [tool.maturin]
    python-source = "src"
    module-name = "app._fast"
    """
RUST_PROJECT = {
    "pyproject.toml": MATURIN,
    "Cargo.toml": """\
        [package]
        name = "app"
        version = "1.0.0"
        edition = "2021"
        [lib]
        name = "_fast"
        path = "rust/lib.rs"
        crate-type = ["cdylib"]
        [dependencies]
        pyo3-ffi = { version = "0.26", default-features = false, features = ["extension-module", "abi3-py39"] }
        """,
    "rust/lib.rs": """\
        use pyo3_ffi::*;
        use std::ptr::{addr_of_mut, null_mut};

        unsafe extern "C" fn answer(_: *mut PyObject, _: *mut PyObject) -> *mut PyObject { PyLong_FromLong(42) }

        static mut METHODS: [PyMethodDef; 2] = [
            PyMethodDef {
                ml_name: c"answer".as_ptr(),
                ml_meth: PyMethodDefPointer { PyCFunction: answer },
                ml_flags: METH_NOARGS,
                ml_doc: null_mut(),
            },
            PyMethodDef::zeroed(),
        ];
        static mut MODULE: PyModuleDef = PyModuleDef {
            m_base: PyModuleDef_HEAD_INIT,
            m_name: c"_fast".as_ptr(),
            m_doc: null_mut(),
            m_size: 0,
            m_methods: addr_of_mut!(METHODS).cast(),
            m_slots: null_mut(),
            m_traverse: None,
            m_clear: None,
            m_free: None,
        };

        #[allow(non_snake_case)]
        #[no_mangle]
        pub unsafe extern "C" fn PyInit__fast() -> *mut PyObject { PyModule_Create(addr_of_mut!(MODULE)) }
        """,
}
