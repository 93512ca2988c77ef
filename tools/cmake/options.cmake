# Build options, and the target `zonefall_flags` with the compiler flags of our own code.

option(ZONEFALL_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(ZONEFALL_WERROR "Turn compiler warnings into errors" ${PROJECT_IS_TOP_LEVEL})
option(ZONEFALL_LTO "Optimise across translation units if the compiler can" OFF)
option(ZONEFALL_FUZZ "Build fuzzers with libFuzzer (clang only) instead of the replay driver" OFF)
set(ZONEFALL_COVERAGE "" CACHE STRING "Modules to compile with counters of gcov, unoptimised")
set(ZONEFALL_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

find_program(ZONEFALL_CCACHE ccache)
mark_as_advanced(ZONEFALL_CCACHE)
if(ZONEFALL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the source folder: every clone shares what one of them has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${ZONEFALL_CCACHE}")
endif()

if(ZONEFALL_FUZZ AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "ZONEFALL_FUZZ needs clang; gcc builds the replay driver without it")
endif()

if(ZONEFALL_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT lto_works OUTPUT lto_output LANGUAGES CXX)
  if(lto_works)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  else()
    message(WARNING "Building without link-time optimisation: ${lto_output}")
  endif()
endif()

# Floating point must give the same bits with every compiler, so no fused multiply-add.
add_library(zonefall_flags INTERFACE)
target_compile_options(zonefall_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow $<$<BOOL:${ZONEFALL_WERROR}>:-Werror> -ffp-contract=off)
if(ZONEFALL_SANITIZE)
  set(sanitize "-fsanitize=${ZONEFALL_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(zonefall_flags INTERFACE ${sanitize})
  target_link_options(zonefall_flags INTERFACE ${sanitize})
endif()
if(ZONEFALL_FUZZ)
  target_compile_options(zonefall_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(zonefall_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
