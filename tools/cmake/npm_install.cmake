# cmake -DFOLDER=... -DNPM=... -DSTAMP=... -P npm_install.cmake
# Makes FOLDER/node_modules what FOLDER/package-lock.json says, and touches STAMP. Build folders
# share it; one of them installs while the others wait. Without a change nothing is fetched.

file(LOCK "${FOLDER}/node_modules.lock" GUARD PROCESS TIMEOUT 600)
set(done "${FOLDER}/node_modules/.installed-lock.json")
file(SHA256 "${FOLDER}/package-lock.json" wanted)
set(found "")
if(EXISTS "${done}")
  file(SHA256 "${done}" found)
endif()
if(NOT wanted STREQUAL found)
  # No scripts of packages: what is needed comes inside them. Two tries, for networks falter.
  foreach(try IN ITEMS first second)
    execute_process(
      COMMAND "${NPM}" ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
      WORKING_DIRECTORY "${FOLDER}"
      RESULT_VARIABLE status
      OUTPUT_VARIABLE words
      ERROR_VARIABLE words)
    if(status EQUAL 0)
      break()
    endif()
  endforeach()
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "npm could not install the packages of ${FOLDER}:\n${words}")
  endif()
  file(COPY_FILE "${FOLDER}/package-lock.json" "${done}")
endif()
file(TOUCH "${STAMP}")
