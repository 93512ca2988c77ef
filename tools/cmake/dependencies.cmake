# Libraries that modules may link; tools/setup installs them all as Debian packages.

find_package(fmt 9 REQUIRED)             # fmt::fmt
find_package(OpenSSL 3.0 REQUIRED)       # OpenSSL::Crypto
find_package(Threads REQUIRED)           # Threads::Threads
find_package(Boost 1.74 REQUIRED)        # Boost::headers
find_package(yaml-cpp REQUIRED)          # yaml-cpp
find_package(SQLite3 REQUIRED)           # SQLite::SQLite3
find_package(nlohmann_json 3 REQUIRED)   # nlohmann_json::nlohmann_json
find_package(CLI11 2 REQUIRED)           # CLI11::CLI11
find_library(ZONEFALL_JEMALLOC jemalloc) # of the program, which also works without
mark_as_advanced(ZONEFALL_JEMALLOC)
if(ZONEFALL_TESTS)
  find_package(Catch2 2.13 REQUIRED)     # Catch2::Catch2
endif()
