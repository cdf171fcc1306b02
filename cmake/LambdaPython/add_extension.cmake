#[=======================================================================[.rst:
.. command:: lambda_python_add_extension

  Describes an extension module in C or C++, to be compiled for whatever package it goes into:

  .. code-block:: cmake

    lambda_python_add_extension(<name>
      SOURCES <file>...
      [PACKAGE <package>]
      [NANOBIND|PYBIND11]
      [INCLUDE_DIRECTORIES <folder>...]
      [COMPILE_DEFINITIONS <definition>...]
      [COMPILE_OPTIONS <option>...]
      [LINK_OPTIONS <option>...])

  ``EXTENSIONS <name>`` of :command:`lambda_python_package` compiles it for the package's runtime and architecture by the
  compilers of ``lambda-pack toolchain``: zig's, which bring the headers and the libraries of exactly that system, so that
  the project needs no compiler and may have no language of its own. Several packages for several targets may have the
  same extension; each target is compiled once. The target ``<name>`` builds all of them.

  The module has the name ``<name>``, is optimised, has no symbols but ``PyInit_<name>``, and needs no C++ library of the
  runtime. Headers are those of a Python of the runtime's minor on this machine.

  ``SOURCES``
    Files in C (``.c``) or C++ (``.cc``, ``.cpp``, ``.cxx``), from the current source directory. What they include is
    found by the compiler; headers are not named here.

  ``PACKAGE``
    The package that it is imported from: ``my_lambda.native``. Default: none, a module beside the packages.

  ``NANOBIND``, ``PYBIND11``
    Compile with these bindings, which come from the package index. The variables ``LAMBDA_PYTHON_NANOBIND`` and
    ``LAMBDA_PYTHON_PYBIND11`` are the requirements that are installed.

  ``INCLUDE_DIRECTORIES``, ``COMPILE_DEFINITIONS``, ``COMPILE_OPTIONS``, ``LINK_OPTIONS``
    Flags, after this function's own. C++ is C++17 without another ``-std``.

  For a build of more than that, libraries of your own for example, compile everything with the toolchain file instead:
  ``LambdaPython/toolchain.cmake``.
#]=======================================================================]
function(lambda_python_add_extension name)
  set(who "lambda_python_add_extension(${name})")
  set(options NANOBIND PYBIND11)
  set(singles PACKAGE)
  set(lists SOURCES INCLUDE_DIRECTORIES COMPILE_DEFINITIONS COMPILE_OPTIONS LINK_OPTIONS)
  cmake_parse_arguments(PARSE_ARGV 1 call "" "" "")
  _lambda_python_check_arguments("${who}" "${call_UNPARSED_ARGUMENTS}" "${options}" "${singles}" "${lists}")
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${singles}" "${lists}")

  if(NOT name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    _lambda_python_fail("${who}" "the name must be that of a module, as Python imports it")
  elseif(TARGET "${name}")
    _lambda_python_fail("${who}" "there is a target ${name} already")
  elseif(NOT arg_SOURCES)
    _lambda_python_fail("${who}" "SOURCES is missing")
  elseif(arg_NANOBIND AND arg_PYBIND11)
    _lambda_python_fail("${who}" "NANOBIND and PYBIND11 exclude each other")
  endif()
  if(DEFINED arg_PACKAGE)
    _lambda_python_check_import_path("${who}" PACKAGE "${arg_PACKAGE}")
  endif()
  set(sources "")
  foreach(source IN LISTS arg_SOURCES)
    _lambda_python_absolute("${source}" "${CMAKE_CURRENT_SOURCE_DIR}" source)
    if(NOT source MATCHES "\\.(c|cc|cpp|cxx)$")
      _lambda_python_fail("${who}" "SOURCES must be C (.c) or C++ (.cc, .cpp, .cxx) files; got \"${source}\"")
    endif()
    list(APPEND sources "${source}")
  endforeach()

  set(flags "")
  foreach(folder IN LISTS arg_INCLUDE_DIRECTORIES)
    _lambda_python_absolute("${folder}" "${CMAKE_CURRENT_SOURCE_DIR}" folder)
    list(APPEND flags "-I${folder}")
  endforeach()
  foreach(definition IN LISTS arg_COMPILE_DEFINITIONS)
    list(APPEND flags "-D${definition}")
  endforeach()
  list(APPEND flags ${arg_COMPILE_OPTIONS})

  set(bindings "")
  if(arg_NANOBIND)
    set(bindings nanobind)
  elseif(arg_PYBIND11)
    set(bindings pybind11)
  endif()
  add_custom_target(${name})
  set_target_properties(${name} PROPERTIES
    LAMBDA_PYTHON_EXTENSION TRUE
    LAMBDA_PYTHON_SOURCES "${sources}"
    LAMBDA_PYTHON_PACKAGE "${arg_PACKAGE}"
    LAMBDA_PYTHON_FLAGS "${flags}"
    LAMBDA_PYTHON_LINK_OPTIONS "${arg_LINK_OPTIONS}"
    LAMBDA_PYTHON_BINDINGS "${bindings}")
endfunction()

# _lambda_python_compile_extension(<extension> <runtime> <architecture> <file> <target>)
#
# Defines the rules that compile what lambda_python_add_extension() described, where that has not been done yet for this
# target; sets <file> to the module and <target> to the build target that makes it.
function(_lambda_python_compile_extension extension runtime architecture file target)
  string(REPLACE "python3." "" minor "${runtime}")
  set(machine x86_64)
  if(architecture STREQUAL "arm64")
    set(machine aarch64)
  endif()
  set(variant "${extension}_${runtime}_${architecture}")
  if(NOT TARGET "${variant}")
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${extension}.extension/${runtime}-${architecture}")
    set(module "${folder}/${extension}.cpython-3${minor}-${machine}-linux-gnu.so")
    get_target_property(bindings "${extension}" LAMBDA_PYTHON_BINDINGS)
    _lambda_python_toolchain_rule("${folder}" "${runtime}" "${architecture}" "${bindings}" "${variant}")
    _lambda_python_extension_rules("${extension}" "${folder}" "${module}" "${bindings}")
    add_custom_target("${variant}" DEPENDS "${module}")
    set_target_properties("${variant}" PROPERTIES LAMBDA_PYTHON_MODULE "${module}")
    add_dependencies("${extension}" "${variant}")
  endif()
  get_target_property(module "${variant}" LAMBDA_PYTHON_MODULE)
  set(${file} "${module}" PARENT_SCOPE)
  set(${target} "${variant}" PARENT_SCOPE)
endfunction()

# The rule that makes <folder> a toolchain (lambda-pack toolchain), with the bindings' files in it.
function(_lambda_python_toolchain_rule folder runtime architecture bindings target)
  set(words --runtime "${runtime}" --architecture "${architecture}" --output "${folder}" --work "${folder}")
  _lambda_python_interpreter("${who}" python)
  list(APPEND words --python "${python}")
  if(NOT "${LAMBDA_PYTHON_STORE}" STREQUAL "")
    _lambda_python_absolute("${LAMBDA_PYTHON_STORE}" "${CMAKE_BINARY_DIR}" store)
    list(APPEND words --store "${store}")
  endif()
  if(LAMBDA_PYTHON_OFFLINE)
    list(APPEND words --offline)
  endif()
  if(NOT "${LAMBDA_PYTHON_ZIG}" STREQUAL "")
    list(APPEND words --zig "${LAMBDA_PYTHON_ZIG}")
  endif()
  if(bindings)
    _lambda_python_bindings_requirement("${bindings}" "${runtime}" requirement)
    list(APPEND words --with "${requirement}")
  endif()
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    list(APPEND words --makefiles)
  endif()
  _lambda_python_forget("${target}" forget)
  add_custom_command(
    OUTPUT "${folder}/toolchain.stamp"
    BYPRODUCTS "${folder}/toolchain.cmake"
    ${forget}
    COMMAND LambdaPython::tool toolchain ${words}
    DEPENDS LambdaPython::tool
    DEPFILE "${folder}/toolchain.d"
    COMMENT "Preparing compilers for ${runtime} on ${architecture}"
    VERBATIM)
endfunction()

# The requirement of the package index that brings nanobind or pybind11: the newest that has the runtime's Python.
function(_lambda_python_bindings_requirement bindings runtime result)
  set(nanobind "nanobind==2.9.2")
  set(pybind11 "pybind11==3.0.1")
  if(runtime STREQUAL "python3.8")
    set(nanobind "nanobind==2.7.0")
  endif()
  string(TOUPPER "${bindings}" variable)
  set(requirement "${${bindings}}")
  if(NOT "${LAMBDA_PYTHON_${variable}}" STREQUAL "")
    set(requirement "${LAMBDA_PYTHON_${variable}}")
  endif()
  set(${result} "${requirement}" PARENT_SCOPE)
endfunction()

# One rule for each source, and one that links them.
function(_lambda_python_extension_rules extension folder module bindings)
  get_target_property(sources "${extension}" LAMBDA_PYTHON_SOURCES)
  get_target_property(own_flags "${extension}" LAMBDA_PYTHON_FLAGS)
  get_target_property(link_options "${extension}" LAMBDA_PYTHON_LINK_OPTIONS)
  get_target_property(own_folder "${extension}" SOURCE_DIR)
  # No debugging information and no paths: the module's bytes are the same in any folder. The last map that fits wins:
  # a build folder is usually below the sources, and may have any name.
  set(flags -O2 -g0 -DNDEBUG -fPIC "-ffile-prefix-map=${own_folder}=." "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
    "-ffile-prefix-map=${CMAKE_BINARY_DIR}=." "-ffile-prefix-map=${folder}=." "-I${folder}/include")
  if(NOT runtime STREQUAL "python3.8")  # whose PyMODINIT_FUNC does not make the function visible
    list(APPEND flags -fvisibility=hidden)
  endif()
  set(packages "${folder}/packages")
  if(bindings STREQUAL "nanobind")
    list(APPEND flags "-I${packages}/nanobind/include" "-I${packages}/nanobind/ext/robin_map/include"
      -fno-strict-aliasing "-DNB_DOMAIN=${extension}")
    list(APPEND sources "${packages}/nanobind/src/nb_combined.cpp")
  elseif(bindings STREQUAL "pybind11")
    list(APPEND flags "-I${packages}/pybind11/include")
  endif()
  if(NOT own_flags)
    set(own_flags "")
  endif()
  if(NOT link_options)
    set(link_options "")
  endif()

  set(objects "")
  set(linker cc)
  set(number 0)
  foreach(source IN LISTS sources)
    set(compiler cc)
    set(language "")
    if(NOT source MATCHES "\\.c$")
      set(compiler c++)
      set(language -std=c++17 -fvisibility-inlines-hidden)
      set(linker c++)
    endif()
    math(EXPR number "${number} + 1")
    cmake_path(GET source STEM stem)
    cmake_path(GET source FILENAME label)
    set(object "${folder}/objects/${number}-${stem}.o")
    set(depends "${folder}/toolchain.stamp")
    if(NOT source MATCHES "/nb_combined\\.cpp$")
      list(APPEND depends "${source}")
    endif()
    add_custom_command(
      OUTPUT "${object}"
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}/objects"
      COMMAND "${folder}/bin/${compiler}" ${language} ${flags} ${own_flags} -MD -MF "${object}.d" -c "${source}"
        -o "${object}"
      DEPENDS ${depends}
      DEPFILE "${object}.d"
      COMMENT "Compiling ${label} for ${runtime} on ${architecture}"
      VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  add_custom_command(
    OUTPUT "${module}"
    COMMAND "${folder}/bin/${linker}" -shared -s -o "${module}" ${objects} ${link_options}
    DEPENDS ${objects} "${folder}/toolchain.stamp"
    COMMENT "Linking ${extension} for ${runtime} on ${architecture}"
    VERBATIM)
endfunction()
