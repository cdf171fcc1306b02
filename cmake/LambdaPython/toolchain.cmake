# A CMake toolchain file, and the function behind it.
#
#   cmake -S . -B build-arm64 -DCMAKE_TOOLCHAIN_FILE=$(lambda-pack --cmake-dir)/LambdaPython/toolchain.cmake \
#     -DLAMBDA_PYTHON_RUNTIME=python3.13 -DLAMBDA_PYTHON_ARCHITECTURE=arm64
#
# compiles a whole project, its libraries and extension modules, for that runtime's system, on any machine. A toolchain
# file of a project's own includes this one with LAMBDA_PYTHON_RUNTIME set, or calls the function.

#[=======================================================================[.rst:
.. command:: lambda_python_toolchain

  Makes zig the compiler for exactly the system of a Lambda runtime, in a toolchain file:

  .. code-block:: cmake

    lambda_python_toolchain(RUNTIME <runtime> [ARCHITECTURE x86_64|arm64])

  ``find_package(Python3 COMPONENTS Development.Module)`` then finds the headers of a Python of the runtime's minor on
  this machine, which serve for the target, and ``Python3_add_library(<name> MODULE WITH_SOABI …)`` gives the suffix of
  the target, with the component ``Interpreter`` as without it: ``FindPython3`` and ``FindPython`` modules for that come
  first in ``CMAKE_MODULE_PATH``. Libraries and headers of this machine are not found.

  It runs ``lambda-pack toolchain``; ``LAMBDA_PYTHON_TOOL`` names the program where it is neither in the install tree of
  this file nor on the ``PATH``.
#]=======================================================================]
macro(lambda_python_toolchain)
  _lambda_python_make_toolchain(_lambda_python_toolchain_file ${ARGN})
  include("${_lambda_python_toolchain_file}")
  unset(_lambda_python_toolchain_file)
  # The projects of try_compile() read the toolchain file anew.
  list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES
    LAMBDA_PYTHON_RUNTIME LAMBDA_PYTHON_ARCHITECTURE LAMBDA_PYTHON_TOOL LAMBDA_PYTHON_TOOLCHAIN_FOLDER)
endmacro()

function(_lambda_python_make_toolchain result)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "RUNTIME;ARCHITECTURE" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "lambda_python_toolchain(): unknown argument \"${arg_UNPARSED_ARGUMENTS}\"")
  elseif(NOT arg_RUNTIME)
    message(FATAL_ERROR "lambda_python_toolchain(): RUNTIME is missing: give it, or set LAMBDA_PYTHON_RUNTIME")
  endif()
  if(NOT arg_ARCHITECTURE)
    set(arg_ARCHITECTURE x86_64)
  endif()
  if(NOT LAMBDA_PYTHON_TOOLCHAIN_FOLDER)
    set(LAMBDA_PYTHON_TOOLCHAIN_FOLDER "${CMAKE_BINARY_DIR}/lambda-python-toolchain" CACHE INTERNAL "")
  endif()
  set(folder "${LAMBDA_PYTHON_TOOLCHAIN_FOLDER}/${arg_RUNTIME}-${arg_ARCHITECTURE}")
  if(NOT EXISTS "${folder}/toolchain.cmake")
    find_program(LAMBDA_PYTHON_TOOL lambda-pack
      HINTS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../../bin" NO_CMAKE_FIND_ROOT_PATH
      DOC "A lambda-pack that runs on this machine")
    if(NOT LAMBDA_PYTHON_TOOL)
      message(FATAL_ERROR "lambda_python_toolchain(): there is no lambda-pack on the PATH; set LAMBDA_PYTHON_TOOL")
    endif()
    execute_process(
      COMMAND "${LAMBDA_PYTHON_TOOL}" toolchain --runtime "${arg_RUNTIME}" --architecture "${arg_ARCHITECTURE}"
        --output "${folder}"
      RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE diagnostics)
    if(failed)
      message(FATAL_ERROR "lambda_python_toolchain(): ${diagnostics}")
    endif()
  endif()
  set(${result} "${folder}/toolchain.cmake" PARENT_SCOPE)
endfunction()

if(LAMBDA_PYTHON_RUNTIME)
  lambda_python_toolchain(RUNTIME "${LAMBDA_PYTHON_RUNTIME}" ARCHITECTURE "${LAMBDA_PYTHON_ARCHITECTURE}")
endif()
