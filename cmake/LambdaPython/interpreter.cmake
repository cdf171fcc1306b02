# The interpreter that runs the projects' build backends. It need not be of a runtime's minor: what a package holds
# is decided for its runtime alone.

# _lambda_python_find_interpreter()
#
# Looks for an interpreter on behalf of all packages. Called from this project's own folder, and the cache cleaned
# afterwards, since the consumer's find_package(Python3) may ask for something else: neither variables nor targets
# nor cache entries of the search reach it. The outcome is remembered, as the search starts several interpreters.
function(_lambda_python_find_interpreter)
  if(NOT Python3_EXECUTABLE AND NOT EXISTS "${_LAMBDA_PYTHON_INTERPRETER}")
    get_cmake_property(before CACHE_VARIABLES)
    set(Python3_FIND_UNVERSIONED_NAMES FIRST)  # what "python3" starts, rather than the newest there is
    set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)  # one of this machine, when cross compiling as well
    find_package(Python3 3.8 QUIET COMPONENTS Interpreter)
    get_cmake_property(after CACHE_VARIABLES)
    list(REMOVE_ITEM after ${before})
    foreach(variable IN LISTS after)
      unset(${variable} CACHE)
    endforeach()
    set(found "")
    if(Python3_Interpreter_FOUND)
      # A version manager's shim decides anew in each folder; the program behind it does not.
      execute_process(COMMAND "${Python3_EXECUTABLE}" -c "import sys; print(sys.executable)"
        OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE)
    endif()
    set(_LAMBDA_PYTHON_INTERPRETER "${found}" CACHE INTERNAL "Runs build backends")
  endif()
endfunction()

# _lambda_python_interpreter(<who> <result>)
#
# Sets <result> to the Python3_EXECUTABLE that holds where a package is defined, else to the one found.
function(_lambda_python_interpreter who result)
  set(found "${_LAMBDA_PYTHON_INTERPRETER}")
  if(Python3_EXECUTABLE)
    _lambda_python_absolute("${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}" found)
  endif()
  if(NOT EXISTS "${found}")
    _lambda_python_fail("${who}"
      "no Python 3.8 or later to run the project's build backend; set Python3_EXECUTABLE")
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()
