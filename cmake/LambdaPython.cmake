# Everything a consumer gets: the public functions of LambdaPython/*.cmake.
#
# Functions run with the policies that were in force where they were defined, so the settings below hold for every
# consumer, whatever policies it has chosen, and end with this file.
cmake_policy(PUSH)
cmake_policy(VERSION 3.22...4.1)

include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/arguments.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/json.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/interpreter.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/helper.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/private_cache.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/steps.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/settings.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/function.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/deploy.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/extensions.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/add_extension.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/umbrellas.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/package.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/layer.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/discover.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/install.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/LambdaPython/test.cmake")

cmake_policy(POP)
