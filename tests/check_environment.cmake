# Is the environment that the Python tests run in there, and made from the requirements as they are now?
# cmake -DVENV=<folder> -DREQUIREMENTS=<file> -P check_environment.cmake
foreach(file IN ITEMS "${VENV}/bin/python" "${VENV}/requirements.txt")
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "The tests' Python environment is missing: no ${file}. Run tools/test, which makes it.")
  endif()
endforeach()
file(READ "${REQUIREMENTS}" wanted)
file(READ "${VENV}/requirements.txt" made_from)
if(NOT wanted STREQUAL made_from)
  message(FATAL_ERROR "The tests' Python environment is older than ${REQUIREMENTS}. Run tools/test, which renews it.")
endif()
