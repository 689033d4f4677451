// What a program can ask of the callgrind that it runs under; does nothing where it runs without, or valgrind's header is missing.

#ifndef TOLLGATE_CALLGRIND_H
#define TOLLGATE_CALLGRIND_H

#include <stdbool.h>

#if defined(__has_include)
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#define TOLLGATE_HAS_CALLGRIND 1
#endif
#endif

/// Whether valgrind's header was there when this was built.
static inline bool callgrind_is_known(void) {
#ifdef TOLLGATE_HAS_CALLGRIND
  return true;
#else
  return false;
#endif
}

static inline bool callgrind_is_running(void) {
#ifdef TOLLGATE_HAS_CALLGRIND
  return RUNNING_ON_VALGRIND != 0;
#else
  return false;
#endif
}

/// Begins to count; what ran before ran uncounted and quicker.
static inline void callgrind_start(void) {
#ifdef TOLLGATE_HAS_CALLGRIND
  CALLGRIND_START_INSTRUMENTATION;
#endif
}

static inline void callgrind_stop(void) {
#ifdef TOLLGATE_HAS_CALLGRIND
  CALLGRIND_STOP_INSTRUMENTATION;
#endif
}

/// Forgets what was counted.
static inline void callgrind_zero(void) {
#ifdef TOLLGATE_HAS_CALLGRIND
  CALLGRIND_ZERO_STATS;
#endif
}

/// Writes what was counted into a file of its own, under a name, and forgets it.
static inline void callgrind_dump(const char *name) {
#ifdef TOLLGATE_HAS_CALLGRIND
  CALLGRIND_DUMP_STATS_AT(name);
#endif
}

#endif
