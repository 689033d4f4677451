// SQLite writes its log page by page, each page's header by itself: two system calls a page. This file system layer (VFS)
// gathers them, so that a commit is one write and one sync. In C, as SQLite wants its structs laid out as C does.

#ifndef TOLLGATE_GATHERED_LOG_H
#define TOLLGATE_GATHERED_LOG_H

#include <sqlite3.h>

/// Has every connection that this process opens from now on open its write-ahead log through the layer, which changes nothing
/// until `tollgate_gather_log`. All other files are opened as before. Any thread may call it, any number of times.
/// Returns SQLITE_OK or SQLite's error.
int tollgate_register_log(void);

/// Gathers what is written to `log`, the write-ahead log of one connection (SQLITE_FCNTL_JOURNAL_POINTER), until it is synced,
/// read, or too much. Only for a connection that syncs in every commit (`synchronous=FULL`): another connection may
/// look for the pages of a commit as soon as that is made. Returns 0 and changes nothing if the file was opened without the
/// layer, or memory is short.
int tollgate_gather_log(sqlite3_file *log);

#endif
