// The kernel for every x86-64: 16 rows a block, and SSE2 only, which has neither byte shuffles nor unsigned words.

#include "CPricingKernel.h"

#if defined(__x86_64__)
#include <emmintrin.h>

#define ROWS 16
#define V_HAS_MASKS 0
#define V_HAS_SHUFFLE 0
#define KERNEL_NAME price_baseline
#define V static inline __attribute__((always_inline))

typedef __m128i vec;
typedef struct { vec even, odd; } vec_pair;

V vec v_splat8(int value) { return _mm_set1_epi8((char)value); }
V vec v_splat16(int value) { return _mm_set1_epi16((short)value); }
V vec v_load(const void *words) { return _mm_loadu_si128(words); }
V void v_store(void *words, vec a) { _mm_storeu_si128(words, a); }
/// Past the caches, to aligned memory.
V void v_stream(void *words, vec a) { _mm_stream_si128(words, a); }
V void v_stream_end(void) { _mm_sfence(); }
V vec v_and(vec a, vec b) { return _mm_and_si128(a, b); }
V vec v_or(vec a, vec b) { return _mm_or_si128(a, b); }
V vec v_xor(vec a, vec b) { return _mm_xor_si128(a, b); }
V vec v_equal8(vec a, vec b) { return _mm_cmpeq_epi8(a, b); }
/// Whether a byte has all bits of another.
V vec v_has_all8(vec a, vec bits) { return _mm_cmpeq_epi8(_mm_andnot_si128(a, bits), _mm_setzero_si128()); }
/// Whether a byte exceeds another.
V vec v_above8u(vec a, vec bound) {
  return _mm_xor_si128(_mm_cmpeq_epi8(_mm_subs_epu8(a, bound), _mm_setzero_si128()), _mm_set1_epi8(-1));
}
V vec v_add8(vec a, vec b) { return _mm_add_epi8(a, b); }
V vec v_sub8_to_zero(vec a, vec b) { return _mm_subs_epu8(a, b); }
V vec v_max8u(vec a, vec b) { return _mm_max_epu8(a, b); }
V vec v_add16(vec a, vec b) { return _mm_add_epi16(a, b); }
V vec v_add16_to_limit(vec a, vec b) { return _mm_adds_epu16(a, b); }
V vec v_sub16(vec a, vec b) { return _mm_sub_epi16(a, b); }
V vec v_mul16(vec a, vec b) { return _mm_mullo_epi16(a, b); }
V vec v_high16(vec a, vec b) { return _mm_mulhi_epu16(a, b); }
V vec v_min16s(vec a, vec b) { return _mm_min_epi16(a, b); }
V vec v_min16u(vec a, vec b) { return _mm_sub_epi16(a, _mm_subs_epu16(a, b)); }
V vec v_max16u(vec a, vec b) { return _mm_add_epi16(_mm_subs_epu16(a, b), b); }
V vec v_shift_left16(vec a, int bits) { return _mm_slli_epi16(a, bits); }
V vec v_shift_right16(vec a, int bits) { return _mm_srli_epi16(a, bits); }
V vec v_shift_right16_by(vec a, int bits) { return _mm_srl_epi16(a, _mm_cvtsi32_si128(bits)); }
V vec v_sign16(vec a) { return _mm_srai_epi16(a, 15); }
V vec v_even8(vec a) { return _mm_and_si128(a, _mm_set1_epi16(0xFF)); }
V vec v_odd8(vec a) { return _mm_srli_epi16(a, 8); }

/// The counts, one less where `a` is at most the bound. Nothing compares words without sign: what exceeds the bound
/// leaves something above zero.
V vec v_one_less_if_within16u(vec count, vec a, vec bound) {
  return _mm_add_epi16(count, _mm_cmpeq_epi16(_mm_subs_epu16(a, bound), _mm_setzero_si128()));
}

/// The product of bytes, up to 255 by up to 127, as words.
V vec_pair v_multiply8(vec a, vec b) {
  return (vec_pair){_mm_mullo_epi16(v_even8(a), v_even8(b)), _mm_mullo_epi16(v_odd8(a), v_odd8(b))};
}

/// Blends by a mask of whole bytes.
V vec v_blend(vec mask, vec yes, vec no) { return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no)); }
/// Blends by the sign of each byte, of each word.
V vec v_select8(vec sign, vec yes, vec no) { return v_blend(_mm_cmplt_epi8(sign, _mm_setzero_si128()), yes, no); }
V vec v_select16(vec sign, vec yes, vec no) { return v_blend(v_sign16(sign), yes, no); }

// Code bytes, of which the largest wins. The compiler would make blends of these, which take twice as many instructions,
// if it knew that the masks are masks.
V vec v_mask(vec mask) {
  __asm__("" : "+x"(mask));
  return mask;
}
V vec v_flag_above(vec code, vec value, vec bound, int flag) {
  vec within = v_mask(_mm_cmpeq_epi8(_mm_subs_epu8(value, bound), _mm_setzero_si128()));
  return _mm_max_epu8(code, _mm_andnot_si128(within, v_splat8(flag)));
}
V vec v_flag_equal(vec code, vec value, int fault, int flag) {
  return _mm_max_epu8(code, _mm_and_si128(v_mask(_mm_cmpeq_epi8(value, v_splat8(fault))), v_splat8(flag)));
}
V vec v_flag_common(vec code, vec a, vec b, int flag) {
  vec none = v_mask(_mm_cmpeq_epi8(_mm_and_si128(a, b), _mm_setzero_si128()));
  return _mm_max_epu8(code, _mm_andnot_si128(none, v_splat8(flag)));
}
/// The flag 0xFF where the value is 0xFF.
V vec v_flag_ones(vec code, vec value) { return _mm_max_epu8(code, v_mask(_mm_cmpeq_epi8(value, v_splat8(0xFF)))); }

// One vector has one half, so all orders are the order of the file.
V vec v_bytes(const uint8_t *bytes) { return _mm_loadu_si128((const void *)bytes); }
V vec v_narrow(vec first, vec second) { return _mm_packus_epi16(first, second); }
V vec v_narrow_signed(vec first, vec second) { return _mm_packs_epi16(first, second); }
V vec_pair v_interleave(vec even, vec odd) {
  return (vec_pair){_mm_unpacklo_epi16(even, odd), _mm_unpackhi_epi16(even, odd)};
}

#include "lanes.h"
#include "loop.h"

tollgate_kernel tollgate_kernel_baseline(void) { return price_baseline; }

#else
tollgate_kernel tollgate_kernel_baseline(void) { return NULL; }
#endif
