#[=======================================================================[.rst:
.. command:: lambda_python_test

  Runs pytest as a CTest test, on what will be deployed or on the source:

  .. code-block:: cmake

    lambda_python_test(<name>
      PACKAGE <package>
      [STAGED|SOURCE]
      [TESTS <file or folder>...]
      [GROUPS <group>...]
      [JUNIT <file>]
      [PYTEST_ARGS <argument>...]
      [PROPERTIES <property> <value>...])

  ``PACKAGE``
    A name given to :command:`lambda_python_package` before.

  ``STAGED``
    The default. The files of the zip, as ``<package>_stage`` unpacks them, alone provide the package and its
    dependencies, together with what Lambda's runtime brings (boto3). pytest and its friends come from a folder of their
    own. A module of the package that imports what only the tests have fails as it would on Lambda; so does a data file
    that is missing. Needs a machine of the package's architecture when there is machine code in it.

  ``SOURCE``
    The project as it lies there, in ``<package>_venv``: what ``poetry run pytest`` does. Libraries that the lock takes
    from folders are there as they are now, in editable form where it says so (``develop``, ``editable``); what it takes
    from git is built.

  ``TESTS``
    What pytest is given, from the current source directory: files, folders, ``test_app.py::test_one``. Default: nothing,
    so that pytest looks where the project's own configuration says.

  ``GROUPS``
    The dependency groups of the lock that have pytest and what else the tests need. Default: those that Poetry or uv
    install without being asked.

  ``JUNIT``
    Where pytest writes a report in JUnit's format; a relative path starts from the current binary directory.

  ``PYTEST_ARGS``
    Further arguments of pytest, such as ``-k "not slow"``.

  ``PROPERTIES``
    Properties of the CTest test, as for ``set_tests_properties()``.

  pytest runs in the project's folder, under an interpreter of the runtime's minor (``LAMBDA_PYTHON_INTERPRETER``), and
  leaves nothing there. The distributions are those of the lock for this machine, their hashes verified, and are kept in
  the build tree until the lock changes. A test that collects nothing fails. What a test needs is built before it, by a
  CTest test of the name of the target, which takes turns with all others, so that ``ctest -j`` is safe.

.. command:: lambda_python_invoke_test

  An invocation as a CTest test, as ``<package>_invoke`` does it:

  .. code-block:: cmake

    lambda_python_invoke_test(<name>
      PACKAGE <package>
      [EVENT <file>]
      [EXPECT <JSON or file>]
      [PROPERTIES <property> <value>...])

  The test fails when the function does, and when its response is not the JSON of ``EXPECT``, in which order of keys and
  white space do not count. ``EVENT`` is a JSON file; default: that of the package. Relative paths start from the current
  source directory.
#]=======================================================================]
function(lambda_python_test name)
  set(who "lambda_python_test(${name})")
  set(options SOURCE STAGED)
  set(singles PACKAGE JUNIT)
  set(lists TESTS GROUPS PYTEST_ARGS PROPERTIES)
  cmake_parse_arguments(PARSE_ARGV 1 call "" "" "")
  _lambda_python_check_arguments("${who}" "${call_UNPARSED_ARGUMENTS}" "${options}" "${singles}" "${lists}")
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${singles}" "${lists}")
  _lambda_python_tested_package("${who}" work)
  if(arg_SOURCE AND arg_STAGED)
    _lambda_python_fail("${who}" "SOURCE and STAGED exclude each other")
  endif()

  set(words "")
  set(prepared ${arg_PACKAGE}_stage)
  if(arg_SOURCE)
    set(words --source)
    set(prepared ${arg_PACKAGE}_venv)
  endif()
  foreach(group IN LISTS arg_GROUPS)
    list(APPEND words --test-group "${group}")
  endforeach()
  if(DEFINED arg_JUNIT)
    _lambda_python_absolute("${arg_JUNIT}" "${CMAKE_CURRENT_BINARY_DIR}" report)
    list(APPEND words "--pytest-argument=--junitxml=${report}")
  endif()
  foreach(test IN LISTS arg_TESTS)
    _lambda_python_absolute("${test}" "${CMAKE_CURRENT_SOURCE_DIR}" test)
    list(APPEND words "--pytest-argument=${test}")
  endforeach()
  foreach(argument IN LISTS arg_PYTEST_ARGS)
    string(REPLACE ";" "\\;" argument "${argument}")
    list(APPEND words "--pytest-argument=${argument}")
  endforeach()
  add_test(NAME "${name}"
    COMMAND "$<TARGET_FILE:LambdaPython::tool>" test --settings "${work}/function.json" ${words})
  _lambda_python_finish_test("${name}" "${prepared}")
endfunction()

function(lambda_python_invoke_test name)
  set(who "lambda_python_invoke_test(${name})")
  set(singles PACKAGE EVENT EXPECT)
  cmake_parse_arguments(PARSE_ARGV 1 call "" "" "")
  _lambda_python_check_arguments("${who}" "${call_UNPARSED_ARGUMENTS}" "" "${singles}" PROPERTIES)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "${singles}" PROPERTIES)
  _lambda_python_tested_package("${who}" work)

  set(words "")
  if(DEFINED arg_EVENT)
    _lambda_python_absolute("${arg_EVENT}" "${CMAKE_CURRENT_SOURCE_DIR}" event)
    list(APPEND words --event "${event}")
  endif()
  if(DEFINED arg_EXPECT)
    set(expected "${arg_EXPECT}")
    # By what it looks like: a file may be made, by a target or by hand, after this.
    if(NOT expected MATCHES "^[ \t\r\n]*([[{\"]|-?[0-9][-+.0-9eE]*[ \t\r\n]*$|(true|false|null)[ \t\r\n]*$)")
      _lambda_python_absolute("${expected}" "${CMAKE_CURRENT_SOURCE_DIR}" expected)
    endif()
    string(REPLACE ";" "\\;" expected "${expected}")
    list(APPEND words "--expect=${expected}")
  endif()
  # The variable is for who calls <package>_invoke.
  add_test(NAME "${name}"
    COMMAND "${CMAKE_COMMAND}" -E env --unset=LAMBDA_PYTHON_EVENT
      "$<TARGET_FILE:LambdaPython::tool>" invoke --settings "${work}/function.json" ${words})
  _lambda_python_finish_test("${name}" ${arg_PACKAGE}_stage)
endfunction()

# Sets <result> to the work folder of the caller's PACKAGE.
function(_lambda_python_tested_package who result)
  if(NOT DEFINED arg_PACKAGE)
    _lambda_python_fail("${who}" "PACKAGE is missing")
  elseif(NOT TARGET ${arg_PACKAGE}_stage OR NOT TARGET ${arg_PACKAGE}_venv)
    _lambda_python_fail("${who}"
      "there is no package \"${arg_PACKAGE}\"; lambda_python_package(${arg_PACKAGE} …) must come before")
  endif()
  get_target_property(work ${arg_PACKAGE}_stage LAMBDA_PYTHON_WORK)
  set(${result} "${work}" PARENT_SCOPE)
endfunction()

# The caller's test <name> runs after the build of <target>, and has the caller's PROPERTIES.
#
# A fixture for each target that tests need: a package that does not build keeps only its own tests from running. Two
# builds of one tree at once would break each other, so that they take turns.
function(_lambda_python_finish_test name target)
  get_property(known GLOBAL PROPERTY LAMBDA_PYTHON_BUILT_BY_TEST_${target})
  if(NOT known)
    set_property(GLOBAL PROPERTY LAMBDA_PYTHON_BUILT_BY_TEST_${target} TRUE)
    _lambda_python_build_command(${target} build)
    add_test(NAME ${target} COMMAND ${build})
    set_tests_properties(${target} PROPERTIES
      FIXTURES_SETUP lambda_python_${target}
      RESOURCE_LOCK lambda_python_build)
  endif()
  if(arg_PROPERTIES)
    set_tests_properties("${name}" PROPERTIES ${arg_PROPERTIES})
  endif()
  set_property(TEST "${name}" APPEND PROPERTY FIXTURES_REQUIRED lambda_python_${target})
endfunction()

# _lambda_python_venv_target()
#
# Defines <name>_venv from the variables of lambda_python_package(). It has no stamp: the helper knows by itself whether
# there is something to do, and says so in 0.1 s.
function(_lambda_python_venv_target)
  add_custom_target(${name}_venv
    COMMAND LambdaPython::tool venv --settings "${work}/function.json"
    COMMENT ""
    USES_TERMINAL
    VERBATIM)
endfunction()
