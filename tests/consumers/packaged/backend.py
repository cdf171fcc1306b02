"""A build backend (PEP 517) of the project's own: it needs nothing from anywhere."""
import base64
import csv
import hashlib
import io
import os
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {"billing-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: billing\nVersion: 1.0\n",
             "billing-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    for folder, folders, names in os.walk("src"):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(names):
            if name.endswith((".py", ".txt")):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    files[os.path.relpath(path, "src")] = file.read()
    record = "billing-1.0.dist-info/RECORD"
    rows = io.StringIO()  # as CSV: names may hold commas and quotes
    csv.writer(rows, lineterminator="\n").writerows(
        [*((name, f"sha256={digest(content)}", len(content)) for name, content in files.items()), (record, "", "")])
    files[record] = rows.getvalue().encode()
    wheel = "billing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return wheel


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
