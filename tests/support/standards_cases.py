"""Random texts for the comparison with `packaging`: valid ones, and ones that are nearly valid.

All values come from small pools, so that versions, specifiers and environments often meet.
"""

import random

HUGE = ["18446744073709551615", "18446744073709551616"]  # the last number of 64 bits, and the next
NUMBERS = ["0", "1", "2", "3", "8", "9", "10", "11", "12", "00", "01", "2024", *HUGE]
SMALL = ["0", "1", "2", "3", "10"]
SEPARATORS = ["", "", ".", "-", "_"]
SPACES = ["", "", "", " ", "  ", "\t"]
OPERATORS = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"]

VERSION_VARIABLES = ["python_version", "python_full_version", "implementation_version", "platform_release"]
TEXT_VARIABLES = [
    "os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_system",
    "platform_version", "implementation_name", "os.name", "sys.platform", "platform.version", "platform.machine",
    "platform.python_implementation", "python_implementation",
]
SET_VARIABLES = ["extras", "dependency_groups"]
TEXT_VALUES = [
    "posix", "nt", "linux", "win32", "darwin", "linux2", "x86_64", "aarch64", "arm64", "CPython", "cpython",
    "Linux", "Windows", "", "x86_64 aarch64", "linux darwin", "#1 SMP", "3.12",
]
VERSION_VALUES = [
    "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3", "3.12.0", "3.12.4", "3.9.25", "3.12.*", "3.*",
    "3.12.0rc1", "3.13.0a1.dev2", "3.9, 3.10", "3.8 3.9", "2.7", " 3.9 ", "", "five", "=3.9",
    "5.10.236-239.959.amzn2",
]
NAMES = ["socks", "Dev", "a.b_c", "A-B-C", "x", "dev-tools", "Foo__Bar", "-", ""]


class Cases:
    """A source of texts, the same ones for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, values):
        return self.random.choice(values)

    def shuffled_case(self, text):
        return "".join(self.pick([c.lower(), c.upper()]) for c in text) if self.chance(0.1) else text

    def mutated(self, text, alphabet):
        """`text` with one to three characters inserted, removed, replaced or swapped."""
        characters = list(text)
        for _ in range(self.random.randint(1, 3)):
            place = self.random.randint(0, len(characters))
            action = self.random.randint(0, 3)
            if action == 0 or not characters:
                characters.insert(place, self.pick(alphabet))
                continue
            place = min(place, len(characters) - 1)
            if action == 1:
                del characters[place]
            elif action == 2:
                characters[place] = self.pick(alphabet)
            else:
                other = self.random.randrange(len(characters))
                characters[place], characters[other] = characters[other], characters[place]
        return "".join(characters)

    # Versions and specifiers.

    def release(self, numbers=SMALL):
        return ".".join(self.pick(numbers) for _ in range(self.random.randint(1, 4)))

    def labelled(self, labels, numbers):
        number = self.pick(numbers + [""])
        return self.pick(SEPARATORS) + self.pick(labels) + self.pick(SEPARATORS) + number

    def public_version(self, numbers=SMALL):
        text = self.pick(["", "", "", "", "", "v", "1!", "0!"]) + self.release(numbers)
        if self.chance(0.3):
            text += self.labelled(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview"], numbers)
        if self.chance(0.3):
            text += self.labelled(["post", "rev", "r"], numbers) if self.chance(0.7) else "-" + self.pick(numbers)
        if self.chance(0.3):
            text += self.labelled(["dev"], numbers)
        return text

    def local(self, numbers):
        text = "+"
        for _ in range(self.random.randint(1, 3)):
            text += self.pick(numbers + ["ubuntu", "cu118", "ABC", "1a", "x"]) + self.pick([".", "-", "_"])
        return text[:-1]

    def version(self, numbers=SMALL):
        text = self.public_version(numbers)
        if self.chance(0.2):
            text += self.local(numbers)
        return self.pick(SPACES) + self.shuffled_case(text) + self.pick(SPACES + ["\n"])

    def version_like(self):
        return self.mutated(self.version(NUMBERS), ".-_+!*vabcrdeopst019 \t,")

    def specifier(self):
        operator = self.pick(OPERATORS)
        text = self.public_version()
        if self.chance(0.25):
            text = self.release() + ".*"
        elif self.chance(0.15):
            text += self.local(SMALL)
        return operator + self.pick(SPACES) + text

    def specifiers(self):
        count = self.pick([0, 1, 1, 1, 2, 3])
        return ",".join(self.pick(SPACES) + self.specifier() + self.pick(SPACES) for _ in range(count))

    def specifiers_like(self):
        return self.mutated(self.specifiers(), "=<>!~.*+-, v01a;)")

    # Markers and requirements.

    def quoted(self, text):
        quote = self.pick(["'", '"'])
        return quote + text + quote

    def comparison(self):
        space = self.pick([" ", "", "  ", "\t"])
        kind = self.random.random()
        if kind < 0.5:
            variable, value = self.pick(VERSION_VARIABLES), self.pick(VERSION_VALUES)
            operator = self.pick(OPERATORS + [" in ", " not in "])
        elif kind < 0.75:
            variable, value = self.pick(TEXT_VARIABLES), self.pick(TEXT_VALUES)
            operator = self.pick(["==", "!=", "==", "!=", " in ", " not  in ", "<", ">=", "~=", "==="])
        elif kind < 0.9:
            variable, value = "extra", self.pick(NAMES)
            operator = self.pick(["==", "==", "!=", " in ", " not in ", "<=", ">", "~="])
        elif kind < 0.98:
            operator = self.pick([" in ", " in ", " not in ", "=="])
            return self.quoted(self.pick(NAMES)) + operator + self.pick(SET_VARIABLES)
        else:
            return self.pick(TEXT_VARIABLES) + self.pick(OPERATORS) + self.pick(TEXT_VARIABLES)
        sides = [variable, self.quoted(value)]
        if self.chance(0.25):
            sides.reverse()
        return sides[0] + space + operator + space + sides[1]

    def marker(self, depth=0):
        text = self.marker_atom(depth)
        while self.chance(0.4):
            text += self.pick([" and ", " or "]) + self.marker_atom(depth)
        return text

    def marker_atom(self, depth):
        if depth < 3 and self.chance(0.25):
            space = self.pick(SPACES)
            return space + "(" + space + self.marker(depth + 1) + space + ")" + space
        return self.comparison()

    def marker_like(self):
        return self.mutated(self.marker(), "()'\"=<>!~ andorinot.\t_\\")

    def environment(self):
        minor = self.random.randint(8, 14)
        full = f"3.{minor}.{self.pick(['0', '4', '25', '0rc1', '0b2'])}"
        names = ["socks", "dev", "a-b-c", "x", "dev-tools"]
        return {
            "os_name": self.pick(["posix", "nt"]),
            "sys_platform": self.pick(["linux", "win32", "darwin"]),
            "platform_machine": self.pick(["x86_64", "aarch64", "arm64", "AMD64"]),
            "platform_python_implementation": self.pick(["CPython", "PyPy"]),
            "platform_release": self.pick(["", "5.10.236-239.959.amzn2", "24.1.0", "10"]),
            "platform_system": self.pick(["Linux", "Windows", "Darwin"]),
            "platform_version": self.pick(["", "#1 SMP", "3.12"]),
            "python_version": f"3.{minor}",
            "python_full_version": full,
            "implementation_name": self.pick(["cpython", "pypy"]),
            "implementation_version": self.pick([full, "7.3.13"]),
            "extras": sorted(self.random.sample(names, self.pick([0, 0, 1, 1, 1, 2]))),
            "dependency_groups": sorted(self.random.sample(names, self.random.randint(0, 2))),
        }

    def requirement(self):
        text = self.pick(SPACES)
        text += self.pick(["foo", "Foo.Bar", "a", "foo_bar-baz", "zope.interface", "foo_", "x1"])
        if self.chance(0.3):
            extras = [self.pick(["a", "B.c", "socks", "x_"]) for _ in range(self.random.randint(0, 3))]
            text += self.pick(SPACES) + "[" + (self.pick(SPACES) + "," + self.pick(SPACES)).join(extras) + "]"
        text += self.pick(SPACES)
        kind = self.random.random()
        if kind < 0.15:
            text += "@" + self.pick(SPACES)
            text += self.pick(["https://example.org/a.whl", "file:///x;y", "git+ssh://a@b/c#d"])
            text += self.pick([" ", "", " \t"])
        elif kind < 0.5:
            text += self.specifiers()
        elif kind < 0.8:
            text += "(" + self.specifiers() + ")"
        if self.chance(0.4):
            text += self.pick(SPACES) + ";" + self.marker()
        return text + self.pick(SPACES)

    def requirement_like(self):
        return self.mutated(self.requirement(), "[]()@;,=<>!~ .-_a1*'\"\t")

    # File names.

    def tag_set(self):
        def some(values):
            return ".".join(self.random.sample(values, self.random.randint(1, 2)))

        return "-".join([
            some(["py2", "py3", "cp312", "cp38", "CP39", "pp310"]),
            some(["none", "abi3", "cp312", "cp38m", "CP313t"]),
            some(["any", "manylinux1_x86_64", "manylinux_2_17_aarch64", "Linux_x86_64", "macosx_11_0_arm64"]),
        ])

    def wheel(self):
        names = ["foo", "Foo", "foo_bar", "zope.interface", "PyYAML", "a__b", "_x", "x_", "ruamel.yaml.clib"]
        versions = [self.public_version().replace("-", "_"), self.release(), self.release() + "+cu118"]
        parts = [self.pick(names), self.pick(versions)]
        if self.chance(0.3):
            parts.append(self.pick(["1", "0", "2abc", "20240101", "01_x", "b1", "1.2"]))
        return "-".join(parts + [self.tag_set()]) + ".whl"

    def wheel_like(self):
        return self.mutated(self.wheel(), "-._+!abcpy0123 whl")
