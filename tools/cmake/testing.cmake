# Tests: one Catch2 program per folder of tests/, and fuzzers that ctest replays.

if(ZONEFALL_TESTS)
  include(Catch)
  add_custom_target(threaded_tests)  # what ThreadSanitizer has to see
endif()

# zonefall_tests(<module> [WHOLE_RUNS] SOURCES <files...> LINKS <targets...> LABELS <labels...>)
# builds test_<module> and registers each of its cases with ctest, labelled <module> and LABELS.
# The cases run in the top folder of the source tree. The label `threads` is for those that start
# threads: they run under ThreadSanitizer too. With WHOLE_RUNS, cases with the tag [whole-runs] get
# the label `whole_runs`: they replay so much to compare figures that sanitizers, which see the same
# code in other cases, are spared them.
function(zonefall_tests module)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE_RUNS" "" "SOURCES;LINKS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "zonefall_tests(${module}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  zonefall_require_listed("test_*.cpp" ${arg_SOURCES})

  set(program "test_${module}")
  add_executable(${program} ${arg_SOURCES})
  target_include_directories(${program} PRIVATE "${PROJECT_SOURCE_DIR}/sim")
  target_link_libraries(${program} PRIVATE ${arg_LINKS} zonefall_catch_main zonefall_flags)
  if(TARGET zonefall::${module})
    target_link_libraries(${program} PRIVATE zonefall::${module})
  endif()
  if(arg_WHOLE_RUNS)
    zonefall_discover_cases(${module} "~[whole-runs]~[.]" ${program}_cases ${arg_LABELS})
    zonefall_discover_cases(${module} "[whole-runs]" ${program}_whole_runs ${arg_LABELS} whole_runs)
  else()
    zonefall_discover_cases(${module} "~[.]" ${program}_cases ${arg_LABELS})
  endif()
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(threaded_tests ${program})
  endif()
endfunction()

# zonefall_discover_cases(<module> <spec> <list> <labels...>)
# registers the cases of test_<module> that <spec> selects, under a <list> of a name of its own.
# Those with the tag [.] are for people to call.
function(zonefall_discover_cases module spec list)
  # A case that its own name does not select would pass without running: hence NoTests.
  catch_discover_tests(test_${module}
    TEST_SPEC "${spec}"
    TEST_PREFIX "${module}/"
    TEST_LIST ${list}
    EXTRA_ARGS --warn NoTests
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${module} TIMEOUT 900)
  if(ARGN)
    # catch_discover_tests cannot pass on a list, so ctest sets all labels once it knows the cases.
    set(script "${CMAKE_CURRENT_BINARY_DIR}/${list}_labels.cmake")
    file(CONFIGURE OUTPUT "${script}" @ONLY CONTENT
      "set_tests_properties(\${@list@} PROPERTIES LABELS \"@module@;@ARGN@\")\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${script}")
  endif()
endfunction()

# zonefall_fuzzer(<name> SOURCES <files...> LINKS <targets...>)
# builds an LLVMFuzzerTestOneInput: with ZONEFALL_FUZZ as a libFuzzer program, otherwise with a
# driver that replays corpus/<name>/ of the current folder and seeded mutations of it. Both are
# ctests.
function(zonefall_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "zonefall_fuzzer(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
  file(GLOB inputs CONFIGURE_DEPENDS "${corpus}/*")
  if(NOT inputs)
    message(FATAL_ERROR "fuzzer ${name} has no inputs in ${corpus}")
  endif()

  set(program "fuzz_${name}")
  add_executable(${program} ${arg_SOURCES})
  target_include_directories(${program} PRIVATE "${PROJECT_SOURCE_DIR}/sim")
  target_link_libraries(${program} PRIVATE ${arg_LINKS} zonefall_flags)
  if(ZONEFALL_FUZZ)
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
    add_test(NAME "${program}" COMMAND ${program} -runs=0 "${corpus}")
  else()
    target_link_libraries(${program} PRIVATE zonefall_fuzz_replay)
    add_test(NAME "${program}" COMMAND ${program} "${corpus}" 2000)
  endif()
  get_filename_component(module "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  set_tests_properties("${program}" PROPERTIES LABELS "${module};fuzz" TIMEOUT 300)
endfunction()
