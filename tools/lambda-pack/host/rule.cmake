# LambdaPython::tool as the product of a nested build, in which nothing of the target's toolchain counts: neither its
# file nor what the environment script of an SDK has set.

# _lambda_python_host_build()
#
# Defines LambdaPython::tool and LambdaPython::tool_full, built when something first needs them, and again when a source
# of theirs has changed. LAMBDA_PYTHON_HOST_TOOLCHAIN_FILE chooses a compiler and libraries of this machine.
function(_lambda_python_host_build)
  set(source "${LambdaPython_SOURCE_DIR}/tools/lambda-pack")
  set(build "${LambdaPython_BINARY_DIR}/host")
  set(programs "${build}/lambda-python/bin/lambda-pack" "${build}/lambda-python/bin/lambda-pack-full")
  set(stamp "${build}.stamp")
  # A list of sources made here is never out of date: a new one stands in a CMakeLists.txt, which is on the list.
  file(GLOB_RECURSE inputs "${source}/*.cpp" "${source}/*.hpp" "${source}/*.in" "${source}/*.py"
    "${source}/*.cmake" "${source}/CMakeLists.txt")

  set(choices -DCMAKE_BUILD_TYPE=Release)
  if(CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    string(REPLACE " Multi-Config" "" generator "${CMAKE_GENERATOR}")
    list(APPEND choices -G "${generator}" "-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}")
  endif()
  if(LAMBDA_PYTHON_HOST_TOOLCHAIN_FILE)
    _lambda_python_absolute("${LAMBDA_PYTHON_HOST_TOOLCHAIN_FILE}" "${CMAKE_SOURCE_DIR}" toolchain)
    if(NOT EXISTS "${toolchain}")
      _lambda_python_fail(LambdaPython "LAMBDA_PYTHON_HOST_TOOLCHAIN_FILE must be a toolchain file; got \"${toolchain}\"")
    endif()
    list(APPEND choices "-DCMAKE_TOOLCHAIN_FILE=${toolchain}")
    list(APPEND inputs "${toolchain}")
  endif()
  cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)
  set(clean "${CMAKE_COMMAND}" -E env)
  foreach(variable IN ITEMS AR CC CXX CPP LD CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH
      LIBRARY_PATH PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR CMAKE_TOOLCHAIN_FILE CMAKE_GENERATOR
      CMAKE_CONFIG_TYPE DESTDIR MAKEFLAGS MFLAGS MAKELEVEL)
    list(APPEND clean "--unset=${variable}")
  endforeach()
  # The stamp is new after each run; a program is only when it was linked again.
  add_custom_command(OUTPUT "${stamp}" BYPRODUCTS ${programs}
    COMMAND ${clean} "${CMAKE_COMMAND}" -S "${source}/host" -B "${build}" ${choices}
    COMMAND ${clean} "${CMAKE_COMMAND}" --build "${build}" --parallel ${processors}
      --target lambda-pack --target lambda-pack-full
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS ${inputs}
    COMMENT "Compiling lambda-pack for this machine"
    USES_TERMINAL VERBATIM)
  add_custom_target(lambda_pack_host DEPENDS "${stamp}")
  list(GET programs 0 light)
  list(GET programs 1 full)
  add_executable(LambdaPython::tool IMPORTED GLOBAL)
  set_property(TARGET LambdaPython::tool PROPERTY IMPORTED_LOCATION "${light}")
  add_executable(LambdaPython::tool_full IMPORTED GLOBAL)
  set_property(TARGET LambdaPython::tool_full PROPERTY IMPORTED_LOCATION "${full}")
  add_dependencies(LambdaPython::tool lambda_pack_host)
  add_dependencies(LambdaPython::tool_full lambda_pack_host)
endfunction()
