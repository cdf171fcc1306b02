#[=======================================================================[.rst:
.. command:: lambda_python_layer

  Makes a layer of a project's dependencies, which several functions share:

  .. code-block:: cmake

    lambda_python_layer(<name>
      [SOURCE_DIR <folder>] [LOCK <file>]
      RUNTIMES <runtime>...
      [ARCHITECTURES <architecture>...]
      [GROUPS <group>...] [EXTRAS <extra>...]
      [DISTRIBUTIONS <distribution>...]
      [PROVIDED <distribution>...]
      [SOURCE_BUILDS <distribution>...]
      [FILES <source>=<destination>...]
      [EXCLUDE <glob>...]
      [LAYER_NAME <name>]
      [OUTPUT_NAME <name>] [OUTPUT_DIRECTORY <folder>]
      [DEPENDS <file or target>...]
      [EXCLUDE_FROM_ALL])

    lambda_python_package(<package> HANDLER <module>.<function> RUNTIME <runtime> LAYERS <name>...)

  ``<name>_zip`` makes ``<name>.zip``, with ``python/`` at its root, and its manifest ``<name>.zip.json``. ``<name>_stage``
  puts the same files into ``<name>.lambda/stage``, which is ``/opt`` where a function that has the layer runs here.
  ``<name>_export`` prepares what both need, and ``<name>::archive`` is the zip for other rules. They are made by the same
  steps as a package's, with the same checks, and belong to ``lambda_export``, ``lambda_stage`` and ``lambda_zip``.

  The layer holds the dependencies that the lock has for the project: not the project itself.

  ``SOURCE_DIR``, ``LOCK``
    As for :command:`lambda_python_package`. With ``LOCK`` alone, the project lies beside the lock. That may well be the
    project of one of the functions: then both agree on every version.

  ``RUNTIMES``, ``ARCHITECTURES``
    What the layer is for. Defaults: the variables ``LAMBDA_PYTHON_RUNTIME`` and ``LAMBDA_PYTHON_ARCHITECTURE``, the latter
    else ``x86_64``.

    A distribution that is the same for all runtimes, which are those in Python and those with an ``abi3`` wheel, lies in
    ``python/``. The others lie below ``python/lib/python3.X/site-packages``, once for each runtime, and count as often in
    the unzipped size of every function. Distributions that share a package with an ``__init__.py`` stay together, since
    Python takes it from one folder alone.

    For two architectures there is one folder only. A layer for both holds only distributions without machine code, and the
    build ends with an error that names any other: make a layer for each architecture then.

  A layer has no bytecode: how much of it fits below Lambda's limit shows only in the functions, which count their layers
  in, and what serves several runtimes would carry it once for each. What has to start fast belongs into the package, whose
  ``BYTECODE`` sees the sum.

  ``DISTRIBUTIONS``
    Takes only these, with everything that they need. A ``requirements.txt``, and a ``pylock.toml`` that does not say who
    needs what, give only those named.

  ``FILES``
    As for :command:`lambda_python_package`, but from the layer's root, which is ``/opt``: ``tool=bin/`` puts a program on
    the ``PATH`` of the function, ``libx.so=lib/`` a library where the loader looks.

  ``EXCLUDE``
    Files to be left out, as globs from ``python/``, or from the ``site-packages`` folder.

  ``LAYER_NAME``
    What the layer is called in AWS. Default: ``<name>``.

  ``GROUPS``, ``EXTRAS``
    Dependency groups and extras beside the main dependencies.

  ``PROVIDED``, ``SOURCE_BUILDS``
    Distributions that are left out, with everything that only they need, and those that may be built from their source.

  ``OUTPUT_NAME``, ``OUTPUT_DIRECTORY``, ``DEPENDS``, ``EXCLUDE_FROM_ALL``
    As for :command:`lambda_python_package`.
#]=======================================================================]
function(lambda_python_layer name)
  set(who "lambda_python_layer(${name})")
  set(options EXCLUDE_FROM_ALL)
  set(singles SOURCE_DIR LOCK LAYER_NAME OUTPUT_NAME OUTPUT_DIRECTORY)
  set(lists RUNTIMES ARCHITECTURES GROUPS EXTRAS DISTRIBUTIONS PROVIDED SOURCE_BUILDS FILES EXCLUDE DEPENDS)
  cmake_parse_arguments(PARSE_ARGV 1 call "" "" "")
  _lambda_python_check_arguments("${who}" "${call_UNPARSED_ARGUMENTS}" "${options}" "${singles}" "${lists}")
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${singles}" "${lists}")

  set(kind layer)
  set(targets export stage zip)
  _lambda_python_check_name("${who}" "${name}" ${targets})
  _lambda_python_runtimes(known)
  _lambda_python_choices("${who}" RUNTIME "" "${known}" runtimes)
  _lambda_python_choices("${who}" ARCHITECTURE x86_64 "x86_64;arm64" architectures)
  if(DEFINED arg_LOCK AND NOT DEFINED arg_SOURCE_DIR)
    _lambda_python_absolute("${arg_LOCK}" "${CMAKE_CURRENT_SOURCE_DIR}" lock)
    cmake_path(GET lock PARENT_PATH arg_SOURCE_DIR)
  endif()
  _lambda_python_source_dir("${who}" project)
  _lambda_python_resolve_files("${who}" "${arg_FILES}" files file_depends)
  set(extension_depends "")
  _lambda_python_layer_name("${who}" layer_name)
  _lambda_python_zip_path("${who}" "${name}" zip)
  _lambda_python_interpreter("${who}" python)
  _lambda_python_work_folder("${name}" work)

  _lambda_python_write_settings("${work}/settings.json")
  _lambda_python_package_steps()
  set_target_properties(${name}_zip PROPERTIES
    LAMBDA_PYTHON_LAYER "${name}"
    LAMBDA_PYTHON_WORK "${work}"
    LAMBDA_PYTHON_ZIP "${zip}"
    LAMBDA_PYTHON_RUNTIMES "${runtimes}"
    LAMBDA_PYTHON_ARCHITECTURES "${architectures}")
  _lambda_python_archive_target("${name}" "${zip}")
  list(JOIN runtimes " " runtimes)
  list(JOIN architectures " " architectures)
  _lambda_python_announce("${name}" "layer, ${runtimes}, ${architectures}" ${targets})
endfunction()

# As _lambda_python_choice(), for the plural of <argument>, which takes several values.
function(_lambda_python_choices who argument default allowed result)
  set(values ${arg_${argument}S})
  set(origin "")
  if(NOT values AND NOT "${LAMBDA_PYTHON_${argument}}" STREQUAL "")
    set(values "${LAMBDA_PYTHON_${argument}}")
    set(origin " (from LAMBDA_PYTHON_${argument})")
  elseif(NOT values)
    set(values ${default})
  endif()
  if(NOT values)
    _lambda_python_fail("${who}"
      "${argument}S is missing: give it here, or set LAMBDA_PYTHON_${argument} for all packages")
  endif()
  foreach(value IN LISTS values)
    if(NOT value IN_LIST allowed)
      list(JOIN allowed ", " text)
      string(REGEX REPLACE ", ([^,]*)$" " or \\1" text "${text}")
      _lambda_python_fail("${who}" "${argument}S must be ${text}; got \"${value}\"${origin}")
    endif()
  endforeach()
  set(${result} "${values}" PARENT_SCOPE)
endfunction()

# https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
function(_lambda_python_layer_name who result)
  set(layer "${name}")
  if(DEFINED arg_LAYER_NAME)
    set(layer "${arg_LAYER_NAME}")
  endif()
  string(LENGTH "${layer}" length)
  if(NOT layer MATCHES "^[A-Za-z0-9_-]+$" OR length GREATER 140)
    _lambda_python_fail("${who}" "LAYER_NAME must be up to 140 letters, digits, \"-\" and \"_\"; got \"${layer}\"")
  endif()
  set(${result} "${layer}" PARENT_SCOPE)
endfunction()

# _lambda_python_attached_layers(<who>)
#
# Checks LAYERS and EXTERNAL_LAYERS of the calling lambda_python_package(), and sets layer_manifests and layer_stages to
# the files and folders of its LAYERS.
function(_lambda_python_attached_layers who)
  set(manifests "")
  set(stages "")
  foreach(layer IN LISTS arg_LAYERS)
    set(known "")
    if(TARGET ${layer}_zip)
      get_target_property(known ${layer}_zip LAMBDA_PYTHON_LAYER)
    endif()
    if(NOT known)
      _lambda_python_fail("${who}"
        "there is no layer \"${layer}\"; lambda_python_layer(${layer} …) must come before")
    endif()
    get_target_property(runtimes ${layer}_zip LAMBDA_PYTHON_RUNTIMES)
    get_target_property(architectures ${layer}_zip LAMBDA_PYTHON_ARCHITECTURES)
    foreach(pair IN ITEMS runtime=runtimes architecture=architectures)
      string(REGEX MATCH "^([^=]+)=(.+)$" pair "${pair}")
      set(wanted "${${CMAKE_MATCH_1}}")
      set(there "${${CMAKE_MATCH_2}}")
      if(NOT wanted IN_LIST there)
        list(JOIN there ", " there)
        _lambda_python_fail("${who}" "the layer ${layer} is for ${there}, and this package is for ${wanted}")
      endif()
    endforeach()
    get_target_property(zip ${layer}_zip LAMBDA_PYTHON_ZIP)
    get_target_property(folder ${layer}_zip LAMBDA_PYTHON_WORK)
    list(APPEND manifests "${zip}.json")
    list(APPEND stages "${folder}/stage")
  endforeach()

  set(arn "arn:[A-Za-z0-9-]+:lambda:[A-Za-z0-9-]+:[0-9]+:layer:[A-Za-z0-9_-]+:[1-9][0-9]*")
  foreach(external IN LISTS arg_EXTERNAL_LAYERS)
    if(NOT external MATCHES "^${arn}=([1-9][0-9]*)$" OR NOT CMAKE_MATCH_1 LESS 262144000)
      _lambda_python_fail("${who}" "EXTERNAL_LAYERS must be <ARN of a layer's version>=<unzipped size>, \
the size in bytes and below 262144000; got \"${external}\"")
    endif()
  endforeach()
  set(all ${arg_LAYERS} ${arg_EXTERNAL_LAYERS})
  list(LENGTH all count)
  if(count GREATER 5)
    _lambda_python_fail("${who}" "there are ${count} LAYERS and EXTERNAL_LAYERS; Lambda takes at most 5 layers")
  endif()
  set(layer_manifests "${manifests}" PARENT_SCOPE)
  set(layer_stages "${stages}" PARENT_SCOPE)
endfunction()

# _lambda_python_wait_for_layers()
#
# The steps of the calling lambda_python_package() read the manifests of its layers, and a run of it their stages.
function(_lambda_python_wait_for_layers)
  foreach(layer IN LISTS arg_LAYERS)
    add_dependencies(${name}_export ${layer}_zip)
    add_dependencies(${name}_stage ${layer}_stage)
  endforeach()
endfunction()
