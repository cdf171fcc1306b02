"""What README and the guides show to be typed: their fenced blocks, with what a comment before a block says of it.

    <!-- test: run -->       the shell block is run (below the title: all blocks of the page are)
    <!-- test: background -->  the same, and goes on until the page ends
    <!-- test: check -->     it is not run: its syntax, programs, subcommands and flags are checked
    <!-- test: file NAME --> the block is the content of a file for the blocks after it
    <!-- test: configure --> the CMake block is configured with those before it on the page
"""
import dataclasses
import os
import re
from pathlib import Path

SOURCE = Path(os.environ.get("LAMBDA_PYTHON_SOURCE_DIR", Path(__file__).resolve().parents[2]))
HELPER = Path(os.environ.get("LAMBDA_PACK", SOURCE / "build/bin/lambda-pack"))
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w{}-]*)(?P<rest>.*)$")
MARK = re.compile(r"^\s*<!-- test: (?P<what>\w+)(?: (?P<value>.+?))? -->\s*$")


@dataclasses.dataclass
class Block:
    page: Path
    line: int
    language: str
    text: str
    mark: str
    value: str

    @property
    def where(self):
        return f"{self.page.name}:{self.line}"


def blocks_of(page):
    """The fenced blocks of a page. A mark that stands before the first block's paragraph holds for that block alone; one
    directly below the title holds for all shell blocks that have none."""
    lines = page.read_text().splitlines()
    default, mark, value, blocks, opened = "", "", "", [], None
    for number, line in enumerate(lines, 1):
        if opened is not None:
            if line.strip() == "```":
                indent, block = opened
                block.text = "".join(text[indent:] + "\n" for text in lines[block.line:number - 1])
                blocks.append(block)
                opened, mark, value = None, "", ""
            continue
        if found := MARK.match(line):
            if not blocks and all(re.match(r"^(#.*|\s*)$", before) for before in lines[:number - 1]):
                default = found["what"]
            else:
                mark, value = found["what"], found["value"] or ""
        elif found := FENCE.match(line):
            opened = (len(found["indent"]), Block(page, number, found["language"], "", mark or default, value))
        elif re.match(r"^    \S", line) and not lines[number - 2].strip():
            in_list = any(re.match(r"^([-*]|\d+\.) ", before) for before in lines[max(0, number - 12):number - 1])
            if not in_list:
                blocks.append(Block(page, number, "none: an indented block", "", "", ""))
    assert opened is None, f"{page.name}: a fence is not closed"
    return blocks
