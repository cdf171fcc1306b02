# One build, one LambdaPython, by whichever way and however often it comes into it.

# _lambda_python_first(<version> <folder> <result>)
#
# Sets <result> to whether LambdaPython <version>, which lies in <folder>, is the first in this build. The same version
# a second time is served by the first; another one is an error, since all of them would define the same functions.
function(_lambda_python_first version folder result)
  get_property(first GLOBAL PROPERTY LAMBDA_PYTHON_VERSION)
  if("${first}" STREQUAL "")
    set_property(GLOBAL PROPERTY LAMBDA_PYTHON_VERSION "${version}")
    set_property(GLOBAL PROPERTY LAMBDA_PYTHON_FOLDER "${folder}")
    set(${result} TRUE PARENT_SCOPE)
    return()
  endif()
  set(${result} FALSE PARENT_SCOPE)
  if(NOT first STREQUAL version)
    get_property(first_folder GLOBAL PROPERTY LAMBDA_PYTHON_FOLDER)
    message(FATAL_ERROR "LambdaPython ${version} (${folder}) can't join this build: it has version ${first} \
(${first_folder}) already; bring in one of them only")
  endif()
endfunction()
