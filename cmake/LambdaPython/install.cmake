#[=======================================================================[.rst:
.. command:: lambda_python_install

  Installs the zips of packages and their manifests:

  .. code-block:: cmake

    lambda_python_install(
      TARGETS <package>...
      DESTINATION <folder>
      [COMPONENT <component>]
      [EXPORT <name>])

  ``TARGETS``
    Names given to :command:`lambda_python_package` or :command:`lambda_python_layer` before.
    The zips must be built when they are installed, as with
    ``install(TARGETS)``; the build of ``all`` does that.

  ``DESTINATION``
    Where below the prefix; as for ``install()``, which also knows ``DESTDIR`` and CPack.

  ``COMPONENT``
    As for ``install()``. A package that is ``EXCLUDE_FROM_ALL`` needs one, and is installed with it alone.

  ``EXPORT``
    Also installs ``<folder>/<name>.cmake``, through which another project uses the installed zips: after an
    ``include()`` of it, ``<package>::archive`` is the zip, wherever the tree has been moved to.
#]=======================================================================]
function(lambda_python_install)
  set(who "lambda_python_install()")
  set(singles DESTINATION COMPONENT EXPORT)
  cmake_parse_arguments(PARSE_ARGV 0 call "" "" "")
  _lambda_python_check_arguments("${who}" "${call_UNPARSED_ARGUMENTS}" "" "${singles}" TARGETS)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "${singles}" TARGETS)
  foreach(argument IN ITEMS TARGETS DESTINATION)
    if(NOT DEFINED arg_${argument})
      _lambda_python_fail("${who}" "${argument} is missing")
    endif()
  endforeach()
  if(DEFINED arg_EXPORT AND NOT arg_EXPORT MATCHES "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$")
    _lambda_python_fail("${who}" "EXPORT must be a file name without \".cmake\"; got \"${arg_EXPORT}\"")
  endif()
  if(DEFINED arg_EXPORT)  # a second file of that name would take the place of the first
    get_property(taken GLOBAL PROPERTY "LAMBDA_PYTHON_EXPORT ${arg_DESTINATION}/${arg_EXPORT}")
    if(taken)
      _lambda_python_fail("${who}" "EXPORT ${arg_EXPORT} stands in another call for DESTINATION ${arg_DESTINATION}; \
name all TARGETS there, or give this one another name")
    endif()
    set_property(GLOBAL PROPERTY "LAMBDA_PYTHON_EXPORT ${arg_DESTINATION}/${arg_EXPORT}" TRUE)
  endif()
  set(component "")
  if(DEFINED arg_COMPONENT)
    set(component COMPONENT "${arg_COMPONENT}")
  endif()

  set(imports "")
  foreach(name IN LISTS arg_TARGETS)
    if(NOT TARGET ${name}_zip OR NOT TARGET ${name}::archive)
      _lambda_python_fail("${who}" "there is no package \"${name}\"; lambda_python_package(${name} …) must come before")
    endif()
    get_target_property(excluded ${name}_zip LAMBDA_PYTHON_EXCLUDE_FROM_ALL)
    set(mode "")
    if(excluded)
      set(mode EXCLUDE_FROM_ALL)
      if(NOT DEFINED arg_COMPONENT)
        _lambda_python_fail("${who}" "${name} is EXCLUDE_FROM_ALL; give a COMPONENT to install it with")
      endif()
    endif()
    install(FILES "$<TARGET_FILE:${name}::archive>" "$<TARGET_FILE:${name}::archive>.json"
      DESTINATION "${arg_DESTINATION}" ${component} ${mode})
    string(APPEND imports "_import(${name} \"$<TARGET_FILE_NAME:${name}::archive>\")\n")
  endforeach()
  if(DEFINED arg_EXPORT)
    _lambda_python_install_imports("${imports}")
  endif()
endfunction()

# Installs the file of EXPORT. What it defines for itself has the file's own digest in its name, since several such
# files may be included by one project.
function(_lambda_python_install_imports imports)
  string(SHA256 digest "${imports}")
  string(SUBSTRING "${digest}" 0 12 digest)
  set(import "_lambda_python_import_${digest}")
  string(REPLACE "_import(" "${import}(" imports "${imports}")
  set(text [=[
# The zips beside this file, as targets. Made by lambda_python_install().
macro(@import@ name file)
  if(NOT TARGET ${name}::archive)
    if(NOT EXISTS "${CMAKE_CURRENT_LIST_DIR}/${file}")
      message(FATAL_ERROR "${CMAKE_CURRENT_LIST_FILE}: ${file}, which should lie beside it, is not there; install it again")
    endif()
    add_library(${name}::archive UNKNOWN IMPORTED GLOBAL)
    set_property(TARGET ${name}::archive PROPERTY IMPORTED_LOCATION "${CMAKE_CURRENT_LIST_DIR}/${file}")
  endif()
endmacro()
@imports@]=])
  string(REPLACE "@import@" "${import}" text "${text}")
  string(REPLACE "@imports@" "${imports}" text "${text}")
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${arg_EXPORT}.lambda")
  if(multi_config)
    string(APPEND file "/$<CONFIG>")
  endif()
  file(GENERATE OUTPUT "${file}/${arg_EXPORT}.cmake" CONTENT "${text}")
  install(FILES "${file}/${arg_EXPORT}.cmake" DESTINATION "${arg_DESTINATION}" ${component})
endfunction()
