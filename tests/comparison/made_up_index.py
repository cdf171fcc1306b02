"""Package indexes of made-up wheels, served from memory on loopback: what uv and Poetry lock random projects from."""

import hashlib
import http.server
import io
import threading
import zipfile
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

NAMES = ["alpha", "beta", "Gamma_Ray", "delta", "epsilon.x", "zeta", "eta-eta", "theta"]
VERSIONS = ["1.0", "1.1", "1.2.post1", "2.0", "2.1", "3.0"]
EXTRAS = ["x", "Fast_IO", "all"]
SPECIFIERS = ["", "", "", ">=1.1", "<3", ">=1,<2", "==1.*", "!=1.1", "~=1.0", "<=2.0", ">=2"]
MARKERS = [
    "python_version < '3.10'", "python_version >= '3.10'", "python_version >= '3.13'", "python_version < '3.13'",
    "python_full_version >= '3.12'", "platform_machine == 'aarch64'", "platform_machine != 'aarch64'",
    "sys_platform == 'win32'", "sys_platform != 'win32'", "implementation_name == 'cpython'", "os_name == 'nt'",
    "platform_machine == 'aarch64' and python_version < '3.13'", "sys_platform == 'darwin' or python_version >= '3.12'",
    "platform_system == 'Linux'", "python_version in '3.9 3.10'",
]
# Most wheels run everywhere; the others leave some targets with nothing, or with a choice.
TAGS = [
    ["py3-none-any"], ["py3-none-any"], ["py3-none-any"], ["py2.py3-none-any"],
    ["py3-none-any", "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"],
    ["cp39-abi3-manylinux_2_17_x86_64", "cp39-abi3-manylinux_2_17_aarch64"],
    ["cp312-cp312-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_17_aarch64", "py3-none-any"],
]


@dataclass
class Release:
    name: str
    version: str
    requires: list = field(default_factory=list)
    extras: list = field(default_factory=list)
    requires_python: str = ""
    tags: list = field(default_factory=lambda: ["py3-none-any"])

    @property
    def metadata(self):
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Python: {self.requires_python}"] if self.requires_python else []
        lines += [f"Provides-Extra: {extra}" for extra in self.extras]
        lines += [f"Requires-Dist: {requirement}" for requirement in self.requires]
        return "\n".join(lines) + "\n"

    def wheels(self):
        """File names and contents."""
        stem = f"{canonicalize_name(self.name).replace('-', '_')}-{self.version}"
        for tag in self.tags:
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w") as archive:
                for file, text in {"METADATA": self.metadata, "WHEEL": wheel_text(tag), "RECORD": ""}.items():
                    archive.writestr(zipfile.ZipInfo(f"{stem}.dist-info/{file}"), text)
            yield f"{stem}-{tag}.whl", content.getvalue()


def wheel_text(tag):
    tags = "".join(f"Tag: {tag}\n" for tag in expanded(tag))
    return f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\n{tags}"


def expanded(tag):
    pythons, abi, platforms = tag.split("-")
    return [f"{python}-{abi}-{platform}" for python in pythons.split(".") for platform in platforms.split(".")]


class World:
    """The releases of one random index, in which every requirement has versions that satisfy it, taken alone."""

    def __init__(self, random):
        self.random = random
        self.versions = {name: sorted(random.sample(VERSIONS, random.randint(1, 4))) for name in NAMES}
        self.releases = [self._release(name, version) for name in NAMES for version in self.versions[name]]

    def specifier(self, name):
        chosen = self.random.choice(SPECIFIERS)
        return chosen if list(SpecifierSet(chosen).filter(self.versions[name])) else ""

    def requirement(self, random=None, extra=None):
        """A random requirement; of a wheel's extra when that is named."""
        self.random = random = random or self.random
        name = random.choice(NAMES)
        extras = f"[{random.choice(EXTRAS)}]" if random.random() < 0.25 else ""
        markers = [f"extra == '{extra}'"] if extra else []
        markers += [random.choice(MARKERS)] if random.random() < 0.35 else []
        text = " and ".join(f"({marker})" if " or " in marker else marker for marker in markers)
        return f"{name}{extras}{self.specifier(name)}" + (f" ; {text}" if text else "")

    def _release(self, name, version):
        random = self.random
        extras = random.sample(EXTRAS, random.randint(0, 2))
        requires = [self.requirement() for _ in range(random.choice([0, 0, 0, 1, 1, 2]))]
        requires += [self.requirement(extra=extra) for extra in extras for _ in range(random.randint(0, 2))]
        if "all" in extras and len(extras) > 1:  # an extra that names another of its own distribution
            requires.append(f"{name}[{','.join(set(extras) - {'all'})}] ; extra == 'all'")
        python = random.choice(["", "", "", "", "", "", ">=3.9", ">=3.10", "<3.13", ">=3.8,!=3.10.*"])
        return Release(name, version, requires, extras, python, random.choice(TAGS))


class Index:
    """A server for as many indexes as are added."""

    def __enter__(self):
        self.pages = {}
        pages = self.pages

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                content = pages.get(self.path)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()

    def add(self, name, world):
        """Serves the world's releases as an index of their own; returns its address (PEP 503, with PEP 658's metadata)."""
        base = f"http://127.0.0.1:{self._server.server_address[1]}/{name}"
        links = {}
        for release in world.releases:
            python = f' data-requires-python="{release.requires_python.replace("<", "&lt;").replace(">", "&gt;")}"'
            metadata = release.metadata.encode()
            for file, content in release.wheels():
                digest, told = hashlib.sha256(content).hexdigest(), hashlib.sha256(metadata).hexdigest()
                self.pages[f"/{name}/files/{file}"] = content
                self.pages[f"/{name}/files/{file}.metadata"] = metadata
                links.setdefault(canonicalize_name(release.name), []).append(
                    f'<a href="{base}/files/{file}#sha256={digest}" data-core-metadata="sha256={told}"'
                    f"{python if release.requires_python else ''}>{file}</a><br>")
        for distribution, anchors in links.items():
            self.pages[f"/{name}/simple/{distribution}/"] = ("<!DOCTYPE html>" + "\n".join(anchors)).encode()
        return f"{base}/simple"
