"""Settings of Sphinx; `cmake --build build --target docs` runs it. Warnings are errors there."""
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent

project = "lambda-python"
release = re.search(r"set\(version ([\d.]+)\)", (SOURCE / "CMakeLists.txt").read_text())[1]
version = ".".join(release.split(".")[:2])
extensions = ["myst_parser", "sphinxcontrib.moderncmakedomain"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nitpicky = True  # a :command: that leads nowhere is an error
# CMake's own commands and the like are described elsewhere.
nitpick_ignore_regex = [("cmake:(variable|command|prop_tgt|genex|policy|module)", "(?!.*[Ll][Aa][Mm][Bb][Dd][Aa]).*")]
suppress_warnings = ["misc.highlighting_failure"]  # synopses, and "…" in snippets, are not quite CMake
html_theme = "furo"
html_title = f"lambda-python {version}"
html_show_copyright = False
primary_domain = "cmake"
highlight_language = "none"
exclude_patterns = ["README.md"]
