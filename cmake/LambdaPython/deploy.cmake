# What a package is in AWS: role, alias, tags, and the targets that bring it there or hand it over.

# _lambda_python_check_deployment(<who>)
#
# Refuses values of the calling lambda_python_package() that AWS would refuse:
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
function(_lambda_python_check_deployment who)
  set(arn "^arn:[a-z-]+:iam::[0-9]+:role/.+$")
  if(DEFINED arg_ROLE AND NOT arg_ROLE MATCHES "${arn}" AND NOT arg_ROLE MATCHES "^[A-Za-z0-9_+=,.@-]+$")
    _lambda_python_fail("${who}" "ROLE must be the name or the ARN of an IAM role; got \"${arg_ROLE}\"")
  elseif(arg_CREATE_ROLE AND NOT DEFINED arg_ROLE)
    _lambda_python_fail("${who}" "CREATE_ROLE needs ROLE, the name of the role")
  elseif(arg_CREATE_ROLE AND arg_ROLE MATCHES "${arn}")
    _lambda_python_fail("${who}" "CREATE_ROLE makes a role by its name; got \"${arg_ROLE}\"")
  endif()
  string(LENGTH "${arg_DESCRIPTION}" length)
  if(length GREATER 256)
    _lambda_python_fail("${who}" "DESCRIPTION must have up to 256 characters; got ${length}")
  endif()
  if(DEFINED arg_ALIAS AND (NOT arg_ALIAS MATCHES "^[A-Za-z0-9_-]+$" OR arg_ALIAS MATCHES "^[0-9]+$"))
    _lambda_python_fail("${who}"
      "ALIAS must be letters, digits, \"-\" and \"_\", and no number; got \"${arg_ALIAS}\"")
  endif()
  if(DEFINED arg_S3_BUCKET AND NOT arg_S3_BUCKET MATCHES "^[a-z0-9][a-z0-9.-]+[a-z0-9]$")
    _lambda_python_fail("${who}" "S3_BUCKET must be the name of a bucket; got \"${arg_S3_BUCKET}\"")
  endif()

  set(seen "")
  foreach(tag IN LISTS arg_TAGS)
    if(tag MATCHES "^[Aa][Ww][Ss]:" OR NOT tag MATCHES "^([^=]+)=.*$")
      _lambda_python_fail("${who}" "TAGS must be <key>=<value>, and no key begins with \"aws:\"; got \"${tag}\"")
    elseif(CMAKE_MATCH_1 IN_LIST seen)
      _lambda_python_fail("${who}" "TAGS has \"${CMAKE_MATCH_1}\" twice")
    endif()
    list(APPEND seen "${CMAKE_MATCH_1}")
  endforeach()
endfunction()

# _lambda_python_deploy_targets()
#
# Defines <name>_deploy, <name>_remote_invoke and <name>_handoff, and puts the function among those of lambda_deploy and
# lambda_handoff, from the variables of lambda_python_package(). What AWS has is not the build tool's to know, so that
# they run whenever they are asked for.
function(_lambda_python_deploy_targets)
  set(settings --settings "${work}/function.json")
  add_custom_target(${name}_deploy
    COMMAND LambdaPython::tool deploy ${settings}
    COMMENT ""
    USES_TERMINAL
    VERBATIM)
  add_dependencies(${name}_deploy ${name}_zip)
  set_property(TARGET lambda_deploy APPEND PROPERTY LAMBDA_PYTHON_SETTINGS ${settings})
  add_dependencies(lambda_deploy ${name}_zip)

  add_custom_target(${name}_remote_invoke
    COMMAND LambdaPython::tool remote-invoke ${settings}
    COMMENT ""
    USES_TERMINAL
    VERBATIM)

  cmake_path(REMOVE_EXTENSION zip LAST_ONLY OUTPUT_VARIABLE handoff)
  add_custom_target(${name}_handoff
    COMMAND LambdaPython::tool handoff ${settings} --manifest "${zip}.json" --output "${handoff}.handoff"
    COMMENT ""
    VERBATIM)
  add_dependencies(${name}_handoff ${name}_zip)
  add_dependencies(lambda_handoff ${name}_handoff)
endfunction()
