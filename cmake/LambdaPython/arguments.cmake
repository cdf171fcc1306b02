# What every public function does with its arguments before it believes them.

# _lambda_python_fail(<who> <text>)
#
# Ends the configuration with "<who>: <text>", where <who> is the call as the user wrote it: "function(name)".
function(_lambda_python_fail who text)
  message(FATAL_ERROR "${who}: ${text}")
endfunction()

# _lambda_python_check_arguments(<who> <arguments> <options> <singles> <lists>)
#
# Refuses what cmake_parse_arguments() lets pass: unknown and repeated arguments, arguments without a value, empty
# values (dropped without a word before CMake 3.31), and a value that is given twice. <arguments> is the call's own
# list, empty elements included.
function(_lambda_python_check_arguments who arguments options singles lists)
  set(seen "")       # keywords so far
  set(values "")     # values of the current keyword so far
  set(keyword "")    # the current keyword
  set(takes nothing) # nothing | one | many: what may follow
  foreach(argument IN LISTS arguments)
    if(argument IN_LIST options OR argument IN_LIST singles OR argument IN_LIST lists)
      _lambda_python_check_has_value("${who}" "${keyword}" "${takes}" "${values}")
      if(argument IN_LIST seen)
        _lambda_python_fail("${who}" "${argument} is given twice")
      endif()
      list(APPEND seen "${argument}")
      set(keyword "${argument}")
      set(values "")
      set(takes nothing)
      if(argument IN_LIST singles)
        set(takes one)
      elseif(argument IN_LIST lists)
        set(takes many)
      endif()
      continue()
    endif()

    if(keyword IN_LIST lists AND keyword MATCHES "^(PYTEST_ARGS|PROPERTIES)$")
      list(APPEND values "${argument}")
      continue()  # words of others' languages, which may be anything
    endif()
    _lambda_python_looks_like_keyword(unknown "${keyword}" "${argument}")
    if(takes STREQUAL "nothing" OR unknown)
      _lambda_python_fail("${who}" "unknown argument \"${argument}\"")
    elseif(argument STREQUAL "")
      _lambda_python_fail("${who}" "${keyword} has an empty value")
    elseif(argument IN_LIST values)
      _lambda_python_fail("${who}" "${keyword} has \"${argument}\" twice")
    endif()
    list(APPEND values "${argument}")
    if(takes STREQUAL "one")
      set(takes nothing)
    endif()
  endforeach()
  _lambda_python_check_has_value("${who}" "${keyword}" "${takes}" "${values}")
endfunction()

function(_lambda_python_check_has_value who keyword takes values)
  if(NOT takes STREQUAL "nothing" AND values STREQUAL "")
    _lambda_python_fail("${who}" "${keyword} needs a value")
  endif()
endfunction()

# Whether <value>, found after <keyword>, is rather an argument that this function does not have: otherwise a
# misspelt argument would count as one more value of the list before it. Names of groups, extras and distributions
# can always be written in lower case; globs and files can not, so that there only the words that are arguments
# somewhere in this package are taken for one.
function(_lambda_python_looks_like_keyword result keyword value)
  set(names DISTRIBUTIONS GROUPS EXTRAS PROVIDED SOURCE_BUILDS TESTS)
  _lambda_python_keywords(reserved)
  set(${result} FALSE PARENT_SCOPE)
  if(value IN_LIST reserved OR (keyword IN_LIST names AND value MATCHES "^[A-Z][A-Z_]+$"))
    set(${result} TRUE PARENT_SCOPE)
  endif()
endfunction()

# _lambda_python_keywords(<result>)
#
# Sets <result> to the words that are arguments of a function that makes a package or a layer.
function(_lambda_python_keywords result)
  set(${result}
    ALIAS ARCHITECTURE ARCHITECTURES BUILD_ENVIRONMENT BYTECODE CREATE_ROLE DEPENDS DESCRIPTION DISTRIBUTIONS ENVIRONMENT
    EVENT EXCLUDE EXCLUDE_FROM_ALL EXTENSIONS EXTENSION_PACKAGE EXTERNAL_LAYERS EXTRAS FILES FUNCTION_NAME GROUPS HANDLER
    LAYER_NAME LAYERS LOCK MEMBER MEMORY OUTPUT_DIRECTORY OUTPUT_NAME PROVIDED ROLE RUNTIME RUNTIMES S3_BUCKET
    SOURCE_BUILDS SOURCE_DIR STRIP_EXTENSIONS TAGS TIMEOUT PARENT_SCOPE)
endfunction()

# _lambda_python_runtimes(<result>)
#
# Sets <result> to the runtimes that Lambda has for Python.
function(_lambda_python_runtimes result)
  set(${result} python3.8 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 PARENT_SCOPE)
endfunction()

# _lambda_python_choice(<who> <argument> <default> <allowed> <result>)
#
# Sets <result> to the caller's arg_<argument>, else to the variable LAMBDA_PYTHON_<argument>, else to <default>,
# and refuses what is not in the list <allowed>. An empty <default> makes the argument a required one.
function(_lambda_python_choice who argument default allowed result)
  set(value "${default}")
  set(origin "")
  if(DEFINED arg_${argument})
    set(value "${arg_${argument}}")
  elseif(NOT "${LAMBDA_PYTHON_${argument}}" STREQUAL "")
    set(value "${LAMBDA_PYTHON_${argument}}")
    set(origin " (from LAMBDA_PYTHON_${argument})")
  endif()
  if(value STREQUAL "")
    _lambda_python_fail("${who}"
      "${argument} is missing: give it here, or set LAMBDA_PYTHON_${argument} for all packages")
  endif()
  if(NOT value IN_LIST allowed)
    list(JOIN allowed ", " text)
    string(REGEX REPLACE ", ([^,]*)$" " or \\1" text "${text}")
    _lambda_python_fail("${who}" "${argument} must be ${text}; got \"${value}\"${origin}")
  endif()
  set(${result} "${value}" PARENT_SCOPE)
endfunction()

# _lambda_python_check_number(<who> <argument> <least> <most>)
#
# Refuses a caller's arg_<argument> that is not a whole number from <least> to <most>.
function(_lambda_python_check_number who argument least most)
  set(value "${arg_${argument}}")
  if(DEFINED arg_${argument}
     AND (NOT value MATCHES "^[1-9][0-9]*$" OR value LESS least OR value GREATER most))
    _lambda_python_fail("${who}" "${argument} must be a whole number from ${least} to ${most}; got \"${value}\"")
  endif()
endfunction()

# _lambda_python_absolute(<path> <base> <result>)
#
# Sets <result> to the normal form of <path>, without a slash at its end; a relative one is below <base>.
function(_lambda_python_absolute path base result)
  cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY "${base}" NORMALIZE)
  string(REGEX REPLACE "(.)/$" "\\1" path "${path}")
  set(${result} "${path}" PARENT_SCOPE)
endfunction()
