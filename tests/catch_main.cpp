// The one `main` of all Catch2 programs; compiled once because it takes long.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
