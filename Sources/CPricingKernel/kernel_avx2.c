// The kernel for x86-64 with AVX2: 32 rows a block.

#include "CPricingKernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define ROWS 32
#define V_HAS_MASKS 0
#define V_HAS_SHUFFLE 1
#define KERNEL_NAME price_avx2
#define V static inline __attribute__((always_inline))

typedef __m256i vec;
typedef struct { vec even, odd; } vec_pair;

V vec v_splat8(int value) { return _mm256_set1_epi8((char)value); }
V vec v_splat16(int value) { return _mm256_set1_epi16((short)value); }
V vec v_load(const void *words) { return _mm256_loadu_si256(words); }
V void v_store(void *words, vec a) { _mm256_storeu_si256(words, a); }
/// Past the caches, to aligned memory.
V void v_stream(void *words, vec a) { _mm256_stream_si256(words, a); }
V void v_stream_end(void) { _mm_sfence(); }
V vec v_and(vec a, vec b) { return _mm256_and_si256(a, b); }
V vec v_or(vec a, vec b) { return _mm256_or_si256(a, b); }
V vec v_add8(vec a, vec b) { return _mm256_add_epi8(a, b); }
V vec v_add8_to_limit(vec a, vec b) { return _mm256_adds_epu8(a, b); }
V vec v_sub8_to_zero(vec a, vec b) { return _mm256_subs_epu8(a, b); }
V vec v_min8u(vec a, vec b) { return _mm256_min_epu8(a, b); }
V vec v_max8u(vec a, vec b) { return _mm256_max_epu8(a, b); }
V vec v_add16(vec a, vec b) { return _mm256_add_epi16(a, b); }
V vec v_add16_to_limit(vec a, vec b) { return _mm256_adds_epu16(a, b); }
V vec v_sub16(vec a, vec b) { return _mm256_sub_epi16(a, b); }
V vec v_mul16(vec a, vec b) { return _mm256_mullo_epi16(a, b); }
V vec v_high16(vec a, vec b) { return _mm256_mulhi_epu16(a, b); }
V vec v_min16s(vec a, vec b) { return _mm256_min_epi16(a, b); }
V vec v_min16u(vec a, vec b) { return _mm256_min_epu16(a, b); }
V vec v_max16u(vec a, vec b) { return _mm256_max_epu16(a, b); }
V vec v_shift_left16(vec a, int bits) { return _mm256_slli_epi16(a, bits); }
V vec v_shift_right16(vec a, int bits) { return _mm256_srli_epi16(a, bits); }
V vec v_shift_right16_by(vec a, int bits) { return _mm256_srl_epi16(a, _mm_cvtsi32_si128(bits)); }
V vec v_sign16(vec a) { return _mm256_srai_epi16(a, 15); }
V vec v_even8(vec a) { return _mm256_and_si256(a, _mm256_set1_epi16(0xFF)); }
V vec v_odd8(vec a) { return _mm256_srli_epi16(a, 8); }

/// The counts, one less where `a` is at most the bound. Nothing compares words without sign: what exceeds the bound
/// leaves something above zero.
V vec v_one_less_if_within16u(vec count, vec a, vec bound) {
  return _mm256_add_epi16(count, _mm256_cmpeq_epi16(_mm256_subs_epu16(a, bound), _mm256_setzero_si256()));
}

/// The product of bytes, up to 255 by up to 127, as words.
V vec_pair v_multiply8(vec a, vec b) {
  vec low = _mm256_set1_epi16(0xFF);
  return (vec_pair){
      _mm256_maddubs_epi16(_mm256_and_si256(a, low), b), _mm256_maddubs_epi16(_mm256_andnot_si256(low, a), b)};
}

V vec v_table(const uint8_t *entries) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)entries));
}
V vec v_lookup(vec table, vec index) { return _mm256_shuffle_epi8(table, index); }
/// Bytes above 15 get their sign set, which makes the lookup zero.
V vec v_lookup_or_zero(vec table, vec index) { return v_lookup(table, v_add8_to_limit(index, v_splat8(0x70))); }

/// Blends by the sign of each byte, of each word.
V vec v_select8(vec sign, vec yes, vec no) { return _mm256_blendv_epi8(no, yes, sign); }
V vec v_select16(vec sign, vec yes, vec no) { return _mm256_blendv_epi8(no, yes, v_sign16(sign)); }

// Code bytes, of which the largest wins. The compiler would make blends of these, which take twice as many instructions,
// if it knew that the masks are masks.
V vec v_mask(vec mask) {
  __asm__("" : "+x"(mask));
  return mask;
}
V vec v_flag_above(vec code, vec value, vec bound, int flag) {
  vec within = v_mask(_mm256_cmpeq_epi8(_mm256_subs_epu8(value, bound), _mm256_setzero_si256()));
  return _mm256_max_epu8(code, _mm256_andnot_si256(within, v_splat8(flag)));
}
V vec v_flag_equal(vec code, vec value, int fault, int flag) {
  return _mm256_max_epu8(code, _mm256_and_si256(v_mask(_mm256_cmpeq_epi8(value, v_splat8(fault))), v_splat8(flag)));
}
V vec v_flag_common(vec code, vec a, vec b, int flag) {
  vec none = v_mask(_mm256_cmpeq_epi8(_mm256_and_si256(a, b), _mm256_setzero_si256()));
  return _mm256_max_epu8(code, _mm256_andnot_si256(none, v_splat8(flag)));
}
/// The flag 0xFF where the value is 0xFF.
V vec v_flag_ones(vec code, vec value) { return _mm256_max_epu8(code, v_mask(_mm256_cmpeq_epi8(value, v_splat8(0xFF)))); }

// Packing works within 128-bit halves, so bytes are kept in the order that packing gives: rows 0–7, 16–23, 8–15, 24–31.
// Even and odd words of that order, unpacked within halves, are in the order of the file again.
V vec v_bytes(const uint8_t *bytes) { return _mm256_permute4x64_epi64(_mm256_loadu_si256((const void *)bytes), 0xD8); }
V vec v_narrow(vec first, vec second) { return _mm256_packus_epi16(first, second); }
V vec v_narrow_signed(vec first, vec second) { return _mm256_packs_epi16(first, second); }
V vec_pair v_interleave(vec even, vec odd) {
  return (vec_pair){_mm256_unpacklo_epi16(even, odd), _mm256_unpackhi_epi16(even, odd)};
}

#include "lanes.h"
#include "loop.h"

#pragma clang attribute pop

tollgate_kernel tollgate_kernel_avx2(void) { return __builtin_cpu_supports("avx2") ? price_avx2 : NULL; }

#else
tollgate_kernel tollgate_kernel_avx2(void) { return NULL; }
#endif
