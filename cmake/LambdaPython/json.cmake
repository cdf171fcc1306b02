# JSON (RFC 8259) for the helper's settings.

# _lambda_python_json_string(<text> <result>)
#
# Sets <result> to <text> as a JSON string, quotes included.
function(_lambda_python_json_string text result)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(ASCII 1 first)
  string(ASCII 31 last)
  if(text MATCHES "[${first}-${last}]")
    foreach(code RANGE 1 31)
      string(ASCII ${code} character)
      math(EXPR hexadecimal "0x10000 + ${code}" OUTPUT_FORMAT HEXADECIMAL)
      string(SUBSTRING "${hexadecimal}" 3 4 hexadecimal)
      string(REPLACE "${character}" "\\u${hexadecimal}" text "${text}")
    endforeach()
  endif()
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# _lambda_python_json_array(<list> <result>)
#
# Sets <result> to <list> as a JSON array of strings.
function(_lambda_python_json_array list result)
  set(json "")
  foreach(element IN LISTS list)
    _lambda_python_json_string("${element}" element)
    string(APPEND json ", ${element}")
  endforeach()
  string(REGEX REPLACE "^, " "" json "${json}")
  set(${result} "[${json}]" PARENT_SCOPE)
endfunction()

# _lambda_python_json_files(<list> <result>)
#
# Sets <result> to the JSON array of those elements of <list>, the DEPENDS of a rule, that are files, as absolute
# paths. Which ones are targets is decided by a generator expression, since a target may be defined after the call.
function(_lambda_python_json_files list result)
  set(json "")
  foreach(element IN LISTS list)
    if(element MATCHES "\\$<")
      _lambda_python_json_string("${element}" element)
      list(APPEND json "${element}")
      continue()
    elseif(TARGET "${element}")
      continue()
    endif()
    set(base "${CMAKE_CURRENT_SOURCE_DIR}")
    if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${element}")
      set(base "${CMAKE_CURRENT_BINARY_DIR}")  # as add_custom_command() looks for it
    endif()
    _lambda_python_absolute("${element}" "${base}" path)
    _lambda_python_json_string("${path}" path)
    string(REPLACE ">" "$<ANGLE-R>" path "${path}")
    string(REPLACE "," "$<COMMA>" path "${path}")
    if(element MATCHES "^[A-Za-z0-9_.+:-]+$")
      set(path "$<$<NOT:$<TARGET_EXISTS:${element}>>:${path}>")
    endif()
    list(APPEND json "${path}")
  endforeach()
  set(${result} "[$<JOIN:$<FILTER:${json},INCLUDE,.>,$<COMMA> >]" PARENT_SCOPE)
endfunction()
