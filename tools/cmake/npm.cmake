# Packages of the npm registry, each pinned by the integrity hash in a folder's package-lock.json.

find_program(ZONEFALL_NODE NAMES node nodejs)
find_program(ZONEFALL_NPM npm)
mark_as_advanced(ZONEFALL_NODE ZONEFALL_NPM)
if(NOT ZONEFALL_NODE OR NOT ZONEFALL_NPM)
  message(FATAL_ERROR "Node.js (18 or newer) and npm are missing: tools/setup installs them")
endif()

# zonefall_npm_folder(<folder> OUT <variable>)
# Installs what the folder's lock names into its node_modules, when something that is built asks for
# it: the variable becomes the file to depend on. Nothing is fetched while the lock stays as it is.
function(zonefall_npm_folder folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUT" "")
  string(SHA256 id "${folder}")
  string(SUBSTRING "${id}" 0 8 id)
  set(stamp "${CMAKE_CURRENT_BINARY_DIR}/npm-${id}.stamp")
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DNPM=${ZONEFALL_NPM}" "-DSTAMP=${stamp}"
      -P "${PROJECT_SOURCE_DIR}/tools/cmake/npm_install.cmake"
    DEPENDS "${folder}/package.json" "${folder}/package-lock.json"
      "${PROJECT_SOURCE_DIR}/tools/cmake/npm_install.cmake"
    COMMENT "Installing the packages of ${folder}"
    VERBATIM)
  set(${arg_OUT} "${stamp}" PARENT_SCOPE)
endfunction()
