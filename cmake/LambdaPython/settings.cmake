# What the helper is told about a package: settings.json.

# _lambda_python_write_settings(<file>)
#
# Writes the variables of the calling lambda_python_package() or lambda_python_layer().
# The file is an input of every step and replaced only
# when it differs: a changed argument builds again, a repeated configuration does not. Generator expressions are
# evaluated.
function(_lambda_python_write_settings file)
  set(strings name project work output python)
  set(output "${zip}")
  set(lists group=arg_GROUPS extra=arg_EXTRAS provided=arg_PROVIDED source-build=arg_SOURCE_BUILDS
    build-env=arg_BUILD_ENVIRONMENT file=files exclude=arg_EXCLUDE)
  if(kind STREQUAL "layer")
    list(APPEND strings kind)
    list(APPEND lists compatible-runtime=runtimes compatible-architecture=architectures distribution=arg_DISTRIBUTIONS)
  else()
    list(APPEND strings runtime architecture handler bytecode)
    set(handler "${arg_HANDLER}")
    list(APPEND lists extension=extensions layer-manifest=layer_manifests external-layer=arg_EXTERNAL_LAYERS)
  endif()
  if(DEFINED arg_LOCK)
    _lambda_python_absolute("${arg_LOCK}" "${CMAKE_CURRENT_SOURCE_DIR}" lock)
    list(APPEND strings lock)
  endif()
  if(kind STREQUAL "function" AND NOT "${LAMBDA_PYTHON_INTERPRETER}" STREQUAL "" AND NOT bytecode STREQUAL "OFF")  # it compiles
    _lambda_python_absolute("${LAMBDA_PYTHON_INTERPRETER}" "${CMAKE_CURRENT_SOURCE_DIR}" interpreter)
    list(APPEND strings interpreter)
  endif()
  if(NOT "${LAMBDA_PYTHON_STORE}" STREQUAL "")
    _lambda_python_absolute("${LAMBDA_PYTHON_STORE}" "${CMAKE_BINARY_DIR}" store)
    list(APPEND strings store)
  endif()

  if(NOT "${LAMBDA_PYTHON_ZIG}" STREQUAL "")
    set(zig "${LAMBDA_PYTHON_ZIG}")
    list(APPEND strings zig)
  endif()

  set(json "")
  foreach(key IN LISTS strings)
    _lambda_python_json_string("${${key}}" value)
    string(APPEND json "  \"${key}\": ${value},\n")
  endforeach()
  if(kind STREQUAL "layer")
    string(APPEND json "  \"layer-name\": \"${layer_name}\",\n")
  endif()
  foreach(pair IN LISTS lists)
    string(REGEX MATCH "^([^=]+)=(.+)$" pair "${pair}")
    set(key "${CMAKE_MATCH_1}")
    _lambda_python_json_array("${${CMAKE_MATCH_2}}" value)
    string(APPEND json "  \"${key}\": ${value},\n")
  endforeach()
  _lambda_python_json_files("${arg_DEPENDS}" depends)

  set(offline false)
  if(LAMBDA_PYTHON_OFFLINE)
    set(offline true)
  endif()
  set(strip false)
  if(arg_STRIP_EXTENSIONS)
    set(strip true)
  endif()
  set(makefiles false)
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    set(makefiles true)
  endif()
  file(GENERATE OUTPUT "${file}" CONTENT
    "{\n${json}  \"depends\": ${depends},\n  \"strip-extensions\": ${strip},\n  \"offline\": ${offline},\n\
  \"makefiles\": ${makefiles}\n}\n")
endfunction()
