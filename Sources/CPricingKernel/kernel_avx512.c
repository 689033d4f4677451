// The kernel for x86-64 with AVX-512 BW: 64 rows a block, and masks where AVX2 compares into bytes.

#include "CPricingKernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))), apply_to = function)

#define ROWS 64
#define V_HAS_MASKS 1
#define V_HAS_SHUFFLE 1
#define KERNEL_NAME price_avx512
#define V static inline __attribute__((always_inline))

typedef __m512i vec;
typedef struct { vec even, odd; } vec_pair;

V vec v_splat8(int value) { return _mm512_set1_epi8((char)value); }
V vec v_splat16(int value) { return _mm512_set1_epi16((short)value); }
V vec v_load(const void *words) { return _mm512_loadu_si512(words); }
V void v_store(void *words, vec a) { _mm512_storeu_si512(words, a); }
/// Past the caches, to aligned memory.
V void v_stream(void *words, vec a) { _mm512_stream_si512(words, a); }
V void v_stream_end(void) { _mm_sfence(); }
V vec v_and(vec a, vec b) { return _mm512_and_si512(a, b); }
V vec v_or(vec a, vec b) { return _mm512_or_si512(a, b); }
V vec v_add8(vec a, vec b) { return _mm512_add_epi8(a, b); }
V vec v_add8_to_limit(vec a, vec b) { return _mm512_adds_epu8(a, b); }
V vec v_sub8_to_zero(vec a, vec b) { return _mm512_subs_epu8(a, b); }
V vec v_add16(vec a, vec b) { return _mm512_add_epi16(a, b); }
V vec v_add16_to_limit(vec a, vec b) { return _mm512_adds_epu16(a, b); }
V vec v_sub16(vec a, vec b) { return _mm512_sub_epi16(a, b); }
V vec v_mul16(vec a, vec b) { return _mm512_mullo_epi16(a, b); }
V vec v_high16(vec a, vec b) { return _mm512_mulhi_epu16(a, b); }
V vec v_min16s(vec a, vec b) { return _mm512_min_epi16(a, b); }
V vec v_min16u(vec a, vec b) { return _mm512_min_epu16(a, b); }
V vec v_max16u(vec a, vec b) { return _mm512_max_epu16(a, b); }
V vec v_shift_left16(vec a, unsigned bits) { return _mm512_slli_epi16(a, bits); }
V vec v_shift_right16(vec a, unsigned bits) { return _mm512_srli_epi16(a, bits); }
V vec v_shift_right16_by(vec a, int bits) { return _mm512_srl_epi16(a, _mm_cvtsi32_si128(bits)); }
V vec v_even8(vec a) { return _mm512_and_si512(a, _mm512_set1_epi16(0xFF)); }
V vec v_odd8(vec a) { return _mm512_srli_epi16(a, 8); }

/// The counts, one less where `a` is at most the bound.
V vec v_one_less_if_within16u(vec count, vec a, vec bound) {
  return _mm512_mask_sub_epi16(count, _mm512_cmple_epu16_mask(a, bound), count, _mm512_set1_epi16(1));
}

/// The product of bytes, up to 255 by up to 127, as words.
V vec_pair v_multiply8(vec a, vec b) {
  vec low = _mm512_set1_epi16(0xFF);
  return (vec_pair){
      _mm512_maddubs_epi16(_mm512_and_si512(a, low), b), _mm512_maddubs_epi16(_mm512_andnot_si512(low, a), b)};
}

V vec v_table(const uint8_t *entries) { return _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)entries)); }
V vec v_lookup(vec table, vec index) { return _mm512_shuffle_epi8(table, index); }
/// Bytes above 15 get their sign set, which makes the lookup zero.
V vec v_lookup_or_zero(vec table, vec index) { return v_lookup(table, v_add8_to_limit(index, v_splat8(0x70))); }

/// Blends by the sign of each byte, of each word.
V vec v_select8(vec sign, vec yes, vec no) { return _mm512_mask_mov_epi8(no, _mm512_movepi8_mask(sign), yes); }
V vec v_select16(vec sign, vec yes, vec no) { return _mm512_mask_mov_epi16(no, _mm512_movepi16_mask(sign), yes); }

// Code bytes, of which the largest wins.
V vec v_flag_above(vec code, vec value, vec bound, int flag) {
  return _mm512_mask_max_epu8(code, _mm512_cmpgt_epu8_mask(value, bound), code, v_splat8(flag));
}
V vec v_flag_equal(vec code, vec value, int fault, int flag) {
  return _mm512_mask_max_epu8(code, _mm512_cmpeq_epu8_mask(value, v_splat8(fault)), code, v_splat8(flag));
}
V vec v_flag_common(vec code, vec a, vec b, int flag) {
  return _mm512_mask_max_epu8(code, _mm512_test_epi8_mask(a, b), code, v_splat8(flag));
}
/// The flag 0xFF where the value is 0xFF.
V vec v_flag_ones(vec code, vec value) {
  return _mm512_mask_mov_epi8(code, _mm512_cmpeq_epu8_mask(value, v_splat8(0xFF)), v_splat8(0xFF));
}

// Packing works within 128-bit quarters, so bytes are kept in the order that packing gives: rows 0–7, 32–39, 8–15, and so
// on. Even and odd words of that order, unpacked within quarters, are in the order of the file again.
V vec v_bytes(const uint8_t *bytes) {
  return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), _mm512_loadu_si512(bytes));
}
V vec v_narrow(vec first, vec second) { return _mm512_packus_epi16(first, second); }
V vec v_narrow_signed(vec first, vec second) { return _mm512_packs_epi16(first, second); }
V vec_pair v_interleave(vec even, vec odd) {
  return (vec_pair){_mm512_unpacklo_epi16(even, odd), _mm512_unpackhi_epi16(even, odd)};
}

#include "lanes.h"
#include "loop.h"

#pragma clang attribute pop

tollgate_kernel tollgate_kernel_avx512(void) {
  bool supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return supported ? price_avx512 : NULL;
}

#else
tollgate_kernel tollgate_kernel_avx512(void) { return NULL; }
#endif
