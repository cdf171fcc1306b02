# The helper as part of another build: what that build set for its own C++ code ends at this folder. It is a tool
# of the build and not a part of the product, so it is compiled in the one way it is tested, optimised, whatever
# the flags, configurations and checkers of the product are. Included by the folder's CMakeLists.txt, below all of
# whose targets the settings hold.

set_directory_properties(PROPERTIES
  COMPILE_OPTIONS "" COMPILE_DEFINITIONS "" INCLUDE_DIRECTORIES ""
  LINK_OPTIONS "" LINK_DIRECTORIES "" LINK_LIBRARIES "")

# What targets take their properties from, and checks their flags. A cache entry can't be removed for this folder
# alone, only hidden.
get_directory_property(inherited VARIABLES)
string(CONCAT foreign
  "^CMAKE_("
  "CXX_(CLANG_TIDY|CPPCHECK|CPPLINT|ICSTAT|INCLUDE_WHAT_YOU_USE|PVS_STUDIO|STANDARD_LIBRARIES|VISIBILITY_PRESET)"
  "|CXX_FLAGS.*|(EXE|STATIC)_LINKER_FLAGS.*|EXECUTABLE_SUFFIX.*|OSX_(ARCHITECTURES|DEPLOYMENT_TARGET)"
  "|COMPILE_WARNING_AS_ERROR|INTERPROCEDURAL_OPTIMIZATION.*|UNITY_BUILD.*|LINK_WHAT_YOU_USE"
  "|LINK_LIBRARIES_ONLY_TARGETS|AUTOMOC|AUTORCC|AUTOUIC|MACOSX_BUNDLE|MODULE_PATH|REQUIRED_.*"
  ")$")
foreach(variable IN LISTS inherited)
  if(variable MATCHES "${foreign}" AND NOT variable MATCHES "_INIT$")
    unset(${variable})
    if(DEFINED CACHE{${variable}})
      set(${variable} "")
    endif()
  endif()
endforeach()
unset(CMAKE_CXX_VISIBILITY_PRESET)  # hidden as an empty text it would be an error
if(DEFINED CACHE{CMAKE_CXX_VISIBILITY_PRESET})
  set(CMAKE_CXX_VISIBILITY_PRESET default)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# Every configuration is a release here. The configuration itself stays the consumer's: it is part of paths that
# the consumer's folders work out for themselves.
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${LambdaPython_BINARY_DIR}/lib")
set(CMAKE_CXX_FLAGS "")
if(NOT CMAKE_CONFIGURATION_TYPES AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS_RELEASE_INIT}")
endif()
foreach(configuration IN ITEMS ${CMAKE_CONFIGURATION_TYPES} ${CMAKE_BUILD_TYPE})
  string(TOUPPER "${configuration}" suffix)
  set(folder "")
  if(CMAKE_CONFIGURATION_TYPES)
    set(folder "/${configuration}")
  endif()
  set(CMAKE_CXX_FLAGS_${suffix} "${CMAKE_CXX_FLAGS_RELEASE_INIT}")
  set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY_${suffix} "${CMAKE_ARCHIVE_OUTPUT_DIRECTORY}${folder}")
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY_${suffix} "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}${folder}")
endforeach()
