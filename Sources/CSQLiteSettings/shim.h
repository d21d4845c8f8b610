#include <sqlite3.h>

/// Makes SQLite stop counting the memory it uses, before it is first used; `sqlite3_config` is variadic, which Swift can't call.
static inline int sqlite_stop_counting_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
