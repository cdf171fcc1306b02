#[=======================================================================[.rst:
.. command:: lambda_python_discover

  Finds every Python project below a folder, and packages them all:

  .. code-block:: cmake

    lambda_python_discover(<variable>
      [DIRECTORY <folder>]
      [SKIP <glob>...]
      [ALL <argument>...]
      [FOR <name> <argument>...]...)

  For a monorepo whose functions are alike, this is all that its ``CMakeLists.txt`` needs:

  .. code-block:: cmake

    lambda_python_discover(services DIRECTORY services
      ALL         HANDLER <module>.handler.handler RUNTIME python3.13
      FOR reports MEMORY 1024 EXTRAS pdf
      FOR legacy  HANDLER handler.main RUNTIME python3.12)

  A folder is a project when it has a ``pyproject.toml``, or a ``requirements.txt`` beside Python files. What lies below
  a project is part of it, and ``DIRECTORY`` itself is never one, so that it may be the root of a workspace. Hidden
  folders, links back to a folder above, virtual environments, build trees, caches and ``node_modules`` are not looked
  into.

  The name of a project is its path below ``DIRECTORY``, with ``-`` for ``/``: ``services/eu/billing`` is ``eu-billing``.
  ``<variable>`` is set to the names, sorted, and ``<variable>_<name>_SOURCE_DIR`` to each project's folder, for those
  who call :command:`lambda_python_package` themselves:

  .. code-block:: cmake

    lambda_python_discover(services DIRECTORY services)
    foreach(name IN LISTS services)
      lambda_python_package(${name} SOURCE_DIR "${services_${name}_SOURCE_DIR}" HANDLER app.handler)
    endforeach()

  ``DIRECTORY``
    The folder that is searched, from the current source directory, which is the default.

  ``SKIP``
    Globs of paths below ``DIRECTORY`` that are left out, with all that is below them: ``libs``, ``*/experiments``.

  ``ALL``
    Calls :command:`lambda_python_package` for every project, with these arguments. In them ``<name>`` stands for the
    project's name, and ``<module>`` for its folder's name as Python can import it: ``order-service`` is
    ``order_service``.

  ``FOR``
    What one project has instead: each argument here replaces that of the same keyword in ``ALL``, which may be left out.
    In both, ``<source>`` stands for the project's folder, as in ``EVENT <source>/event.json``.

  A new project is found by the next build, without configuring by hand: CMake configures again when an entry of a folder
  that was searched appears or vanishes. Neither a lock nor a ``pyproject.toml`` is read.
#]=======================================================================]
function(lambda_python_discover variable)
  set(who "lambda_python_discover(${variable})")
  cmake_parse_arguments(PARSE_ARGV 1 call "" "" "")
  _lambda_python_discover_arguments("${who}" "${call_UNPARSED_ARGUMENTS}")
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}")
  if(NOT directory STREQUAL "")
    _lambda_python_absolute("${directory}" "${CMAKE_CURRENT_SOURCE_DIR}" folder)
  endif()
  if(NOT IS_DIRECTORY "${folder}")
    _lambda_python_fail("${who}" "DIRECTORY must be a folder; got \"${folder}\"")
  endif()

  set(searched "")
  _lambda_python_projects_below("${folder}" "" "" projects)
  if(projects STREQUAL "")
    _lambda_python_fail("${who}" "no project below \"${folder}\"; a project is a folder with a pyproject.toml, or \
with a requirements.txt beside Python files")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${searched}")

  set(names "")
  foreach(project IN LISTS projects)
    string(REPLACE "/" "-" name "${project}")
    if(name IN_LIST names)
      _lambda_python_fail("${who}" "two projects would be called \"${name}\": ${project_of_${name}} and ${project}; SKIP one")
    endif()
    list(APPEND names "${name}")
    set(project_of_${name} "${project}")
    set("${variable}_${name}_SOURCE_DIR" "${folder}/${project}" PARENT_SCOPE)
  endforeach()
  list(SORT names)
  set("${variable}" "${names}" PARENT_SCOPE)
  _lambda_python_check_discovered("${who}")
  if(has_packages)
    foreach(name IN LISTS names)
      _lambda_python_package_discovered("${name}" "${folder}/${project_of_${name}}")
    endforeach()
  endif()
endfunction()

# Sets, for lambda_python_discover(): directory, skip, common, named, for_<name>, has_packages.
function(_lambda_python_discover_arguments who arguments)
  set(directory "")
  set(skip "")
  set(common "")
  set(named "")
  set(seen "")
  set(into "")     # the variable that takes what follows
  set(keyword "")  # and what the user calls it
  foreach(argument IN LISTS arguments)
    string(REPLACE ";" "\\;" element "${argument}")
    if(argument MATCHES "^(DIRECTORY|SKIP|ALL|FOR)$")
      _lambda_python_discover_has_value("${who}")
      if(argument IN_LIST seen AND NOT argument STREQUAL "FOR")
        _lambda_python_fail("${who}" "${argument} is given twice")
      endif()
      list(APPEND seen "${argument}")
      set(keyword "${argument}")
      string(TOLOWER "${argument}" into)
      if(argument STREQUAL "ALL")
        set(into common)
      endif()
    elseif(into STREQUAL "for")
      if(argument IN_LIST named)
        _lambda_python_fail("${who}" "FOR \"${argument}\" is given twice")
      endif()
      list(APPEND named "${element}")
      set(keyword "FOR ${argument}")
      set(into "for_${argument}")
      set(${into} "")
    elseif(into STREQUAL "" OR (into STREQUAL "directory" AND NOT directory STREQUAL ""))
      _lambda_python_fail("${who}" "unknown argument \"${argument}\"")
    else()
      list(APPEND ${into} "${element}")
    endif()
  endforeach()
  _lambda_python_discover_has_value("${who}")

  set(has_packages FALSE)
  if("ALL" IN_LIST seen OR "FOR" IN_LIST seen)
    set(has_packages TRUE)
  endif()
  foreach(name IN LISTS named)
    set("for_${name}" "${for_${name}}" PARENT_SCOPE)
  endforeach()
  foreach(result IN ITEMS directory skip common named has_packages)
    set(${result} "${${result}}" PARENT_SCOPE)
  endforeach()
endfunction()

function(_lambda_python_discover_has_value who)
  if(NOT into STREQUAL "" AND "${${into}}" STREQUAL "")
    _lambda_python_fail("${who}" "${keyword} needs a value")
  endif()
endfunction()

# Sets <result> to the projects below <folder>, by their paths in the folder of the search, where <prefix> is that of
# <folder>, empty or with a slash at its end; appends the folders that were listed to `searched`. <above> are the real
# paths of the folders that <folder> is in.
function(_lambda_python_projects_below folder prefix above result)
  set(found "")
  list(APPEND searched "${folder}")
  file(REAL_PATH "${folder}" real)
  list(APPEND above "${real}")
  string(REGEX REPLACE "([][*?])" "[\\1]" pattern "${folder}")
  file(GLOB entries LIST_DIRECTORIES true RELATIVE "${folder}" "${pattern}/*")
  foreach(entry IN LISTS entries)
    set(path "${folder}/${entry}")
    if(NOT IS_DIRECTORY "${path}" OR entry MATCHES "^\\.|^(node_modules|__pycache__)$")
      continue()
    endif()
    _lambda_python_is_skipped("${prefix}${entry}" skipped)
    file(REAL_PATH "${path}" real)
    if(skipped OR real IN_LIST above)
      continue()
    endif()
    _lambda_python_kind_of_folder("${path}" kind)
    if(kind STREQUAL "project")
      list(APPEND found "${prefix}${entry}")
    elseif(kind STREQUAL "folder")
      _lambda_python_projects_below("${path}" "${prefix}${entry}/" "${above}" below)
      list(APPEND found ${below})
    endif()
  endforeach()
  set(${result} "${found}" PARENT_SCOPE)
  set(searched "${searched}" PARENT_SCOPE)
endfunction()

# Sets <result> to project, made (by a tool, and of no interest) or folder.
function(_lambda_python_kind_of_folder path result)
  set(kind folder)
  foreach(marker IN ITEMS pyvenv.cfg CMakeCache.txt CACHEDIR.TAG conda-meta)
    if(EXISTS "${path}/${marker}")
      set(kind made)
    endif()
  endforeach()
  if(path STREQUAL CMAKE_BINARY_DIR)
    set(kind made)  # which has no cache yet, the first time
  elseif(kind STREQUAL "folder" AND EXISTS "${path}/pyproject.toml")
    set(kind project)
  elseif(kind STREQUAL "folder" AND EXISTS "${path}/requirements.txt")
    string(REGEX REPLACE "([][*?])" "[\\1]" pattern "${path}")
    file(GLOB scripts LIST_DIRECTORIES false "${pattern}/*.py")
    if(scripts)
      set(kind project)
    endif()
  endif()
  set(${result} "${kind}" PARENT_SCOPE)
endfunction()

# Whether a glob of the caller's `skip` is that of <path>.
function(_lambda_python_is_skipped path result)
  set(${result} FALSE PARENT_SCOPE)
  foreach(glob IN LISTS skip)
    string(REGEX REPLACE "([][+.(){}^$|\\\\])" "\\\\\\1" pattern "${glob}")
    string(REPLACE "*" "[^/]*" pattern "${pattern}")
    string(REPLACE "?" "[^/]" pattern "${pattern}")
    if(path MATCHES "^${pattern}$")
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# Refuses a FOR that is of no project, since it would be without effect.
function(_lambda_python_check_discovered who)
  foreach(name IN LISTS named)
    if(NOT name IN_LIST names)
      list(JOIN names ", " text)
      _lambda_python_fail("${who}" "FOR \"${name}\" is of no project; there are ${text}")
    endif()
  endforeach()
endfunction()

# Calls lambda_python_package() for one project, with the arguments of `common` whose keywords `for_<name>` does not
# have, and those of `for_<name>`.
function(_lambda_python_package_discovered name folder)
  _lambda_python_keywords(keywords)
  set(own "")
  foreach(argument IN LISTS "for_${name}")
    if(argument IN_LIST keywords)
      list(APPEND own "${argument}")
    endif()
  endforeach()

  cmake_path(GET folder FILENAME module)
  string(REGEX REPLACE "[-. ]" "_" module "${module}")
  set(arguments "")
  set(replaced FALSE)
  foreach(argument IN LISTS common)
    if(argument IN_LIST keywords)
      set(replaced FALSE)
      if(argument IN_LIST own)
        set(replaced TRUE)
      endif()
    endif()
    if(NOT replaced)
      string(REPLACE ";" "\\;" argument "${argument}")
      list(APPEND arguments "${argument}")
    endif()
  endforeach()
  string(APPEND arguments ";${for_${name}}")
  string(REPLACE "<name>" "${name}" arguments "${arguments}")
  string(REPLACE "<module>" "${module}" arguments "${arguments}")
  string(REPLACE "<source>" "${folder}" arguments "${arguments}")
  lambda_python_package("${name}" SOURCE_DIR "${folder}" ${arguments})
endfunction()
