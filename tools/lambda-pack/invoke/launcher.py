"""Runs inside of the function's process: makes sys.path what it is on Lambda, then becomes the runtime client.

Started as `python -S -B -c <this> <port of the debugger or 0> <folder of the client> [<root of a layer>...]`: without
site-packages, so that a function does not find here what it lacks on Lambda.
"""

import os
import site
import sys


def set_path(packages, layers):
    minor = "python{}.{}".format(*sys.version_info[:2])
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    roots = [task_root]
    roots += [os.path.join(layer, "python", "lib", minor, "site-packages") for layer in layers]
    roots += [os.path.join(layer, "python") for layer in layers]
    standard_library = [path for path in sys.path if path]
    sys.path[:] = roots + [packages] + standard_library
    for root in roots:
        site.addsitedir(root)  # for .pth files


def add_what_site_adds():
    """exit, copyright, help: what the option -S leaves out beside site-packages."""
    site.setquit()
    site.setcopyright()
    site.sethelper()


def wait_for_debugger(port):
    import debugpy

    debugpy.listen(("127.0.0.1", port))
    print("Waiting for a debugger on port", port, flush=True)
    debugpy.wait_for_client()


def make_runtime_client():
    """The runtime client's native part in Python, for systems that it is not made for: all but Linux with glibc."""
    import http.client
    import types

    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    invocations = "/2018-06-01/runtime/invocation/"

    def call(method, path, body=None, headers=None):
        connection.request(method, invocations + path, body, headers or {})
        response = connection.getresponse()
        data = response.read()
        if response.status not in (200, 202):
            raise RuntimeError("Failed to call {}. Http response code: {}.".format(path, response.status))
        return data, response.headers

    def next_invocation():
        return call("GET", "next")

    def post_invocation_result(invoke_id, data, content_type="application/json", *_):
        call("POST", invoke_id + "/response", data, {"Content-Type": content_type})

    def post_error(invoke_id, data, xray_fault, *_):
        call("POST", invoke_id + "/error", data.encode(), {"Content-Type": "application/json"})

    module = types.ModuleType("runtime_client")
    module.initialize_client = lambda user_agent: None
    module.next = next_invocation
    module.post_invocation_result = post_invocation_result
    module.post_error = post_error
    return module


def main():
    port, packages, *layers = sys.argv[1:]
    sys.argv[:] = ["/var/runtime/bootstrap.py"]
    set_path(packages, layers)
    add_what_site_adds()
    if port != "0":
        wait_for_debugger(int(port))
    try:
        import runtime_client  # noqa: F401
    except ImportError:
        sys.modules["runtime_client"] = make_runtime_client()
    from awslambdaric import bootstrap, lambda_runtime_client

    handler, api = os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"]
    if bootstrap.run.__code__.co_argcount == 3:  # before awslambdaric 3, whose last one is what Python 3.8 gets
        bootstrap.run(os.getcwd(), handler, api)
    else:
        bootstrap.run(handler, lambda_runtime_client.LambdaRuntimeClient(api))


main()
