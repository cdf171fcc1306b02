# One rule a step of the helper: a stamp, artifacts that are replaced only when their bytes differ, and a depfile.

# _lambda_python_step(<step> TARGET <target> WORK <folder> COMMENT <text>
#                     [BYPRODUCTS <file>...] [DEPENDS <file or target>...] [USES_TERMINAL])
#
# The rule that runs "lambda-pack <step>" and leaves <folder>/<step>.stamp. <target> is the one target that will
# own the stamp: a stamp in two targets is made twice at once by "make -j".
function(_lambda_python_step step)
  cmake_parse_arguments(PARSE_ARGV 1 arg "USES_TERMINAL" "TARGET;WORK;COMMENT" "BYPRODUCTS;DEPENDS")
  set(helper LambdaPython::tool)
  if(TARGET LambdaPython::tool_full)
    list(APPEND helper LambdaPython::tool_full)
  endif()

  set(byproducts "")
  if(arg_BYPRODUCTS)
    set(byproducts BYPRODUCTS ${arg_BYPRODUCTS})
  endif()

  # Only Ninja shows a job's output late; elsewhere the helper writes to the terminal anyway.
  set(terminal "")
  if(arg_USES_TERMINAL AND CMAKE_GENERATOR MATCHES "Ninja")
    set(terminal USES_TERMINAL)
  endif()

  _lambda_python_forget(${arg_TARGET} forget)
  _lambda_python_beginning("${arg_WORK}/${step}.began" beginning)
  add_custom_command(
    OUTPUT "${arg_WORK}/${step}.stamp"
    ${byproducts}
    ${forget}
    COMMAND LambdaPython::tool ${step} --settings "${arg_WORK}/settings.json"
    DEPENDS "${arg_WORK}/settings.json" ${beginning} ${helper} ${arg_DEPENDS}
    DEPFILE "${arg_WORK}/${step}.d"
    COMMENT "${arg_COMMENT}"
    ${terminal}
    VERBATIM)
endfunction()

# _lambda_python_work_folder(<name> <result>)
#
# Sets <result> to the folder for the stamps, depfiles and artifacts of the package or layer <name>: one for each
# configuration where there are several.
function(_lambda_python_work_folder name result)
  set(work "${CMAKE_CURRENT_BINARY_DIR}/${name}.lambda")
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(multi_config)
    string(APPEND work "/$<CONFIG>")
  endif()
  set(${result} "${work}" PARENT_SCOPE)
endfunction()

# _lambda_python_build_command(<target> <result>)
#
# Sets <result> to the command that builds <target>, in the configuration that is being built where there are several.
function(_lambda_python_build_command target result)
  set(command "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}" --target ${target})
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(multi_config)
    list(APPEND command --config "$<CONFIG>")
  endif()
  set(${result} "${command}" PARENT_SCOPE)
endfunction()

# _lambda_python_forget(<target> <result>)
#
# Sets <result> to what the rules of <target> run first.
#
# The Makefiles of CMake 3.23 to 3.31 add to the dependencies they remember instead of replacing them, and a file that
# was deleted would keep the stamp out of date for ever. Forgotten, they are read again from the depfiles.
function(_lambda_python_forget target result)
  set(${result} "" PARENT_SCOPE)
  if(CMAKE_GENERATOR MATCHES "Makefiles"
     AND CMAKE_VERSION VERSION_GREATER_EQUAL 3.23 AND CMAKE_VERSION VERSION_LESS 4)
    set(${result} COMMAND "${CMAKE_COMMAND}" -E rm -f
      "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/compiler_depend.internal" PARENT_SCOPE)
  endif()
endfunction()

# _lambda_python_beginning(<file> <result>)
#
# Sets <result> to <file> where a rule must depend on it, else to nothing. The helper gives <file> the time at
# which the step began.
#
# A Ninja before 1.12 records for a rule that left an artifact as it was not the time of the run, but that of the
# newest file that it knew to be an input when it began. From CMake 3.29 on, where Ninja keeps the depfile's
# content to itself, a file that is newer and was only found by this very run would make the step run once more. A
# file that is known, and whose time is that of the run, stands for all others.
function(_lambda_python_beginning file result)
  set(${result} "" PARENT_SCOPE)
  if(NOT CMAKE_GENERATOR MATCHES "Ninja" OR CMAKE_VERSION VERSION_LESS 3.29)
    return()
  endif()
  get_property(version GLOBAL PROPERTY LAMBDA_PYTHON_NINJA_VERSION)
  if(NOT version)
    execute_process(COMMAND "${CMAKE_MAKE_PROGRAM}" --version
      OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
    set_property(GLOBAL PROPERTY LAMBDA_PYTHON_NINJA_VERSION "${version}")
  endif()
  if(version VERSION_LESS 1.12)
    file(GENERATE OUTPUT "${file}" CONTENT "")
    set(${result} "${file}" PARENT_SCOPE)
  endif()
endfunction()

# _lambda_python_selection(<folder> <result>)
#
# Sets <result> to the file that changes exactly when the selection does; a rule of the export's own target that
# depends on it runs after the export, and only then.
#
# Ninja compares selection.json before and after ("restat"). Makefiles have no rule for a byproduct; there a copy
# stands for it, which keeps its time while the selection stays the same, and make looks at it again after the
# rule.
function(_lambda_python_selection folder result)
  set(selection "${folder}/selection.json")
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    add_custom_command(
      OUTPUT "${folder}/selection.copy"
      COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${selection}" "${folder}/selection.copy"
      DEPENDS "${folder}/export.stamp"
      COMMENT ""
      VERBATIM)
    set(selection "${folder}/selection.copy")
  endif()
  set(${result} "${selection}" PARENT_SCOPE)
endfunction()
