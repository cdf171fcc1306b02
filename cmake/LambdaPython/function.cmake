# What a package is as a Lambda function, beside its zip: name, memory, timeout, environment; and running it here.

# _lambda_python_check_function(<who>)
#
# Refuses values of the calling lambda_python_package() that AWS would refuse:
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
function(_lambda_python_check_function who)
  _lambda_python_check_number("${who}" MEMORY 128 10240)
  _lambda_python_check_number("${who}" TIMEOUT 1 900)
  if(DEFINED arg_FUNCTION_NAME)
    string(LENGTH "${arg_FUNCTION_NAME}" length)
    if(NOT arg_FUNCTION_NAME MATCHES "^[A-Za-z0-9_-]+$" OR length GREATER 64)
      _lambda_python_fail("${who}"
        "FUNCTION_NAME must be up to 64 letters, digits, \"-\" and \"_\"; got \"${arg_FUNCTION_NAME}\"")
    endif()
  endif()

  set(seen "")
  foreach(variable IN LISTS arg_ENVIRONMENT)
    if(NOT variable MATCHES "^([A-Za-z][A-Za-z0-9_]+)(=.*)?$")
      _lambda_python_fail("${who}" "ENVIRONMENT must be <variable>=<value> or <variable>; got \"${variable}\"")
    elseif(CMAKE_MATCH_1 IN_LIST seen)
      _lambda_python_fail("${who}" "ENVIRONMENT has \"${CMAKE_MATCH_1}\" twice")
    endif()
    list(APPEND seen "${CMAKE_MATCH_1}")
  endforeach()
endfunction()

# _lambda_python_write_function(<file>)
#
# Writes, from the variables of the calling lambda_python_package(), what running and deploying the function take: a
# file of its own that includes settings.json, since no step of the build depends on it.
function(_lambda_python_write_function file)
  set(json "  \"include\": \"settings.json\"")
  set(event "")
  if(DEFINED arg_EVENT)
    _lambda_python_absolute("${arg_EVENT}" "${CMAKE_CURRENT_SOURCE_DIR}" event)
  endif()
  set(interpreter "")
  if(NOT "${LAMBDA_PYTHON_INTERPRETER}" STREQUAL "")
    _lambda_python_absolute("${LAMBDA_PYTHON_INTERPRETER}" "${CMAKE_CURRENT_SOURCE_DIR}" interpreter)
  endif()
  set(venv "${CMAKE_CURRENT_BINARY_DIR}/${name}.lambda/venv")  # of no configuration
  foreach(pair IN ITEMS function-name=arg_FUNCTION_NAME event=event interpreter=interpreter venv=venv
                        role=arg_ROLE description=arg_DESCRIPTION alias=arg_ALIAS s3-bucket=arg_S3_BUCKET)
    string(REGEX MATCH "^([^=]+)=(.+)$" pair "${pair}")
    set(key "${CMAKE_MATCH_1}")
    if(NOT "${${CMAKE_MATCH_2}}" STREQUAL "")
      _lambda_python_json_string("${${CMAKE_MATCH_2}}" value)
      string(APPEND json ",\n  \"${key}\": ${value}")
    endif()
  endforeach()
  foreach(pair IN ITEMS memory=MEMORY timeout=TIMEOUT)
    string(REGEX MATCH "^([^=]+)=(.+)$" pair "${pair}")
    if(DEFINED arg_${CMAKE_MATCH_2})
      string(APPEND json ",\n  \"${CMAKE_MATCH_1}\": ${arg_${CMAKE_MATCH_2}}")
    endif()
  endforeach()
  if(arg_CREATE_ROLE)
    string(APPEND json ",\n  \"create-role\": true")
  endif()
  if(arg_TAGS)
    _lambda_python_json_array("${arg_TAGS}" tags)
    string(APPEND json ",\n  \"tag\": ${tags}")
  endif()
  if(layer_stages)
    _lambda_python_json_array("${layer_stages}" stages)
    string(APPEND json ",\n  \"layer\": ${stages}")
  endif()
  _lambda_python_json_array("${arg_ENVIRONMENT}" environment)

  _lambda_python_build_command(${name}_stage build)
  _lambda_python_json_array("${build}" build)
  file(GENERATE OUTPUT "${file}" CONTENT "{\n${json},\n  \"env\": ${environment},\n  \"build-command\": ${build}\n}\n")
endfunction()

# _lambda_python_run_target()
#
# Defines <name>_invoke and puts the function among those of lambda_serve, from the variables of
# lambda_python_package().
function(_lambda_python_run_target)
  add_custom_target(${name}_invoke
    COMMAND LambdaPython::tool invoke --settings "${work}/function.json"
    COMMENT ""
    USES_TERMINAL
    VERBATIM)
  add_dependencies(${name}_invoke ${name}_stage)
  set_property(TARGET lambda_serve APPEND PROPERTY LAMBDA_PYTHON_SETTINGS --settings "${work}/function.json")
  add_dependencies(lambda_serve ${name}_stage)
endfunction()
