# The helper that the steps run: lambda-pack, and beside it lambda-pack-full, which the first starts for what needs
# the network or unpacking. The rest knows them as LambdaPython::tool and LambdaPython::tool_full.

# _lambda_python_import_helper(<installed>)
#
# Defines both from LAMBDA_PYTHON_TOOL, else from <installed>, the lambda-pack of an install tree. Where that is empty,
# which is when cross compiling from source, from a lambda-pack on the PATH: a helper compiled for another machine could
# not run here.
function(_lambda_python_import_helper installed)
  if(NOT LAMBDA_PYTHON_TOOL AND installed)
    set(LAMBDA_PYTHON_TOOL "${installed}")
  elseif(NOT LAMBDA_PYTHON_TOOL)
    find_program(LAMBDA_PYTHON_TOOL lambda-pack NO_CMAKE_FIND_ROOT_PATH
      DOC "A lambda-pack that runs on this machine")
    mark_as_advanced(LAMBDA_PYTHON_TOOL)
  endif()
  if(NOT LAMBDA_PYTHON_TOOL)
    _lambda_python_fail(LambdaPython "cross compiling needs a lambda-pack that runs on this machine; \
set LAMBDA_PYTHON_TOOL to it, put it on the PATH, or have it compiled with LAMBDA_PYTHON_HOST_BUILD=ON")
  endif()
  _lambda_python_absolute("${LAMBDA_PYTHON_TOOL}" "${CMAKE_SOURCE_DIR}" tool)
  if(NOT EXISTS "${tool}" OR IS_DIRECTORY "${tool}")
    _lambda_python_fail(LambdaPython "LAMBDA_PYTHON_TOOL must be a lambda-pack program; got \"${tool}\"")
  endif()
  add_executable(LambdaPython::tool IMPORTED GLOBAL)
  set_property(TARGET LambdaPython::tool PROPERTY IMPORTED_LOCATION "${tool}")
  if(EXISTS "${tool}-full")
    add_executable(LambdaPython::tool_full IMPORTED GLOBAL)
    set_property(TARGET LambdaPython::tool_full PROPERTY IMPORTED_LOCATION "${tool}-full")
  endif()
endfunction()
