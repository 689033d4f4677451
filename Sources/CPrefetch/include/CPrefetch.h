// What the ledger's tables want of the processor and Swift has no words for: to ask for memory before it is read, and to compare
// all entries of a cache line at once.

#ifndef TOLLGATE_PREFETCH_H
#define TOLLGATE_PREFETCH_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Brings the cache line of an address near. Any address is allowed; nothing is read.
static inline __attribute__((always_inline)) void tollgate_prefetch(const void *_Nullable address) {
  __builtin_prefetch(address, 0, 3);
}

/// Looks at eight entries, each of a low word that is zero where the entry is empty, and a high one. Returns one bit for each
/// entry, the first in bit 0: in the low byte whether it is in use and its high word is the wanted one; in the next byte
/// whether it is in use.
static inline __attribute__((always_inline)) uint32_t tollgate_scan_entries(const void *_Nonnull entries, uint32_t wanted) {
#if defined(__SSE2__)
  const __m128i *line = (const __m128i *)entries;
  const __m128i zero = _mm_setzero_si128();
  const __m128i all = _mm_set1_epi32((int)wanted);
  __m128i low[2], high[2];
  for (int half = 0; half < 2; half++) {
    const __m128 left = _mm_castsi128_ps(_mm_loadu_si128(line + 2 * half));
    const __m128 right = _mm_castsi128_ps(_mm_loadu_si128(line + 2 * half + 1));
    low[half] = _mm_cmpeq_epi32(_mm_castps_si128(_mm_shuffle_ps(left, right, 0x88)), zero);
    high[half] = _mm_cmpeq_epi32(_mm_castps_si128(_mm_shuffle_ps(left, right, 0xDD)), all);
  }
  const __m128i unused = _mm_packs_epi32(low[0], low[1]);
  const __m128i equal = _mm_andnot_si128(unused, _mm_packs_epi32(high[0], high[1]));
  return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(equal, unused)) ^ 0xFF00u;
#else
  const uint64_t *line = (const uint64_t *)entries;
  uint32_t bits = 0;
  for (uint32_t place = 0; place < 8; place++) {
    const uint32_t isUsed = (uint32_t)line[place] != 0;
    bits |= (isUsed & (uint32_t)((uint32_t)(line[place] >> 32) == wanted)) << place | isUsed << (place + 8);
  }
  return bits;
#endif
}

#endif
