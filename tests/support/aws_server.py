"""A local AWS (moto's server) behind a proxy that notes every call, and fails those it is told to fail."""

import http.client
import http.server
import json
import os
import re
import socket
import struct
import sys
import threading
import urllib.parse

ACCOUNT, REGION = "123456789012", "eu-west-1"
# Nothing of whoever runs the tests reaches the CLI; nor does it look for a metadata service.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION,
               "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull,
               "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
# That of the tests' environment (v1), or another one to run them with.
CLI = os.environ.get("LAMBDA_PYTHON_TEST_AWS_CLI") or os.path.join(os.path.dirname(sys.executable), "aws")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}

LAMBDA = [("POST", r"/2015-03-31/functions", "CreateFunction"),
          ("GET", r"/2015-03-31/functions/[^/]+", "GetFunction"),
          ("DELETE", r"/2015-03-31/functions/[^/]+", "DeleteFunction"),
          ("GET", r"/2015-03-31/functions/[^/]+/configuration", "GetFunctionConfiguration"),
          ("PUT", r"/2015-03-31/functions/[^/]+/configuration", "UpdateFunctionConfiguration"),
          ("PUT", r"/2015-03-31/functions/[^/]+/code", "UpdateFunctionCode"),
          ("POST", r"/2015-03-31/functions/[^/]+/versions", "PublishVersion"),
          ("POST", r"/2015-03-31/functions/[^/]+/aliases", "CreateAlias"),
          ("PUT", r"/2015-03-31/functions/[^/]+/aliases/[^/]+", "UpdateAlias"),
          ("POST", r"/2015-03-31/functions/[^/]+/invocations", "Invoke"),
          ("POST", r"/2017-03-31/tags/.+", "TagResource"),
          ("GET", r"/2018-10-31/layers/[^/]+/versions", "ListLayerVersions"),
          ("POST", r"/2018-10-31/layers/[^/]+/versions", "PublishLayerVersion")]


def path_with(cli):
    """The PATH with a certain AWS CLI in front, and the tools of the tests' environment after it."""
    return os.pathsep.join([os.path.dirname(cli), os.path.dirname(sys.executable), os.environ["PATH"]])


def operation_of(method, path, body):
    """The name of the API's operation that a request calls."""
    plain = urllib.parse.urlsplit(path).path.rstrip("/")
    for known_method, pattern, name in LAMBDA:
        if method == known_method and re.fullmatch(pattern, plain):
            return name
    if method == "POST" and not plain:
        return urllib.parse.parse_qs(body.decode()).get("Action", ["?"])[0]
    return {"PUT": "PutObject", "HEAD": "HeadObject", "GET": "GetObject"}.get(method, "?")


def function_of(path, body):
    """The name of the function that a request is about, or nothing."""
    found = re.search(r"/functions/([^/?]+)|function(?::|%3A)([A-Za-z0-9_-]+)", path)
    if found:
        return found.group(1) or found.group(2)
    try:
        return json.loads(body).get("FunctionName", "")
    except ValueError:
        return ""


def service_of(operation):
    return "s3" if operation.endswith("Object") else "iam" if "Role" in operation else "lambda"


# Status and code of each failure as the service words it.
FAILURES = {
    "lambda": {"429": (429, "TooManyRequestsException", "Rate Exceeded."),
               "500": (500, "ServiceException", "An error occurred and the request cannot be processed."),
               "conflict": (409, "ResourceConflictException", "The operation cannot be performed at this time. An update "
                            f"is in progress for resource: arn:aws:lambda:{REGION}:{ACCOUNT}:function:my-lambda"),
               "denied": (403, "AccessDeniedException", "User: me is not authorized to perform: lambda:GetFunction"),
               "badly signed": (403, "InvalidSignatureException", "The request signature we calculated does not match"),
               "expired": (403, "ExpiredTokenException", "The security token included in the request is expired"),
               "unassumable": (400, "InvalidParameterValueException",
                               "The role defined for the function cannot be assumed by Lambda.")},
    "iam": {"429": (400, "Throttling", "Rate exceeded"), "500": (500, "ServiceFailure", "try again"),
            "conflict": (409, "ConcurrentModification", "modified at the same time"),
            "denied": (403, "AccessDenied", "User: me is not authorized to perform: iam:GetRole")},
    "s3": {"429": (503, "SlowDown", "Please reduce your request rate."), "500": (500, "InternalError", "try again"),
           "conflict": (409, "OperationAborted", "A conflicting operation is in progress")},
}


def refusal(service, fault):
    """Status, headers and body of an error as the service's protocol has it."""
    status, code, message = FAILURES[service][fault]
    if service == "lambda":
        body = json.dumps({"Type": "User", "message": message})
        return status, {"x-amzn-ErrorType": code, "Content-Type": "application/json"}, body.encode()
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if service == "iam":
        error = f'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">{error}</ErrorResponse>'
    return status, {"Content-Type": "text/xml"}, error.encode()


def is_signed_rightly(method, path, headers, body):
    """Whether botocore, AWS' own signer, would have signed a request of lambda-pack itself in the same way."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    if headers.get("User-Agent") != "lambda-pack":
        return True
    given = headers["Authorization"]
    names = re.search("SignedHeaders=([^,]+)", given).group(1).split(";")
    request = AWSRequest(method, f"http://{headers['Host']}{path}", {name: headers[name] for name in names}, body)
    request.context["timestamp"] = headers["X-Amz-Date"]
    token = headers.get("X-Amz-Security-Token")
    signer = SigV4Auth(Credentials(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], token), "lambda",
                       REGION)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return given.endswith("Signature=" + signer.signature(to_sign, request))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # for clients that wait to be told to continue

    def log_message(self, *_):
        pass

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def cut(self):
        """A reset, as when a machine on the way is gone."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def send(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "content-length" not in {name.lower() for name in headers}:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    def handle_call(self):
        body = self.read_body()
        operation = operation_of(self.command, self.path, body)
        fault = self.server.aws.note(operation, function_of(self.path, body), self.headers, body)
        if not is_signed_rightly(self.command, self.path, self.headers, body):
            fault = "badly signed"
        if fault == "cut":
            return self.cut()
        if fault and fault != "cut after":
            return self.send(*refusal(service_of(operation), fault))
        answer = self.server.aws.forward(self.command, self.path, self.headers, body)
        return self.cut() if fault == "cut after" else self.send(*answer)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_call


class Proxy(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that goes away in the middle is what some tests are about."""


class Aws:
    """Its address is `url`. `fail`, a function of (operation, how often it was called before, name of the Lambda function),
    gives a failure of the table above, "cut" (the call never arrives), "cut after" (it is carried out, the answer is
    lost), or nothing."""

    def __init__(self):
        os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # read once, when the first role is made
        from moto.server import ThreadedMotoServer

        self.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.address = self.moto.get_host_and_port()
        self.proxy = Proxy(("127.0.0.1", 0), Handler)
        self.proxy.aws = self
        self.url = f"http://127.0.0.1:{self.proxy.server_port}"
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.moto_api("reset")
        self.moto_api("config", {"lambda": {"use_docker": False}})
        self.role_arn = self.client("iam").create_role(RoleName="made-before", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.fail = None
        self.calls, self.requests = [], []

    def moto_api(self, path, body=None):
        status, _, answer = self.forward("POST", f"/moto-api/{path}", {"Content-Type": "application/json"},
                                         json.dumps(body or {}).encode())
        assert status in (200, 201), answer

    def end(self):
        self.proxy.shutdown()
        self.proxy.server_close()
        self.moto.stop()

    def note(self, operation, function, headers, body):
        with self.lock:
            before = self.calls.count(operation)
            self.calls.append(operation)
            self.requests.append((operation, dict(headers), body))
        return self.fail and self.fail(operation, before, function)

    def forward(self, method, path, headers, body):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        kept = {name: value for name, value in dict(headers).items() if name.lower() not in HOP_BY_HOP | {"expect"}}
        connection.request(method, path, body, {**kept, "Content-Length": str(len(body))})
        response = connection.getresponse()
        answer = {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}
        if method == "HEAD" and response.getheader("Content-Length"):
            answer["Content-Length"] = response.getheader("Content-Length")
        content = response.read()
        connection.close()
        return response.status, answer, content

    def taken(self):
        """The calls since they were last asked for."""
        with self.lock:
            calls, self.calls, self.requests = self.calls, [], []
        return calls

    def client(self, service):
        """boto3's, past the proxy."""
        import boto3

        host, port = self.address
        return boto3.client(service, endpoint_url=f"http://{host}:{port}", region_name=REGION,
                            aws_access_key_id="testing", aws_secret_access_key="testing")

    def environment(self, **more):
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.url, "PATH": path_with(CLI), **more}
