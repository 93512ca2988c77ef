// Settings of jemalloc, which the program links where it is installed: a run allocates all the time
// and walks tables of hundreds of MiB, so a quick allocator and huge pages pay. Results do not
// depend on it.
#include <jemalloc/jemalloc.h>

// Read by jemalloc before main(); the MALLOC_CONF variable overrides it.
const char* malloc_conf = "thp:always";
