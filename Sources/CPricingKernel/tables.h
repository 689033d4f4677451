// A plan made ready for a kind of vector, once a batch: what the loop reads is in vectors before it begins, because
// spreading a byte or a word over a vector costs as much as computing with it.

/// Sixteen entries by four bits.
#if V_HAS_SHUFFLE
typedef vec table;
#else
/// Entries are looked up by threes; those that fill up the last three have an index that is none.
typedef struct {
  vec index[18];
  vec entry[18];
  int used;
} table;
#endif

typedef struct {
  vec side_less_one[TOLLGATE_TIERS_MAX];
  table tier_of_step, tier_code;
  table base_low[2], base_high[2];
  table class_multiplier;
  table addition_nets;
  vec step_last, tier_reciprocal, features_refused, images_less_one_max, steps_max, nets_max;
  vec steps_less, steps_plus, step_reciprocal, step_units, addition_units;
  vec quantum_units, quantum_reciprocal;
  int quantum_shift;
  const uint8_t *slot_of_model;
  uint16_t model_last;
  // Features: by the low and the high four bits, or, without shuffles, the bits and sets that matter.
  table multiplier_low, multiplier_high;
#if V_HAS_SHUFFLE
  table addition_low, addition_high, conflict_low, conflict_high;
#else
  vec tier_last_step[3], base_first[3], base_more[3][3];
  vec addition_bit[8], addition[8], conflict[TOLLGATE_CONFLICTS_MAX], multiplying_low, multiplying_high;
  vec multiplier_none_low, multiplier_none_high;
  int additions, conflicts;
  vec nets_included;
  bool nets_add_one;
#endif
} prepared;

#if !V_HAS_SHUFFLE
enum { NO_INDEX = 0x70 };

V void add_entry(table *table, int index, int entry) {
  table->index[table->used] = v_splat8(index);
  table->entry[table->used++] = v_splat8(entry);
}
#endif

/// The table of `used` entries, the others being zeros that no index of a priced row selects.
V table prepare_table(const uint8_t *entries, int used) {
#if V_HAS_SHUFFLE
  return v_table(entries);
#else
  table table;
  table.used = 0;
  for (int index = 0; index < used; index++) {
    // What is zero need not be found.
    if (entries[index] != 0) add_entry(&table, index, entries[index]);
  }
  while (table.used % 3 != 0) add_entry(&table, NO_INDEX, 0);
  return table;
#endif
}

#if V_HAS_SHUFFLE

/// The table's entry for each byte of `index`; anything for those above 15.
V vec look_up(const table *table, vec index) { return v_lookup(*table, index); }

/// The same for any byte, with zeros for those above 15.
V vec look_up_or_zero(const table *table, vec index) { return v_lookup_or_zero(*table, index); }

/// Flags sides beyond the largest tier by their step on the grid, which is kept within the table.
V vec flag_step(vec code, const prepared *book, vec *step, int flag) {
#if V_HAS_MASKS
  return v_flag_above(code, *step, book->step_last, flag);
#else
  *step = v_min8u(*step, v_splat8(15));
  return v_max8u(code, look_up(&book->tier_code, *step));
#endif
}

V vec add_nets(const prepared *book, vec nets) { return look_up(&book->addition_nets, nets); }

/// The base price by the step of the longer side and the quality.
V vec find_base(const prepared *book, vec step, vec quality) {
  return look_up(&book->base_low[0], v_or(look_up(&book->tier_of_step, step), quality));
}

typedef struct { vec low, high; } feature_set;

V feature_set split_features(vec features) {
  vec mask = v_splat8(15);
  return (feature_set){v_and(features, mask), v_and(v_shift_right16(features, 4), mask)};
}

V void prepare_features(prepared *book, const tollgate_plan *plan) {
  book->multiplier_low = v_table(plan->multiplier_low);
  book->multiplier_high = v_table(plan->multiplier_high);
  book->addition_low = v_table(plan->addition_low);
  book->addition_high = v_table(plan->addition_high);
  book->conflict_low = v_table(plan->conflict_low);
  book->conflict_high = v_table(plan->conflict_high);
}

/// Flags sets that may not be combined: their low and their high part are both there.
V vec flag_conflicts(vec code, const prepared *book, feature_set set, int flag) {
  return v_flag_common(code, v_lookup(book->conflict_low, set.low), v_lookup(book->conflict_high, set.high), flag);
}

V vec add_features(const prepared *book, feature_set set) {
  return v_add8(v_lookup(book->addition_low, set.low), v_lookup(book->addition_high, set.high));
}

V vec_pair multiply_features(const prepared *book, feature_set set) {
  return v_multiply8(v_lookup(book->multiplier_low, set.low), v_lookup(book->multiplier_high, set.high));
}

#else

// Without byte shuffles, a lookup compares with each entry in use; so only what the book uses is looked up.

/// The table's entry for each byte of `index`; 0 for an index that is not in use.
V vec look_up(const table *table, vec index) {
  vec found = v_splat8(0);
  for (int used = 0; used < table->used; used += 3) {
#pragma clang loop unroll(full)
    for (int entry = used; entry < used + 3; entry++) {
      found = v_or(found, v_and(v_equal8(index, table->index[entry]), table->entry[entry]));
    }
  }
  return found;
}

V vec look_up_or_zero(const table *table, vec index) { return look_up(table, index); }

V vec flag_step(vec code, const prepared *book, vec *step, int flag) {
  return v_flag_above(code, *step, book->step_last, flag);
}

/// Mostly one unit for each above those included.
V vec add_nets(const prepared *book, vec nets) {
  if (book->nets_add_one) return v_sub8_to_zero(nets, book->nets_included);
  return look_up(&book->addition_nets, nets);
}

/// For each quality, the price of the smallest tier and what each of the next adds to it.
V vec find_base(const prepared *book, vec step, vec quality) {
  vec above[3];
  for (int tier = 0; tier < 3; tier++) above[tier] = v_above8u(step, book->tier_last_step[tier]);
  vec found = v_splat8(0);
  for (int index = 0; index < 3; index++) {
    vec base = book->base_first[index];
    for (int tier = 0; tier < 3; tier++) base = v_add8(base, v_and(above[tier], book->base_more[index][tier]));
    found = v_or(found, v_and(v_equal8(quality, v_splat8(index)), base));
  }
  return found;
}

typedef struct { vec features; } feature_set;

V feature_set split_features(vec features) { return (feature_set){features}; }

/// The multipliers of sets, among four features from `shift` on, as what differs from that of no feature.
V table prepare_multipliers(const uint8_t *entries, int multiplying, int shift) {
  table table;
  table.used = 0;
  int relevant = multiplying >> shift & 15;
  // The next subset, until it is the empty set again.
  for (int set = -relevant & relevant; set != 0; set = (set - relevant) & relevant) {
    add_entry(&table, set << shift, entries[set] ^ entries[0]);
  }
  // A set of features that do not multiply is none of them.
  while (table.used % 3 != 0) add_entry(&table, ~multiplying, 0);
  return table;
}

V void prepare_features(prepared *book, const tollgate_plan *plan) {
  book->multiplier_low = prepare_multipliers(plan->multiplier_low, plan->multiplying, 0);
  book->multiplier_high = prepare_multipliers(plan->multiplier_high, plan->multiplying, 4);
  book->additions = 0;
  for (int bit = 0; bit < 8; bit++) {
    if ((plan->adding >> bit & 1) == 0) continue;
    book->addition_bit[book->additions] = v_splat8(1 << bit);
    book->addition[book->additions++] =
        v_splat8(bit < 4 ? plan->addition_low[1 << bit] : plan->addition_high[1 << (bit - 4)]);
  }
  for (int tier = 0; tier < 3; tier++) {
    book->tier_last_step[tier] = v_splat8(plan->side_less_one[tier] * plan->tier_reciprocal >> 16);
    for (int quality = 0; quality < 3; quality++) {
      const uint8_t *price = &plan->base_low[0][tier * 4 + quality];
      book->base_more[quality][tier] = v_splat8(price[4] - price[0]);
    }
    book->base_first[tier] = v_splat8(plan->base_low[0][tier]);
  }
  int included = 0;
  while (included < plan->nets_max && plan->addition_nets[included + 1] == 0) included++;
  book->nets_included = v_splat8(included);
  book->nets_add_one = true;
  for (int nets = included; nets <= plan->nets_max; nets++) {
    book->nets_add_one &= plan->addition_nets[nets] == nets - included;
  }
  // Additions go by twos; no feature adds nothing.
  for (; book->additions % 2 != 0; book->additions++) {
    book->addition_bit[book->additions] = book->addition[book->additions] = v_splat8(0);
  }
  book->multiplier_none_low = v_splat8(plan->multiplier_low[0]);
  book->multiplier_none_high = v_splat8(plan->multiplier_high[0]);
  book->multiplying_low = v_splat8(plan->multiplying & 15);
  book->multiplying_high = v_splat8(plan->multiplying & 0xF0);
  book->conflicts = plan->conflicts;
  for (int index = 0; index < plan->conflicts; index++) book->conflict[index] = v_splat8(plan->conflict_sets[index]);
}

V vec flag_conflicts(vec code, const prepared *book, feature_set set, int flag) {
  vec found = v_splat8(0);
  for (int index = 0; index < book->conflicts; index++) {
    found = v_or(found, v_has_all8(set.features, book->conflict[index]));
  }
  return v_max8u(code, v_and(found, v_splat8(flag)));
}

V vec add_features(const prepared *book, feature_set set) {
  vec sum = v_splat8(0);
  for (int index = 0; index < book->additions; index += 2) {
#pragma clang loop unroll(full)
    for (int entry = index; entry < index + 2; entry++) {
      vec has = v_has_all8(set.features, book->addition_bit[entry]);
      sum = v_add8(sum, v_and(has, book->addition[entry]));
    }
  }
  return sum;
}

V vec_pair multiply_features(const prepared *book, feature_set set) {
  vec low = look_up(&book->multiplier_low, v_and(set.features, book->multiplying_low));
  vec high = look_up(&book->multiplier_high, v_and(set.features, book->multiplying_high));
  return v_multiply8(v_xor(low, book->multiplier_none_low), v_xor(high, book->multiplier_none_high));
}

#endif

V prepared prepare(const tollgate_plan *plan) {
  prepared book;
  for (int tier = 0; tier < TOLLGATE_TIERS_MAX; tier++) book.side_less_one[tier] = v_splat16(plan->side_less_one[tier]);
  int brackets = plan->tiers * 4;
  book.tier_of_step = prepare_table(plan->tier_of_step, 0);
  book.tier_code = prepare_table(plan->tier_code, 0);
  for (int half = 0; half < 2; half++) {
    int left = brackets - half * 16;
    int used = left < 0 ? 0 : left > 16 ? 16 : left;
    book.base_low[half] = prepare_table(plan->base_low[half], used);
    book.base_high[half] = prepare_table(plan->base_high[half], used);
  }
  book.class_multiplier = prepare_table(plan->class_multiplier, plan->slots);
  book.addition_nets = prepare_table(plan->addition_nets, plan->nets_max + 1);
  book.step_last = v_splat8(plan->step_last);
  book.tier_reciprocal = v_splat16(plan->tier_reciprocal);
  book.features_refused = v_splat8(plan->features_refused);
  book.images_less_one_max = v_splat8(plan->images_less_one_max);
  book.steps_max = v_splat8(plan->steps_max);
  book.nets_max = v_splat8(plan->nets_max);
  book.steps_less = v_splat8(plan->steps_less);
  book.steps_plus = v_splat16(plan->steps_plus);
  book.step_reciprocal = v_splat16(plan->step_reciprocal);
  book.step_units = v_splat16(plan->step_units);
  book.addition_units = v_splat16(plan->addition_units);
  book.quantum_units = v_splat16(plan->quantum_units);
  book.quantum_reciprocal = v_splat16(plan->quantum_reciprocal);
  book.quantum_shift = plan->quantum_shift;
  book.slot_of_model = plan->slot_of_model;
  book.model_last = plan->model_last;
  prepare_features(&book, plan);
  return book;
}
