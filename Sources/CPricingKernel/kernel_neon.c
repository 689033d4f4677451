// The kernel for arm64: 16 rows a block; its table lookups are those of AVX2, a quarter as wide.

#include "CPricingKernel.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define ROWS 16
#define V_HAS_MASKS 0
#define V_HAS_SHUFFLE 1
#define KERNEL_NAME price_neon
#define V static inline __attribute__((always_inline))

typedef uint8x16_t vec;
typedef struct { vec even, odd; } vec_pair;

V uint16x8_t words(vec a) { return vreinterpretq_u16_u8(a); }
V int16x8_t signs(vec a) { return vreinterpretq_s16_u8(a); }
V vec from_words(uint16x8_t a) { return vreinterpretq_u8_u16(a); }
V vec from_signs(int16x8_t a) { return vreinterpretq_u8_s16(a); }

V vec v_splat8(int value) { return vdupq_n_u8((uint8_t)value); }
V vec v_splat16(int value) { return from_words(vdupq_n_u16((uint16_t)value)); }
V vec v_load(const void *memory) { return vld1q_u8(memory); }
V void v_store(void *memory, vec a) { vst1q_u8(memory, a); }
/// Past the caches, to aligned memory.
V void v_stream(void *memory, vec a) { __builtin_nontemporal_store(a, (vec *)memory); }
V void v_stream_end(void) {}
V vec v_and(vec a, vec b) { return vandq_u8(a, b); }
V vec v_or(vec a, vec b) { return vorrq_u8(a, b); }
V vec v_add8(vec a, vec b) { return vaddq_u8(a, b); }
V vec v_sub8_to_zero(vec a, vec b) { return vqsubq_u8(a, b); }
V vec v_min8u(vec a, vec b) { return vminq_u8(a, b); }
V vec v_max8u(vec a, vec b) { return vmaxq_u8(a, b); }
V vec v_add16(vec a, vec b) { return from_words(vaddq_u16(words(a), words(b))); }
V vec v_add16_to_limit(vec a, vec b) { return from_words(vqaddq_u16(words(a), words(b))); }
V vec v_sub16(vec a, vec b) { return from_words(vsubq_u16(words(a), words(b))); }
V vec v_mul16(vec a, vec b) { return from_words(vmulq_u16(words(a), words(b))); }
V vec v_high16(vec a, vec b) {
  uint32x4_t low = vmull_u16(vget_low_u16(words(a)), vget_low_u16(words(b)));
  uint32x4_t high = vmull_high_u16(words(a), words(b));
  return from_words(vuzp2q_u16(vreinterpretq_u16_u32(low), vreinterpretq_u16_u32(high)));
}
V vec v_min16s(vec a, vec b) { return from_signs(vminq_s16(signs(a), signs(b))); }
V vec v_min16u(vec a, vec b) { return from_words(vminq_u16(words(a), words(b))); }
V vec v_max16u(vec a, vec b) { return from_words(vmaxq_u16(words(a), words(b))); }
V vec v_shift_left16(vec a, int bits) { return from_words(vshlq_u16(words(a), vdupq_n_s16((int16_t)bits))); }
V vec v_shift_right16(vec a, int bits) { return from_words(vshlq_u16(words(a), vdupq_n_s16((int16_t)-bits))); }
V vec v_shift_right16_by(vec a, int bits) { return v_shift_right16(a, bits); }
V vec v_sign16(vec a) { return from_signs(vshrq_n_s16(signs(a), 15)); }
V vec v_even8(vec a) { return v_and(a, v_splat16(0xFF)); }
V vec v_odd8(vec a) { return from_words(vshrq_n_u16(words(a), 8)); }

/// The counts, one less where `a` is at most the bound: a comparison gives minus one.
V vec v_one_less_if_within16u(vec count, vec a, vec bound) {
  return from_words(vaddq_u16(words(count), vcleq_u16(words(a), words(bound))));
}

/// The product of bytes, up to 255 by up to 127, as words.
V vec_pair v_multiply8(vec a, vec b) {
  return (vec_pair){v_mul16(v_even8(a), v_even8(b)), v_mul16(v_odd8(a), v_odd8(b))};
}

V vec v_table(const uint8_t *entries) { return vld1q_u8(entries); }
V vec v_lookup(vec table, vec index) { return vqtbl1q_u8(table, index); }
V vec v_lookup_or_zero(vec table, vec index) { return vqtbl1q_u8(table, index); }

/// Blends by the sign of each byte, of each word.
V vec v_select8(vec sign, vec yes, vec no) {
  return vbslq_u8(vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(sign), 7)), yes, no);
}
V vec v_select16(vec sign, vec yes, vec no) { return vbslq_u8(v_sign16(sign), yes, no); }

// Code bytes, of which the largest wins.
V vec v_flag_above(vec code, vec value, vec bound, int flag) {
  return vmaxq_u8(code, vandq_u8(vcgtq_u8(value, bound), v_splat8(flag)));
}
V vec v_flag_equal(vec code, vec value, int fault, int flag) {
  return vmaxq_u8(code, vandq_u8(vceqq_u8(value, v_splat8(fault)), v_splat8(flag)));
}
V vec v_flag_common(vec code, vec a, vec b, int flag) {
  return vmaxq_u8(code, vandq_u8(vtstq_u8(a, b), v_splat8(flag)));
}
/// The flag 0xFF where the value is 0xFF.
V vec v_flag_ones(vec code, vec value) { return vmaxq_u8(code, vceqq_u8(value, v_splat8(0xFF))); }

// One vector has one half, so all orders are the order of the file. Narrowing takes words as signed, as on x86-64.
V vec v_bytes(const uint8_t *bytes) { return vld1q_u8(bytes); }
V vec v_narrow(vec first, vec second) { return vcombine_u8(vqmovun_s16(signs(first)), vqmovun_s16(signs(second))); }
V vec v_narrow_signed(vec first, vec second) {
  return vreinterpretq_u8_s8(vcombine_s8(vqmovn_s16(signs(first)), vqmovn_s16(signs(second))));
}
V vec_pair v_interleave(vec even, vec odd) {
  return (vec_pair){from_signs(vzip1q_s16(signs(even), signs(odd))), from_signs(vzip2q_s16(signs(even), signs(odd)))};
}

#include "lanes.h"
#include "loop.h"

tollgate_kernel tollgate_kernel_neon(void) { return price_neon; }

#else
tollgate_kernel tollgate_kernel_neon(void) { return NULL; }
#endif
