# Searching without a trace.
#
# The results of find_package() and find_library() live in the cache, where a search of the consumer's own would
# take them for its own: OPENSSL_INCLUDE_DIR, once set, hides an OPENSSL_ROOT_DIR that comes later. Between these
# two calls such entries are put aside under names of this project, and put back the next time, so that it searches
# only once.

# _lambda_python_begin_private_cache()
function(_lambda_python_begin_private_cache)
  get_cmake_property(before CACHE_VARIABLES)
  set_property(GLOBAL PROPERTY LAMBDA_PYTHON_CACHE_BEFORE "${before}")
  foreach(variable IN LISTS _LAMBDA_PYTHON_CACHED)
    if(NOT variable IN_LIST before)
      set(${variable} "${_LAMBDA_PYTHON_CACHED_${variable}}" CACHE INTERNAL "")
    endif()
  endforeach()
endfunction()

# _lambda_python_end_private_cache()
function(_lambda_python_end_private_cache)
  get_property(before GLOBAL PROPERTY LAMBDA_PYTHON_CACHE_BEFORE)
  get_cmake_property(new CACHE_VARIABLES)
  list(REMOVE_ITEM new ${before})
  list(FILTER new EXCLUDE REGEX "^_?LAMBDA_PYTHON_")
  if("prefix_result" IN_LIST new)  # FindPkgConfig's last answer to anything, and no result: another one each time
    list(REMOVE_ITEM new prefix_result)
    unset(prefix_result CACHE)
  endif()
  foreach(variable IN LISTS new)
    set(_LAMBDA_PYTHON_CACHED_${variable} "$CACHE{${variable}}" CACHE INTERNAL "")
    unset(${variable} CACHE)
  endforeach()
  set(_LAMBDA_PYTHON_CACHED "${new}" CACHE INTERNAL "")
endfunction()
