// System calls that no Swift library offers: how long a thread's turns on a processor are, and when written bytes leave for the disk.

#ifndef TOLLGATE_SCHEDULING_H
#define TOLLGATE_SCHEDULING_H

#include <stdint.h>

#if defined(__linux__)
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Asks for turns of so many nanoseconds (100,000 to 100,000,000) for the calling thread. Linux 6.12 and later let a thread of
/// short turns go first when it wakes; it gets no more of the processor in all. Elsewhere, and where it is forbidden,
/// nothing happens.
static inline void tollgate_take_short_turns(uint64_t nanoseconds) {
#if defined(SYS_sched_getattr) && defined(SYS_sched_setattr)
  // The kernel's first layout of struct sched_attr.
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {0};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  // Only an ordinary thread: with another policy, the field has another meaning.
  if (attributes.policy != 0) return;
  attributes.size = sizeof attributes;
  attributes.runtime = nanoseconds;
  (void)syscall(SYS_sched_setattr, 0, &attributes, 0);
#endif
}

/// Sends `length` bytes of a file from `start` on to the disk, and if told so waits until they have arrived; promises nothing of
/// a power cut, for which a sync remains. Returns -1 and errno if writing failed. Elsewhere, and where it is forbidden,
/// nothing happens.
static inline int tollgate_send(int file, int64_t start, int64_t length, int waits) {
#if defined(SYS_sync_file_range) && defined(__LP64__)
  // In the kernel's words: wait for what is under way, write what is dirty, wait for that.
  unsigned flags = waits ? 1 | 2 | 4 : 2;
  long result = syscall(SYS_sync_file_range, file, start, length, flags);
  return result != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT) ? -1 : 0;
#else
  (void)file, (void)start, (void)length, (void)waits;
  return 0;
#endif
}
#else
static inline void tollgate_take_short_turns(uint64_t nanoseconds) { (void)nanoseconds; }
static inline int tollgate_send(int file, int64_t start, int64_t length, int waits) {
  (void)file, (void)start, (void)length, (void)waits;
  return 0;
}
#endif

#endif
