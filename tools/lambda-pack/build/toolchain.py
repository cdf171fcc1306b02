"""Makes a folder that compiles for Lambda: wrappers of zig's compilers, a CMake toolchain file, and what makes a Python
of this machine build extension modules for the target. Runs under an interpreter of the runtime's minor, as
`python -I -S -c`, of any version from 3.8 on.

Arguments: the folder, zig, the kept cache of what zig compiled, the target's machine as platform tags have it, the minor
of its glibc. The last line of what it prints is the folder of Python's headers.
"""
import os
import re
import sys
import sysconfig

# Without -O zig builds what traps on overflow; flags of the caller come later, and win.
WRAPPER = """#!/bin/sh
# {what} for {target}
: "${{ZIG_GLOBAL_CACHE_DIR:={cache}}}"
export ZIG_GLOBAL_CACHE_DIR
{before}exec "{zig}" {command} "$@"
"""
# A build that swallows the compiler's failure is found out by what it called.
NOTE = '[ -z "$LAMBDA_PACK_CALLS" ] || printf "%s\\n" "$*" >> "$LAMBDA_PACK_CALLS"\n'
# Names of the source's folder, which __FILE__ puts into what is compiled; here, since a name may have spaces.
MAP = ' ${LAMBDA_PACK_SOURCE:+"-ffile-prefix-map=$LAMBDA_PACK_SOURCE=."}'
# Goes through the words of a call; each of the cases says what becomes of some.
WORDS = """for word do
  shift
  case "$word" in
    {cases}
  esac
  set -- "$@" "$word"
done
"""
# For -flto zig compiles its C++ library once more, which takes a minute; --target= is how crates name what they compile for.
FILTER = 'case " $* " in *" -flto"*|*" --target="*)\n' + WORDS.format(cases="-flto*|--target=*) continue ;;") + ";; esac\n"
# What rustc says to GCC and zig does not know: which linker to take, a library that GCC comes with.
OF_RUSTC = WORDS.format(cases="-lgcc_s) word=-lunwind ;;\n    -fuse-ld=*|-B?*|-Wl,--fix-cortex-a53-843419) continue ;;")

EMULATOR = """#!/bin/sh
# Interpreters of a build are of this machine; of what it compiles for {machine} nothing runs elsewhere.
case "$1" in
  */python*) ;;
  *) [ "$(uname -m)" = {machine} ] || {{ echo "$1 is for {machine}" >&2; exit 126; }} ;;
esac
exec "$@"
"""

# Programs that answer for this machine's libraries and compilers, not for the target's.
OF_THIS_MACHINE = re.compile(
    r".*[-_]config(-[\d.]+)?$|pkg-?conf(ig)?|(.*-)?(cc|gcc|g\+\+|c\+\+|cpp|c89|c99|clang|clang\+\+|ld|ld\..*|lld|gold|ar|ranlib|nm"
    r"|strip|objcopy|as|f77|f95|gfortran)(-[\d.]+)?$|python.*|pip.*|.*-linux-gnu-.*")

CMAKE = """# Compiles for {target}. Made by lambda-pack.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR {machine})
set(CMAKE_C_COMPILER "{bin}/cc")
set(CMAKE_CXX_COMPILER "{bin}/c++")
set(CMAKE_ASM_COMPILER "{bin}/cc")
set(CMAKE_AR "{bin}/ar" CACHE FILEPATH "" FORCE)
set(CMAKE_RANLIB "{bin}/ranlib" CACHE FILEPATH "" FORCE)
set(CMAKE_C_COMPILER_AR "{bin}/ar")
set(CMAKE_CXX_COMPILER_AR "{bin}/ar")
set(CMAKE_C_COMPILER_RANLIB "{bin}/ranlib")
set(CMAKE_CXX_COMPILER_RANLIB "{bin}/ranlib")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LINK_DEPENDS_USE_LINKER OFF)  # zig's linker writes no list of what it read

# Neither libraries nor headers of this machine; packages and programs may be of the build's own tools.
set(CMAKE_FIND_ROOT_PATH "{folder}/root")
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
set(ENV{{PKG_CONFIG_LIBDIR}} "{folder}/root")

# What find_package(Python3 COMPONENTS Interpreter Development.Module) needs to know. An sdist's build has an interpreter
# of its own, with the packages that it requires.
set(python "{python}")
if(DEFINED ENV{{LAMBDA_PACK_PYTHON}})
  set(python "$ENV{{LAMBDA_PACK_PYTHON}}")
  # It answers as the target's would, and CMake 4.1 and later ask it where an emulator is said to run it (CMP0190).
  set(CMAKE_CROSSCOMPILING_EMULATOR "{bin}/emulator")
endif()
foreach(prefix IN ITEMS Python Python3)
  if(NOT DEFINED ${{prefix}}_EXECUTABLE)
    set(${{prefix}}_EXECUTABLE "${{python}}" CACHE FILEPATH "Runs here; its headers serve for the target")
  endif()
  set(${{prefix}}_INCLUDE_DIR "{include}" CACHE PATH "")
  set(${{prefix}}_SOABI "{soabi}" CACHE STRING "")
endforeach()
set(PYTHON_MODULE_EXTENSION ".{soabi}.so" CACHE STRING "")  # of pybind11
set(PYTHON_MODULE_DEBUG_POSTFIX "" CACHE STRING "")
unset(python)
list(REMOVE_ITEM CMAKE_MODULE_PATH "{folder}/modules")
list(INSERT CMAKE_MODULE_PATH 0 "{folder}/modules")
"""

# When cross compiling, CMake asks an interpreter for no suffix and forgets what it was told; from 4.1 on (CMP0190) it
# looks for an interpreter only with an emulator, which would be one for the target.
FIND_PYTHON = """# find_package({name}) as CMake has it, for {target}. Made by lambda-pack.
if(DEFINED CMAKE_CROSSCOMPILING_EMULATOR)
  set(_lambda_pack_emulator "${{CMAKE_CROSSCOMPILING_EMULATOR}}")
endif()
set(CMAKE_CROSSCOMPILING_EMULATOR "{folder}/bin/emulator")
include("${{CMAKE_ROOT}}/Modules/Find{name}.cmake")
unset(CMAKE_CROSSCOMPILING_EMULATOR)
if(DEFINED _lambda_pack_emulator)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${{_lambda_pack_emulator}}")
  unset(_lambda_pack_emulator)
endif()
set({name}_SOABI "{soabi}")
"""

# https://mesonbuild.com/Cross-compilation.html. The interpreter is that of the build.
MESON = """[binaries]
c = '{bin}/cc'
cpp = '{bin}/c++'
ar = '{bin}/ar'
ranlib = '{bin}/ranlib'
python = '@PYTHON@'

[host_machine]
system = 'linux'
cpu_family = '{machine}'
cpu = '{machine}'
endian = 'little'

[properties]
needs_exe_wrapper = true
"""


# What _PYTHON_SYSCONFIGDATA_NAME says: PyO3 looks only at names that begin as Python's own do.
VARIABLES = "_sysconfigdata__lambda_pack"


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def wrappers(folder, zig, cache, target):
    flags = "-target %s -fno-sanitize=undefined" % target
    own = "%s-linux-gnu.2.17" % os.uname().machine  # runs on this machine: build scripts of Rust do
    for name, of, before, command in (
            ("cc", target, NOTE + FILTER, "cc " + flags + MAP), ("c++", target, NOTE + FILTER, "c++ " + flags + MAP),
            ("ar", target, "", "ar"), ("ranlib", target, "", "ranlib"), ("rust-linker", target, OF_RUSTC, "cc " + flags),
            ("own-linker", own, OF_RUSTC, "cc -target " + own)):
        text = WRAPPER.format(what=name, target=of, cache=cache, before=before, zig=zig, command=command)
        write(os.path.join(folder, "bin", name), text, 0o755)


def programs(folder):
    """Links to the programs of the PATH but those that speak for this machine, first found first."""
    os.makedirs(folder, exist_ok=True)
    for place in os.environ.get("PATH", os.defpath).split(os.pathsep):
        try:
            names = os.listdir(place)
        except OSError:
            continue
        for name in names:
            link = os.path.join(folder, name)
            if not OF_THIS_MACHINE.fullmatch(name) and not os.path.lexists(link):
                os.symlink(os.path.join(os.path.abspath(place), name), link)


def config_vars(folder, machine, soabi):
    """This interpreter's build-time variables, as the target's would have them."""
    known = dict(sysconfig.get_config_vars())
    own = known.get("MULTIARCH") or "x86_64-linux-gnu"
    multiarch = machine + "-linux-gnu"
    cc, cxx = os.path.join(folder, "bin", "cc"), os.path.join(folder, "bin", "c++")
    compiled = "-fno-strict-overflow -Wsign-compare -DNDEBUG -O2 -g0"
    known = {name: value.replace(own, multiarch) if isinstance(value, str) else value for name, value in known.items()
             if name not in ("prefix", "exec_prefix", "base", "platbase", "installed_base", "installed_platbase", "userbase",
                             "projectbase", "abiflags", "srcdir")}
    known.update(
        CC=cc, CXX=cxx, AR=os.path.join(folder, "bin", "ar"), ARFLAGS="rcs", RANLIB=os.path.join(folder, "bin", "ranlib"),
        LDSHARED=cc + " -shared -s", LDCXXSHARED=cxx + " -shared -s", BLDSHARED=cc + " -shared -s", LINKCC=cc,
        CCSHARED="-fPIC", CFLAGS=compiled, OPT="-DNDEBUG -O2 -g0", BASECFLAGS="", PY_CFLAGS=compiled, CONFIGURE_CFLAGS="",
        LDFLAGS="-s", PY_LDFLAGS="-s", CONFIGURE_LDFLAGS="", PY_CORE_LDFLAGS="", LIBS="", CPPFLAGS="", PY_CPPFLAGS="",
        LIBDIR=os.path.join(folder, "root", "lib"), LIBPL=os.path.join(folder, "root", "lib"), SHLIB_SUFFIX=".so", EXE="",
        MULTIARCH=multiarch, SOABI=soabi, EXT_SUFFIX=".%s.so" % soabi, HOST_GNU_TYPE=multiarch, BUILD_GNU_TYPE=multiarch,
        Py_ENABLE_SHARED=0)
    rows = "".join("    %r: %r,\n" % item for item in sorted(known.items()))
    text = "build_time_vars = {\n%s}\n" % rows
    write(os.path.join(folder, "python", VARIABLES + ".py"), text)
    # PyO3 takes the file of that name in a folder of its own, and looks at the prefix, which Python must keep for itself:
    # https://pyo3.rs/latest/building-and-distribution#cross-compiling
    write(os.path.join(folder, "pyo3", VARIABLES + ".py"), text + 'build_time_vars["prefix"] = ""\n')


MACHINE = '''"""The machine that this interpreter builds for, where setup.py asks for its own."""
import os

if os.environ.get("LAMBDA_PACK_MACHINE"):
    own = os.uname()
    target = os.uname_result((*own[:4], os.environ["LAMBDA_PACK_MACHINE"]))
    os.uname = lambda: target
'''


def main(folder, zig, cache, machine, glibc_minor):
    known = (sysconfig.get_config_var("INCLUDEPY"), sysconfig.get_paths()["include"])
    include = next((path for path in known if path and os.path.exists(os.path.join(path, "Python.h"))), known[0])
    if os.path.exists(os.path.join(include, "Python.h")):
        soabi = "cpython-%d%d-%s-linux-gnu" % (*sys.version_info[:2], machine)
        target = "%s-linux-gnu.2.%s" % (machine, glibc_minor)
        wrappers(folder, zig, cache, target)
        programs(os.path.join(folder, "programs"))
        config_vars(folder, machine, soabi)
        write(os.path.join(folder, "python", "sitecustomize.py"), MACHINE)
        os.makedirs(os.path.join(folder, "root"), exist_ok=True)
        link = os.path.join(folder, "include")
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(include, link)
        write(os.path.join(folder, "bin", "emulator"), EMULATOR.format(machine=machine), 0o755)
        write(os.path.join(folder, "meson.ini"), MESON.format(bin=os.path.join(folder, "bin"), machine=machine))
        write(os.path.join(folder, "toolchain.cmake"), CMAKE.format(
            target=target, machine=machine, folder=folder, bin=os.path.join(folder, "bin"), include=include, soabi=soabi,
            python=sys.executable))
        for name in ("Python", "Python3"):
            write(os.path.join(folder, "modules", "Find%s.cmake" % name),
                  FIND_PYTHON.format(name=name, target=target, folder=folder, soabi=soabi))
    print(include)


if __name__ == "__main__":
    main(*sys.argv[1:])
