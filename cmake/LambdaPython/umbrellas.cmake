# The targets over all packages: lambda_export, lambda_stage, lambda_zip, lambda_handoff, lambda_serve, lambda_deploy,
# lambda_list.

# _lambda_python_umbrellas()
#
# Defines them. None is part of `all`: each package decides that for itself.
function(_lambda_python_umbrellas)
  foreach(step IN ITEMS export stage zip handoff)
    add_custom_target(lambda_${step})
  endforeach()

  _lambda_python_run_all(lambda_serve serve --watch)  # after an edit, the next invocation runs the new code
  _lambda_python_run_all(lambda_deploy deploy)

  # The property is complete when CMake generates, after the last package.
  set(list "${CMAKE_CURRENT_BINARY_DIR}/lambda_list.txt")
  file(GENERATE OUTPUT "${list}" CONTENT "$<JOIN:$<TARGET_PROPERTY:lambda_list,LAMBDA_PYTHON_PACKAGES>,\n>\n")
  add_custom_target(lambda_list COMMAND "${CMAKE_COMMAND}" -E cat "${list}"
    COMMENT "Packages and their targets:" VERBATIM)
  set_property(TARGET lambda_list PROPERTY LAMBDA_PYTHON_PACKAGES "")
endfunction()

# _lambda_python_run_all(<target> <argument>...)
#
# Defines the target that runs the helper once for all functions: those in its property LAMBDA_PYTHON_SETTINGS.
function(_lambda_python_run_all target)
  add_custom_target(${target}
    COMMAND LambdaPython::tool ${ARGN}
      "$<TARGET_GENEX_EVAL:${target},$<TARGET_PROPERTY:${target},LAMBDA_PYTHON_SETTINGS>>"
    COMMENT ""
    COMMAND_EXPAND_LISTS
    USES_TERMINAL
    VERBATIM)
endfunction()

# _lambda_python_announce(<name> <what> <step>...)
#
# Puts the package or layer <name> below the umbrellas; <what> says in a few words what it is, and the steps are the ends
# of its targets' names.
function(_lambda_python_announce name what)
  foreach(step IN ITEMS export stage zip)
    add_dependencies(lambda_${step} ${name}_${step})
  endforeach()
  set(targets ${ARGN})
  list(TRANSFORM targets PREPEND "${name}_")
  list(JOIN targets " " targets)
  set_property(TARGET lambda_list APPEND PROPERTY LAMBDA_PYTHON_PACKAGES "${name} (${what}): ${targets}")
endfunction()
