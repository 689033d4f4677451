// The kernel's inner loop on 16-bit lanes, written once: the file that includes it says what a vector is and what its
// operations are (`vec`, `v_…`), and which name the function gets (`KERNEL_NAME`).
//
// A vector holds either ROWS bytes, one a row, or ROWS / 2 words. Two vectors of words hold a column of 16 bits in the
// order of the file; what is computed from bytes lies in an `even` and an `odd` vector, as a byte's row number is.
// `v_narrow` and `v_interleave` go between the two orders, and `v_bytes` loads a column of bytes so that they fit.
//
// Nothing branches on data: a row that has no price runs through with its code byte, and its lane is replaced at the end.

#include "tables.h"

/// Minus the codes of `PriceRefusal`, as bytes. A size of zero is 0xFF.
enum {
  SIZE_LARGE = 0xFE,
  MODEL = 0xFD,
  QUALITY = 0xFC,
  FEATURE = 0xFB,
  CONFLICT = 0xFA,
  IMAGES = 0xF9,
  STEPS = 0xF8,
  NETS = 0xF7,
};

/// Whole quanta of price × images, rounded up, where a quantum may be any number of units up to 256;
/// TOLLGATE_LANE_TOO_DEAR where they exceed INT16_MAX.
V vec whole_quanta(const prepared *book, vec price, vec images) {
  // With price = whole × q + rest: ceil(price × n / q) = whole × n + ceil(rest × n / q), and rest × n fits a word.
  vec whole = v_shift_right16_by(v_high16(price, book->quantum_reciprocal), book->quantum_shift);
  vec rest = v_sub16(price, v_mul16(whole, book->quantum_units));
  vec part = v_add16(v_mul16(rest, images), v_sub16(book->quantum_units, v_splat16(1)));
  part = v_shift_right16_by(v_high16(part, book->quantum_reciprocal), book->quantum_shift);
  vec quanta = v_add16_to_limit(v_mul16(whole, images), part);
  // A high word, or the sign bit, means too dear.
  vec high = v_min16u(v_high16(whole, images), v_splat16(1));
  return v_select16(v_or(quanta, v_shift_left16(high, 15)), v_splat16(TOLLGATE_LANE_TOO_DEAR), quanta);
}

/// The tiers of sides less one, as bytes; one more than the last for what is too large.
V vec find_tier(const prepared *book, vec first, vec second) {
  // The list of sides ends with the largest, repeated.
  vec first_tier = v_splat16(TOLLGATE_TIERS_MAX), second_tier = v_splat16(TOLLGATE_TIERS_MAX);
  for (int tier = 0; tier < TOLLGATE_TIERS_MAX; tier++) {
    first_tier = v_one_less_if_within16u(first_tier, first, book->side_less_one[tier]);
    second_tier = v_one_less_if_within16u(second_tier, second, book->side_less_one[tier]);
  }
  return v_narrow(first_tier, second_tier);
}

/// The slots of the models, by their map.
V vec map_models(const prepared *book, const uint16_t *models) {
  uint8_t slots[ROWS];
#pragma clang loop vectorize(disable)
  for (int row = 0; row < ROWS; row++) {
    slots[row] = book->slot_of_model[models[row] < book->model_last ? models[row] : book->model_last];
  }
  return v_bytes(slots);
}

/// One block of ROWS rows, beginning at `row`. Returns the smaller of both vectors of lanes.
V vec price_block(
    const prepared *book, const tollgate_jobs *jobs, size_t row, int16_t *lanes, bool quick, bool stream) {
  // A code byte of 0x7F is "nothing wrong": below every refusal, and as the high byte of a lane above every price.
  vec code = v_splat8(0x7F);

  // The longer side, less one: a side of zero becomes 65,535, which no side less one can be.
  vec one = v_splat16(1);
  vec first = v_max16u(v_sub16(v_load(jobs->width + row), one), v_sub16(v_load(jobs->height + row), one));
  vec second = v_max16u(
      v_sub16(v_load(jobs->width + row + ROWS / 2), one), v_sub16(v_load(jobs->height + row + ROWS / 2), one));
  vec kind = v_bytes(jobs->kind + row);
  vec quality = v_and(v_shift_right16(kind, 6), v_splat8(3));
  vec base, bracket;
  if (quick) {
    vec step = v_narrow(v_high16(first, book->tier_reciprocal), v_high16(second, book->tier_reciprocal));
    code = flag_step(code, book, &step, SIZE_LARGE);
    base = find_base(book, step, quality);
  } else {
    vec tier = find_tier(book, first, second);
    bracket = v_or(v_shift_left16(tier, 2), quality);
    code = v_flag_above(code, tier, v_splat8(TOLLGATE_TIERS_MAX - 1), SIZE_LARGE);
  }
  code = v_flag_ones(code, v_narrow_signed(first, second));
  code = v_flag_equal(code, quality, 3, QUALITY);

  vec slot;
  if (book->slot_of_model) {
    slot = map_models(book, jobs->model + row);
  } else {
    // Above 127 come 127 and, from the sign bit on, 128; none of these has a slot either.
    slot = v_narrow_signed(v_load(jobs->model + row), v_load(jobs->model + row + ROWS / 2));
  }
  vec class = look_up_or_zero(&book->class_multiplier, slot);
  code = v_flag_equal(code, class, 0, MODEL);

  vec features = v_bytes(jobs->features + row);
  feature_set set = split_features(features);
  code = flag_conflicts(code, book, set, CONFLICT);
  code = v_flag_common(code, features, book->features_refused, FEATURE);

  vec nets = v_and(kind, v_splat8(63));
  vec steps = v_bytes(jobs->steps + row);
  vec images = v_bytes(jobs->images + row);
  code = v_flag_above(code, nets, book->nets_max, NETS);
  code = v_flag_above(code, steps, book->steps_max, STEPS);
  code = v_flag_above(code, images, book->images_less_one_max, IMAGES);

  // Per image: base × class × features, all exact in lane units.
  vec_pair price;
  if (quick) {
    price = v_multiply8(base, class);
  } else {
    // The fifth to eighth tier are in the second half of the table: bit 4 of the index, made the sign.
    vec half = v_shift_left16(bracket, 3);
    vec index = v_and(bracket, v_splat8(15));
    vec low = v_select8(half, look_up(&book->base_low[1], index), look_up(&book->base_low[0], index));
    vec high = v_select8(half, look_up(&book->base_high[1], index), look_up(&book->base_high[0], index));
    price.even = v_mul16(v_or(v_even8(low), v_shift_left16(high, 8)), v_even8(class));
    price.odd = v_mul16(v_or(v_odd8(low), v_and(high, v_splat16(0xFF00))), v_odd8(class));
  }
  vec_pair multiplier = multiply_features(book, set);
  price.even = v_mul16(price.even, multiplier.even);
  price.odd = v_mul16(price.odd, multiplier.odd);

  // What is added per image: features and ControlNets in addition units, and started blocks of steps.
  vec additions = v_add8(add_features(book, set), add_nets(book, nets));
  vec extra = v_sub8_to_zero(steps, book->steps_less);
  vec_pair blocks = {v_even8(extra), v_odd8(extra)};
  if (!quick) {
    blocks.even = v_add16(blocks.even, book->steps_plus);
    blocks.odd = v_add16(blocks.odd, book->steps_plus);
  }
  blocks.even = v_high16(blocks.even, book->step_reciprocal);
  blocks.odd = v_high16(blocks.odd, book->step_reciprocal);
  vec_pair added = {v_even8(additions), v_odd8(additions)};
  if (quick) {
    // A block of steps is one addition unit.
    added.even = v_add16(added.even, blocks.even);
    added.odd = v_add16(added.odd, blocks.odd);
  } else {
    price.even = v_add16(price.even, v_mul16(blocks.even, book->step_units));
    price.odd = v_add16(price.odd, v_mul16(blocks.odd, book->step_units));
  }
  price.even = v_add16(price.even, v_mul16(added.even, book->addition_units));
  price.odd = v_add16(price.odd, v_mul16(added.odd, book->addition_units));

  // Times the images, and once rounded up to the quantum.
  if (quick) {
    // Price units and images are scaled by powers of two, so that the quanta are the high word of their product p × n,
    // rounded up: and that is p - floor(p × (2^16 - n) / 2^16).
    vec none = v_splat16(-(1 << 7)), mask = v_splat16(0xFF << 7);
    vec even = v_sub16(none, v_and(v_shift_left16(images, 7), mask));
    vec odd = v_sub16(none, v_and(v_shift_right16(images, 1), mask));
    price.even = v_sub16(price.even, v_high16(price.even, even));
    price.odd = v_sub16(price.odd, v_high16(price.odd, odd));
  } else {
    price.even = whole_quanta(book, price.even, v_add16(v_even8(images), one));
    price.odd = whole_quanta(book, price.odd, v_add16(v_odd8(images), one));
  }

  // With its code as high byte, a refusal is below every price and "nothing wrong" above all that are not too dear. A row
  // without a price has computed some number, which must not win.
  vec even = v_shift_left16(code, 8), odd = code;
  if (quick) {
    vec largest = v_splat16(INT16_MAX);
    even = v_min16s(v_and(price.even, largest), even);
    odd = v_min16s(v_and(price.odd, largest), odd);
  } else {
    even = v_select16(even, even, price.even);
    odd = v_select16(odd, odd, price.odd);
  }
  vec_pair order = v_interleave(even, odd);
  if (stream) {
    v_stream(lanes + row, order.even);
    v_stream(lanes + row + ROWS / 2, order.odd);
  } else {
    v_store(lanes + row, order.even);
    v_store(lanes + row + ROWS / 2, order.odd);
  }
  return v_min16s(even, odd);
}
