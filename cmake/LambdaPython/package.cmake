#[=======================================================================[.rst:
.. command:: lambda_python_package

  Makes a Python project a target that builds the zip AWS Lambda runs:

  .. code-block:: cmake

    lambda_python_package(<name>
      HANDLER <module>.<function>
      RUNTIME <runtime>
      [ARCHITECTURE x86_64|arm64]
      [SOURCE_DIR <folder>]
      [LOCK <file>]
      [GROUPS <group>...] [EXTRAS <extra>...]
      [PROVIDED <distribution>...]
      [SOURCE_BUILDS <distribution>...] [BUILD_ENVIRONMENT <distribution>:<variable>=<value>...]
      [FILES <source>=<destination>...]
      [EXTENSIONS <target>[=<package>]... [EXTENSION_PACKAGE <package>] [STRIP_EXTENSIONS]]
      [EXCLUDE <glob>...]
      [LAYERS <layer>...] [EXTERNAL_LAYERS <ARN>=<bytes>...]
      [BYTECODE AUTO|ON|OFF]
      [OUTPUT_NAME <name>] [OUTPUT_DIRECTORY <folder>]
      [DEPENDS <file or target>...]
      [EXCLUDE_FROM_ALL]
      [FUNCTION_NAME <name>] [MEMORY <megabytes>] [TIMEOUT <seconds>]
      [ENVIRONMENT <variable>=<value>...]
      [EVENT <file>]
      [ROLE <name or ARN> [CREATE_ROLE]]
      [DESCRIPTION <text>] [TAGS <key>=<value>...]
      [ALIAS <name>] [S3_BUCKET <name>])

  ``<name>_zip``
    makes ``<name>.zip`` and, beside it, its manifest ``<name>.zip.json``. The only one that ``all`` builds.
  ``<name>_stage``
    puts the same files into the folder ``<name>.lambda/stage``, for tests and local runs.
  ``<name>_export``
    prepares what both need: the locked distributions for the target, also as ``<name>.lambda/requirements.txt``,
    their wheels, and the project's own wheel.
  ``<name>_invoke``
    runs the staged function here, once, as Lambda would, and prints its log and its response.
  ``<name>_deploy``
    brings the function in AWS to the state that is described here: role, code, configuration, tags, alias. It shows
    what it will change, and changes nothing the second time. ``LAMBDA_PYTHON_DRY_RUN=1`` in the environment: shows it
    only.
  ``<name>_remote_invoke``
    invokes the function in AWS, and prints its log and its response.
  ``<name>_handoff``
    writes files for other deployment tools into ``<name>.handoff``, beside the zip: Terraform, AWS SAM, CloudFormation,
    the CDK, and the AWS CLI.
  ``<name>_venv``
    makes ``<name>.lambda/venv``, a virtual environment of the runtime's minor for this machine: what ``poetry install``
    makes from the same lock, main dependencies, groups and the project in editable form, for editors and shells.
  ``<name>::archive``
    is the zip for other rules: ``$<TARGET_FILE:<name>::archive>`` is its path, and a command that names this
    target in its ``DEPENDS`` runs after the zip is made and again when its bytes have changed.

  ``lambda_export``, ``lambda_stage`` and ``lambda_zip`` build that of every package, and ``lambda_list`` prints
  them all; ``lambda_serve`` answers the AWS API's Invoke for all of them, ``lambda_deploy`` deploys them side by side,
  and ``lambda_handoff`` writes the files of all. Nothing is read while CMake configures but
  these arguments; the steps find out by themselves which files they depend on, so that no list of sources is needed.

  ``HANDLER``
    What Lambda calls, as ``module.function``. The build fails when the package does not contain it.

  ``RUNTIME``
    ``python3.8`` to ``python3.14``. Default: the variable ``LAMBDA_PYTHON_RUNTIME``.

  ``ARCHITECTURE``
    ``x86_64`` or ``arm64``, as Lambda calls them. Default: the variable ``LAMBDA_PYTHON_ARCHITECTURE``, else
    ``x86_64``; never the machine that builds, nor the one that CMake compiles for.

  ``SOURCE_DIR``
    The folder of ``pyproject.toml``. Default: the current source directory, which also a relative path starts
    from.

    A project that is a package is built by its own backend. One that is none is packaged as its files lie there:
    Poetry's ``package-mode = false``, uv's ``package = false``, a ``pyproject.toml`` without ``[build-system]`` (and no
    ``setup.py``), or no ``pyproject.toml`` at all beside a ``requirements.txt`` or ``pylock.toml``. The root of the zip
    is then ``src``, where that has Python in it and no ``__init__.py`` of its own, else the project's folder. Data is
    packaged like Python; links are followed. Left out are

    * anywhere: names that begin with a dot, ``__pycache__`` and ``*.pyc``, virtual environments, caches,
      ``node_modules``, ``*.egg-info``, build trees of CMake, folders with a ``pyproject.toml`` of their own;
    * at the root: the folders ``tests``, ``test``, ``build`` and ``dist``, ``conftest.py`` and ``test_*.py``, and what
      describes, locks or builds the project: ``pyproject.toml``, locks, ``requirements*.txt`` and ``.in``, ``setup.py``,
      ``setup.cfg``, ``MANIFEST.in``, ``tox.ini``, ``noxfile.py``, ``CMakeLists.txt``, CMake's presets, ``Makefile``,
      ``README*``, ``LICENSE*``.

    ``EXCLUDE`` leaves out more.

  ``LOCK``
    The lock file. Default: the ``poetry.lock``, ``uv.lock``, ``pylock.toml`` or ``requirements.txt`` that lies beside
    ``pyproject.toml``; without one, the ``uv.lock`` of the nearest folder above, which is that of the workspace.

  ``GROUPS``, ``EXTRAS``
    Dependency groups and extras to be packaged beside the main dependencies.

  ``PROVIDED``
    Distributions that the runtime has already, such as ``boto3``. They are left out, and with them everything that
    nothing else needs.

  ``SOURCE_BUILDS``
    Distributions that may be built from their source. All others must have a wheel that runs on the target. C and C++
    are compiled by zig for exactly the package's system, with the headers of a Python of its minor on this machine.

  ``BUILD_ENVIRONMENT``
    Environment variables of those builds, and of those of folders, git repositories and the project itself. ``CFLAGS``,
    ``CXXFLAGS`` and ``LDFLAGS`` are added to those for the target: ``pyyaml:PYYAML_FORCE_LIBYAML=1``,
    ``pyyaml:LDFLAGS=-L/opt/yaml-arm64``.

  ``FILES``
    Further files or folders: ``<source>`` starts from the current source directory and may be a generator
    expression such as ``$<TARGET_FILE:tool>``, ``<destination>`` from the root of the package, which is ``.``
    itself. A file goes into a destination that ends with a slash, a folder's content into any.

  ``EXTENSIONS``
    Module libraries of this build, made by ``Python3_add_library()``, ``pybind11_add_module()`` or
    ``nanobind_add_module()``, to be packaged in ``<package>``, as Python imports it: ``my_lambda.native``. Without one,
    in that of ``EXTENSION_PACKAGE``, else beside the packages. Their compiler must compile for the package's runtime
    and architecture, and their Python headers be of its minor: what is built is checked, not how.
    ``STRIP_EXTENSIONS`` packages them without symbols and debugging information.

  ``EXCLUDE``
    Files to be left out, as globs from the root of the package.

  ``LAYERS``
    Layers that the function is attached to, by their names given to :command:`lambda_python_layer`; a later one overlays
    those before it. What they hold is left out of the package, and an error when the package needs another version of
    it. Their unzipped sizes count in the limit, and their files are below ``/opt`` when the function runs here.

  ``EXTERNAL_LAYERS``
    Versions of layers that AWS has already, each by its ARN and its unzipped size in bytes, which counts in the limit.
    They overlay ``LAYERS``. What they bring is for ``PROVIDED``, and is missing when the function runs here. Lambda takes
    five layers in all.

  ``BYTECODE``
    Whether the package holds bytecode of every module that compiles, in ``__pycache__`` folders as Python makes them,
    which makes a cold start two to four times as fast. ``AUTO``, the default: when this machine has a CPython of the
    runtime's minor (``LAMBDA_PYTHON_INTERPRETER`` below), and Lambda's limits for the unzipped size and for a direct
    upload are not passed because of it; else one line says why there is none. ``ON`` makes that an error. Default: the
    variable ``LAMBDA_PYTHON_BYTECODE``, else ``AUTO``.

  ``OUTPUT_NAME``, ``OUTPUT_DIRECTORY``
    Where the zip is made: its name without ``.zip``, by default ``<name>``, and its folder, by default, and as a
    relative path from, the current binary directory. As for other targets, a multi-config generator appends a
    folder for each configuration, unless the folder contains ``$<CONFIG>``, the only generator expression allowed
    here.

  ``DEPENDS``
    Files and targets that must be up to date before the project is read, such as generated sources. When one of
    the files changes, or the file of a target that has one, the project is read again.

  ``EXCLUDE_FROM_ALL``
    Leaves ``<name>_zip`` out of ``all``. The umbrella targets still build it.

  ``FUNCTION_NAME``
    What the function is called in AWS. Default: ``<name>``.

  ``MEMORY``, ``TIMEOUT``
    The function's memory size in MB, 128 to 10240, and the seconds that an invocation may take, 1 to 900. Defaults:
    Lambda's own, 128 and 3.

  ``ENVIRONMENT``
    The function's environment variables. ``<variable>`` alone takes the value that it has in the environment when the
    function is run or deployed, so that a secret stays out of the build tree.

  ``EVENT``
    The JSON file that ``<name>_invoke`` sends. ``LAMBDA_PYTHON_EVENT`` in the environment, a path or ``-`` for standard
    input, counts instead. Default: an empty object.

  ``ROLE``, ``CREATE_ROLE``
    The function's execution role, by its name or ARN. ``CREATE_ROLE`` makes it when there is none of that name, with
    Lambda's trust policy and the right to write logs. Without ``ROLE``, a function that is there keeps its own.

  ``DESCRIPTION``, ``TAGS``
    The function's description, and tags that it shall have.

  ``ALIAS``
    The alias that points at what was deployed: each deployment that changes something publishes a version for it.

  ``S3_BUCKET``
    The bucket, in the function's region, through which a zip of more than 50 MB goes to Lambda. Its key there changes
    exactly when the zip does.

  None of these is part of the zip: another value builds nothing again. A deployment leaves alone what is not given. AWS
  is asked through the AWS CLI, with its credentials, profile and region (``AWS_PROFILE``, ``AWS_REGION``).

  Variables, for all packages defined where they hold:

  ``LAMBDA_PYTHON_STORE``
    The folder of the store of wheels. Default: one in the user's cache folder, shared by all builds.

  ``LAMBDA_PYTHON_OFFLINE``
    When true, a wheel that the store lacks is an error instead of a download.

  ``LAMBDA_PYTHON_INTERPRETER``
    The interpreter that runs functions and tests, and makes bytecode; it must be of the runtime's minor. Default: ``Python3_EXECUTABLE``
    where it is of that minor, else one that is found as ``python3.X`` on the ``PATH``, by pyenv or by uv.

  ``Python3_EXECUTABLE``
    The interpreter that runs build backends, of any minor from 3.8. Default: what ``find_package(Python3)`` finds.
#]=======================================================================]
function(lambda_python_package name)
  set(who "lambda_python_package(${name})")
  set(options EXCLUDE_FROM_ALL CREATE_ROLE STRIP_EXTENSIONS)
  set(singles HANDLER RUNTIME ARCHITECTURE SOURCE_DIR LOCK EXTENSION_PACKAGE BYTECODE OUTPUT_NAME OUTPUT_DIRECTORY
    FUNCTION_NAME MEMORY TIMEOUT EVENT ROLE DESCRIPTION ALIAS S3_BUCKET)
  set(lists GROUPS EXTRAS PROVIDED SOURCE_BUILDS BUILD_ENVIRONMENT FILES EXTENSIONS EXCLUDE LAYERS EXTERNAL_LAYERS DEPENDS
    ENVIRONMENT TAGS)
  cmake_parse_arguments(PARSE_ARGV 1 call "" "" "")
  _lambda_python_check_arguments("${who}" "${call_UNPARSED_ARGUMENTS}" "${options}" "${singles}" "${lists}")
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${singles}" "${lists}")

  set(kind function)
  set(targets export stage zip invoke venv deploy remote_invoke handoff)
  _lambda_python_check_name("${who}" "${name}" ${targets})
  _lambda_python_check_handler("${who}" "${arg_HANDLER}")
  _lambda_python_runtimes(known)
  _lambda_python_choice("${who}" RUNTIME "" "${known}" runtime)
  _lambda_python_choice("${who}" ARCHITECTURE x86_64 "x86_64;arm64" architecture)
  _lambda_python_choice("${who}" BYTECODE AUTO "AUTO;ON;OFF" bytecode)
  _lambda_python_source_dir("${who}" project)
  _lambda_python_resolve_files("${who}" "${arg_FILES}" files file_depends)
  _lambda_python_check_build_environment("${who}")
  _lambda_python_resolve_extensions("${who}" extensions extension_depends)
  _lambda_python_attached_layers("${who}")
  _lambda_python_zip_path("${who}" "${name}" zip)
  _lambda_python_check_function("${who}")
  _lambda_python_check_deployment("${who}")
  _lambda_python_interpreter("${who}" python)
  _lambda_python_work_folder("${name}" work)

  _lambda_python_write_settings("${work}/settings.json")
  _lambda_python_write_function("${work}/function.json")
  _lambda_python_package_steps()
  _lambda_python_wait_for_layers()
  _lambda_python_run_target()
  _lambda_python_deploy_targets()
  _lambda_python_venv_target()
  _lambda_python_archive_target("${name}" "${zip}")
  _lambda_python_announce("${name}" "${runtime}, ${architecture}" ${targets})
endfunction()

# The name must be one of targets, and there must be no target yet that is called it, "_" and one of the further arguments.
function(_lambda_python_check_name who name)
  if(NOT name MATCHES "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$")
    _lambda_python_fail("${who}" "the name must be made of letters, digits, \"_\", \".\", \"+\" and \"-\"")
  endif()
  list(TRANSFORM ARGN PREPEND "${name}_" OUTPUT_VARIABLE targets)
  foreach(target IN LISTS targets ITEMS ${name}::archive)
    if(TARGET ${target})
      _lambda_python_fail("${who}" "there is a target ${target} already")
    endif()
  endforeach()
endfunction()

function(_lambda_python_check_handler who handler)
  if(handler STREQUAL "")
    _lambda_python_fail("${who}" "HANDLER is missing; it is the <module>.<function> that Lambda calls")
  elseif(NOT handler MATCHES "^[^. ]([^ ]*[^. ])?\\.[^. ]+$")
    _lambda_python_fail("${who}" "HANDLER must be <module>.<function>; got \"${handler}\"")
  endif()
endfunction()

function(_lambda_python_source_dir who result)
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}")
  if(DEFINED arg_SOURCE_DIR)
    _lambda_python_absolute("${arg_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}" folder)
  endif()
  if(NOT IS_DIRECTORY "${folder}")
    _lambda_python_fail("${who}" "SOURCE_DIR must be a folder; got \"${folder}\"")
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

# Sets <result> to FILES with absolute sources, and <depends> to those sources that a rule can depend on: a
# folder's content is for the depfile.
function(_lambda_python_resolve_files who files result depends)
  set(resolved "")
  set(sources "")
  set(destinations "")
  foreach(file IN LISTS files)
    if(NOT file MATCHES "^(.+)=([^=]+)$")
      _lambda_python_fail("${who}" "FILES must be <source>=<destination>; got \"${file}\"")
    endif()
    set(source "${CMAKE_MATCH_1}")
    set(destination "${CMAKE_MATCH_2}")
    if(destination MATCHES "^/|\\\\|(^|/)\\.\\.?(/|$)|//" AND NOT destination STREQUAL ".")
      _lambda_python_fail("${who}" "FILES must have a destination inside the package; got \"${destination}\"")
    elseif(destination IN_LIST destinations AND NOT destination MATCHES "^\\.$|/$")
      _lambda_python_fail("${who}" "FILES has the destination \"${destination}\" twice")
    endif()
    list(APPEND destinations "${destination}")
    if(NOT source MATCHES "^\\$<")
      _lambda_python_absolute("${source}" "${CMAKE_CURRENT_SOURCE_DIR}" source)
    endif()
    if(NOT IS_DIRECTORY "${source}")
      list(APPEND sources "${source}")
    endif()
    list(APPEND resolved "${source}=${destination}")
  endforeach()
  set(${result} "${resolved}" PARENT_SCOPE)
  set(${depends} "${sources}" PARENT_SCOPE)
endfunction()

# Sets <result> to the zip's path, in which $<CONFIG> is the only generator expression.
function(_lambda_python_zip_path who name result)
  set(file "${name}")
  if(DEFINED arg_OUTPUT_NAME)
    set(file "${arg_OUTPUT_NAME}")
  endif()
  if(NOT file MATCHES "^[^/\\$]+$" OR file MATCHES "\\.zip$|^\\.\\.?$")
    _lambda_python_fail("${who}" "OUTPUT_NAME must be a file name without \".zip\"; got \"${file}\"")
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}")
  if(DEFINED arg_OUTPUT_DIRECTORY)
    _lambda_python_absolute("${arg_OUTPUT_DIRECTORY}" "${CMAKE_CURRENT_BINARY_DIR}" folder)
  endif()

  string(REPLACE "$<CONFIG>" "" plain "${folder}")
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(plain MATCHES "\\$<")
    _lambda_python_fail("${who}"
      "OUTPUT_DIRECTORY has no other generator expression than $<CONFIG>; got \"${arg_OUTPUT_DIRECTORY}\"")
  elseif(NOT multi_config)
    string(REPLACE "$<CONFIG>" "${CMAKE_BUILD_TYPE}" folder "${folder}")
  elseif(folder STREQUAL plain)
    string(APPEND folder "/$<CONFIG>")
  endif()

  set(zip "${folder}/${file}.zip")
  get_property(owner GLOBAL PROPERTY "LAMBDA_PYTHON_OWNER_OF_${zip}")
  if(owner)
    _lambda_python_fail("${who}" "${file}.zip is made by ${owner} already; give one of them another OUTPUT_NAME")
  endif()
  set_property(GLOBAL PROPERTY "LAMBDA_PYTHON_OWNER_OF_${zip}" "${name}")
  set(${result} "${zip}" PARENT_SCOPE)
endfunction()

# Defines the rules and the three targets, from the variables of lambda_python_package() or lambda_python_layer(), which
# has no wheel of its own.
#
# Between the targets there are no file dependencies in this file: the order comes from the targets, and what is
# out of date from the depfiles, which name the artifacts of the steps before. So each rule has one owner, and a
# step that left its artifacts as they were starts none of those after it.
function(_lambda_python_package_steps)
  set(target ${name}_export)
  set(requirements "${work}/requirements.txt")
  list(LENGTH runtimes count)
  if(kind STREQUAL "layer" AND count GREATER 1)
    list(TRANSFORM runtimes REPLACE "^(.+)$" "${work}/requirements-\\1.txt" OUTPUT_VARIABLE requirements)
  endif()
  _lambda_python_step(export TARGET ${target} WORK "${work}" COMMENT "Selecting the distributions of ${name}"
    BYPRODUCTS "${work}/selection.json" ${requirements}
    DEPENDS ${arg_DEPENDS})
  _lambda_python_selection("${work}" selection)
  _lambda_python_step(fetch TARGET ${target} WORK "${work}" COMMENT "Fetching the wheels of ${name}"
    BYPRODUCTS "${work}/fetched.json"
    DEPENDS "${selection}"
    USES_TERMINAL)
  set(stamps "${work}/export.stamp" "${work}/fetch.stamp")
  if(NOT kind STREQUAL "layer")
    _lambda_python_step(wheel TARGET ${target} WORK "${work}" COMMENT "Building the wheel of ${name}"
      BYPRODUCTS "${work}/wheel.json"
      DEPENDS ${arg_DEPENDS})
    list(APPEND stamps "${work}/wheel.stamp")
  endif()
  add_custom_target(${target} DEPENDS ${stamps})

  _lambda_python_step(stage TARGET ${name}_stage WORK "${work}" COMMENT "Staging ${name}"
    DEPENDS ${file_depends} ${extension_depends})
  add_custom_target(${name}_stage DEPENDS "${work}/stage.stamp")
  # For the functions that take a package: tests, deployment.
  set_target_properties(${name}_stage PROPERTIES
    LAMBDA_PYTHON_WORK "${work}"
    LAMBDA_PYTHON_SOURCE_DIR "${project}"
    LAMBDA_PYTHON_RUNTIME "${runtime}"
    LAMBDA_PYTHON_ARCHITECTURE "${architecture}")

  cmake_path(GET zip FILENAME file)
  _lambda_python_step(zip TARGET ${name}_zip WORK "${work}" COMMENT "Packing ${file}"
    BYPRODUCTS "${zip}" "${zip}.json"
    DEPENDS ${file_depends} ${extension_depends})
  set(all ALL)
  if(arg_EXCLUDE_FROM_ALL)
    set(all "")
  endif()
  add_custom_target(${name}_zip ${all} DEPENDS "${work}/zip.stamp")
  set_target_properties(${name}_zip PROPERTIES LAMBDA_PYTHON_EXCLUDE_FROM_ALL "${arg_EXCLUDE_FROM_ALL}")

  add_dependencies(${name}_stage ${name}_export)
  add_dependencies(${name}_zip ${name}_export)
endfunction()

# Defines <name>::archive, with a location for each configuration where there are several.
function(_lambda_python_archive_target name zip)
  add_library(${name}::archive UNKNOWN IMPORTED GLOBAL)
  add_dependencies(${name}::archive ${name}_zip)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(NOT multi_config)
    set_property(TARGET ${name}::archive PROPERTY IMPORTED_LOCATION "${zip}")
    return()
  endif()
  set_property(TARGET ${name}::archive PROPERTY IMPORTED_CONFIGURATIONS ${CMAKE_CONFIGURATION_TYPES})
  foreach(configuration IN LISTS CMAKE_CONFIGURATION_TYPES)
    string(TOUPPER "${configuration}" suffix)
    string(REPLACE "$<CONFIG>" "${configuration}" location "${zip}")
    set_property(TARGET ${name}::archive PROPERTY IMPORTED_LOCATION_${suffix} "${location}")
  endforeach()
endfunction()
