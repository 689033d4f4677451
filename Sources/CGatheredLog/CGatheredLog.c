// The layer: a write-ahead log's file, and the file of the layer below that it stands before.

#include "CGatheredLog.h"

#include <stdlib.h>
#include <string.h>

/// SQLite's own layer for Unix writes at most 131,071 bytes at a time and takes the rest for a full disk.
enum { gathered_max = 120 * 1024 };

typedef struct {
  /// First, as SQLite knows no more of the struct.
  sqlite3_file base;
  /// The file of the layer below; behind this struct.
  sqlite3_file *below;
  /// Bytes that are not written yet; NULL where nothing is gathered.
  char *bytes;
  sqlite3_int64 start;
  int count;
} gathered_log;

static sqlite3_vfs *layer_below;
static sqlite3_vfs layer;

/// Writes what was gathered. After an error it is gone, and so is the commit that it belonged to.
static int write_out(gathered_log *log) {
  if (log->count == 0) return SQLITE_OK;
  int count = log->count;
  log->count = 0;
  return log->below->pMethods->xWrite(log->below, log->bytes, count, log->start);
}

static int log_close(sqlite3_file *file) {
  gathered_log *log = (gathered_log *)file;
  int written = write_out(log);
  int closed = log->below->pMethods->xClose(log->below);
  free(log->bytes);
  log->bytes = NULL;
  return written != SQLITE_OK ? written : closed;
}

static int log_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset) {
  gathered_log *log = (gathered_log *)file;
  if (offset < log->start + log->count && offset + count > log->start) {
    int written = write_out(log);
    if (written != SQLITE_OK) return written;
  }
  return log->below->pMethods->xRead(log->below, into, count, offset);
}

static int log_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 offset) {
  gathered_log *log = (gathered_log *)file;
  if (log->count > 0 && (offset != log->start + log->count || count > gathered_max - log->count)) {
    int written = write_out(log);
    if (written != SQLITE_OK) return written;
  }
  if (log->bytes == NULL || count > gathered_max) {
    return log->below->pMethods->xWrite(log->below, from, count, offset);
  }
  if (log->count == 0) log->start = offset;
  memcpy(log->bytes + log->count, from, (size_t)count);
  log->count += count;
  return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
  gathered_log *log = (gathered_log *)file;
  int written = write_out(log);
  return written != SQLITE_OK ? written : log->below->pMethods->xTruncate(log->below, size);
}

static int log_sync(sqlite3_file *file, int flags) {
  gathered_log *log = (gathered_log *)file;
  int written = write_out(log);
  return written != SQLITE_OK ? written : log->below->pMethods->xSync(log->below, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size) {
  gathered_log *log = (gathered_log *)file;
  int written = write_out(log);
  return written != SQLITE_OK ? written : log->below->pMethods->xFileSize(log->below, size);
}

// A log is never locked; its database is.

static int log_lock(sqlite3_file *file, int level) {
  gathered_log *log = (gathered_log *)file;
  return log->below->pMethods->xLock(log->below, level);
}

static int log_unlock(sqlite3_file *file, int level) {
  gathered_log *log = (gathered_log *)file;
  return log->below->pMethods->xUnlock(log->below, level);
}

static int log_is_reserved(sqlite3_file *file, int *result) {
  gathered_log *log = (gathered_log *)file;
  return log->below->pMethods->xCheckReservedLock(log->below, result);
}

static int log_control(sqlite3_file *file, int code, void *argument) {
  gathered_log *log = (gathered_log *)file;
  return log->below->pMethods->xFileControl(log->below, code, argument);
}

static int log_sector_size(sqlite3_file *file) {
  gathered_log *log = (gathered_log *)file;
  return log->below->pMethods->xSectorSize(log->below);
}

static int log_characteristics(sqlite3_file *file) {
  gathered_log *log = (gathered_log *)file;
  return log->below->pMethods->xDeviceCharacteristics(log->below);
}

/// Shared memory and mapped pages are a database's, not a log's, so the first version has all.
static const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_is_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_characteristics,
};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_found) {
  (void)vfs;
  // What is no log is the layer's below, in the same memory.
  if (!(flags & SQLITE_OPEN_WAL)) return layer_below->xOpen(layer_below, name, file, flags, flags_found);
  gathered_log *log = (gathered_log *)file;
  memset(log, 0, sizeof *log);
  log->below = (sqlite3_file *)(log + 1);
  int opened = layer_below->xOpen(layer_below, name, log->below, flags, flags_found);
  // SQLite closes a file that has methods, even if it could not be opened.
  if (log->below->pMethods != NULL) log->base.pMethods = &log_methods;
  return opened;
}

int tollgate_register_log(void) {
  static const char *const name = "tollgate-gathered-log";
  int begun = sqlite3_initialize();
  if (begun != SQLITE_OK) return begun;
  sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
  sqlite3_mutex_enter(mutex);
  int result = SQLITE_OK;
  if (layer_below == NULL) {
    sqlite3_vfs *found = sqlite3_vfs_find(NULL);
    if (found == NULL) {
      result = SQLITE_ERROR;
    } else {
      // Everything but opening is the layer's below, which finds its own data in the copy.
      layer = *found;
      layer.zName = name;
      layer.pNext = NULL;
      layer.szOsFile = (int)sizeof(gathered_log) + found->szOsFile;
      layer.xOpen = layer_open;
      layer_below = found;
      result = sqlite3_vfs_register(&layer, 1);
      if (result != SQLITE_OK) layer_below = NULL;
    }
  }
  sqlite3_mutex_leave(mutex);
  return result;
}

int tollgate_gather_log(sqlite3_file *log) {
  if (log == NULL || log->pMethods != &log_methods) return 0;
  gathered_log *gathered = (gathered_log *)log;
  if (gathered->bytes == NULL) gathered->bytes = malloc(gathered_max);
  return gathered->bytes != NULL;
}
