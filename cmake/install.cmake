# The install tree: the two programs and the package that find_package(LambdaPython) finds. All paths in it are
# relative, so that it can be moved, packed and unpacked elsewhere.
include(CMakePackageConfigHelpers)

set(LAMBDA_PYTHON_INSTALL_BINDIR bin)
set(folder share/cmake/LambdaPython)
configure_package_config_file(cmake/LambdaPythonConfig.cmake.in LambdaPythonConfig.cmake
  INSTALL_DESTINATION ${folder}
  NO_SET_AND_CHECK_MACRO
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Independent of the architecture: the helper runs on the machine that builds, whatever is built there.
write_basic_package_version_file(LambdaPythonConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(PROGRAMS "$<TARGET_FILE:LambdaPython::tool>" "$<TARGET_FILE:LambdaPython::tool_full>"
  DESTINATION ${LAMBDA_PYTHON_INSTALL_BINDIR})
install(DIRECTORY cmake/LambdaPython DESTINATION ${folder})
install(FILES cmake/LambdaPython.cmake
    "${CMAKE_CURRENT_BINARY_DIR}/LambdaPythonConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/LambdaPythonConfigVersion.cmake"
  DESTINATION ${folder})
install(FILES LICENSE DESTINATION share/doc/lambda-python)
