// The inner loops of the pricing kernel: C, because run-time dispatch needs functions compiled for a newer CPU than the
// rest, which Swift cannot express without unsafe flags. Swift owns the tables, the columns, refusals and dispatch.

#ifndef TOLLGATE_C_PRICING_KERNEL_H
#define TOLLGATE_C_PRICING_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Jobs in columns, ten bytes a row. Pointers need no alignment beyond that of their element.
typedef struct {
  const uint16_t *width;
  const uint16_t *height;
  const uint16_t *model;
  const uint8_t *steps;
  /// Images less one: 0 is one image, 255 is 256.
  const uint8_t *images;
  /// ControlNets in the low six bits, quality in the high two.
  const uint8_t *kind;
  const uint8_t *features;
} tollgate_jobs;

/// Tiers of a price book for lanes.
#define TOLLGATE_TIERS_MAX 8
/// Sets of features of such a book that may not be combined.
#define TOLLGATE_CONFLICTS_MAX 8

/// A price book for 16-bit lanes. Swift fills it and has proved that no lane overflows for a row without a fault.
/// Every lookup table is indexed by four bits.
typedef struct {
  /// Four tiers on a coarse grid, prices of 8 bits, a quantum of 2^n units, no price too dear: fewer instructions.
  bool quick;

  /// Sides of the tiers less one, the last repeated.
  uint16_t side_less_one[TOLLGATE_TIERS_MAX];
  /// If `quick`: by the step (longer side - 1) * tier_reciprocal >> 16, up to 15: tier << 2, and 0xFE beyond the last step.
  uint16_t tier_reciprocal;
  uint8_t step_last;
  uint8_t tier_of_step[16];
  uint8_t tier_code[16];
  /// By tier << 2 | quality, in base units; if `quick`, only the first table is read. The fourth quality is empty.
  uint8_t base_low[2][16];
  uint8_t base_high[2][16];
  uint8_t tiers;

  /// The slot of a model by its number, and of every larger number last; null where slots are the numbers themselves.
  const uint8_t *slot_of_model;
  uint16_t model_last;
  /// By slot, the multiplier of its class; 0 for what is no model, as in slot 15.
  uint8_t class_multiplier[16];
  /// The number of slots up to the last that is a model.
  uint8_t slots;

  /// By the low and the high four features: their product is the multiplier of the set.
  uint8_t multiplier_low[16];
  uint8_t multiplier_high[16];
  /// Additions per image in addition units: of the low and the high four features, and of ControlNets.
  uint8_t addition_low[16];
  uint8_t addition_high[16];
  uint8_t addition_nets[16];
  /// One bit for each set that may not be combined: whether its low, its high part is there. And the sets themselves.
  uint8_t conflict_low[16];
  uint8_t conflict_high[16];
  uint8_t conflict_sets[TOLLGATE_CONFLICTS_MAX];
  uint8_t conflicts;
  /// The features that multiply, that add, and that are not offered.
  uint8_t multiplying;
  uint8_t adding;
  uint8_t features_refused;

  /// The largest numbers of a job: at most 255, 255 and 15.
  uint8_t images_less_one_max;
  uint8_t steps_max;
  uint8_t nets_max;

  /// Blocks of extra steps are (max(steps - steps_less, 0) + steps_plus) * step_reciprocal >> 16; if `quick`, without plus.
  uint8_t steps_less;
  uint16_t steps_plus;
  uint16_t step_reciprocal;
  /// Lane units in one block of steps and in one addition unit; if `quick`, they are the same.
  uint16_t step_units;
  uint16_t addition_units;

  /// If not `quick`: lane units in a quantum, from 2 to 256, and n / quantum_units as
  /// n * quantum_reciprocal >> 16 >> quantum_shift. If `quick`, a quantum is 2^9 units and the reciprocal unused.
  uint16_t quantum_units;
  uint16_t quantum_reciprocal;
  uint16_t quantum_shift;
} tollgate_plan;

/// What a lane holds that is no price: minus a refusal's code in its high byte, and anything in its low byte; or, for a
/// price above INT16_MAX quanta, this.
#define TOLLGATE_LANE_TOO_DEAR INT16_MIN

/// Prices `count` rows into lanes, in quanta. Returns whether some price was too dear for its lane.
typedef bool (*tollgate_kernel)(const tollgate_plan *plan, const tollgate_jobs *jobs, size_t count, int16_t *lanes);

/// The kernels that this build has and this CPU can run, or null.
tollgate_kernel tollgate_kernel_baseline(void);
tollgate_kernel tollgate_kernel_avx2(void);
tollgate_kernel tollgate_kernel_avx512(void);
tollgate_kernel tollgate_kernel_neon(void);

/// A price book for 64-bit words: every book whose prices fit them. Faults are bits, the lowest refusal's is the lowest.
typedef struct {
  const uint8_t *tier_of_side;
  uint32_t longest_side;
  /// By tier << 2 | quality.
  const uint64_t *base;
  const uint8_t *class_of_model;
  uint32_t models;
  /// By class; one more, zero, for models that there are not.
  const uint64_t *class_multiplier;
  uint8_t class_none;
  const uint64_t *feature_multiplier;
  /// In units of 1/scale µcr, and likewise the next two.
  const uint64_t *feature_addition;
  const uint64_t *steps_addition;
  const uint64_t *nets_addition;
  const uint32_t *feature_faults;
  /// By the byte itself: steps, images less one, kind.
  const uint32_t *steps_faults;
  const uint32_t *images_faults;
  const uint32_t *kind_faults;
  /// The quantum in units, (2^64 - 1) / quantum_units, and the quantum in µcr.
  uint64_t quantum_units;
  uint64_t quantum_reciprocal;
  uint64_t quantum;
} tollgate_tables;

/// Prices `count` rows into words: µcr, or minus the code of a refusal. No vectors, any CPU.
void tollgate_price_tables(
  const tollgate_tables *tables, const tollgate_jobs *jobs, size_t count, int64_t *prices);

/// How rows fall into groups: (tier * 4 + quality) * slots + slot of the model.
typedef struct {
  /// By every side from 0 to 65,535; a side of zero, or beyond the largest tier, has the one after the last.
  const uint8_t *tier_of_side;
  /// By every model number; a model that is in no book has the last slot.
  const uint16_t *slot_of_model;
  uint32_t slots;
  uint32_t groups;
} tollgate_grouping;

/// Where the number of rows begins in a cell; the quanta stand below.
#define TOLLGATE_CELL_BITS 40
/// Rows that cells can hold.
#define TOLLGATE_CELL_ROWS_MAX (1 << 24)
/// Sets of cells, for rows 0, 4, 8, …, rows 1, 5, 9, … and so on: a sum that must wait for the one before it takes thrice
/// as long.
#define TOLLGATE_CELL_SETS 4

/// The prices of rows under one book, and where they are added up: in each set a cell for each group, and after those
/// sixteen by the code of a refusal.
typedef struct {
  const int16_t *lanes;
  uint64_t *cells;
} tollgate_book_lanes;

/// Adds the rows' prices up by group, for one book or more.
void tollgate_tally(
    const tollgate_grouping *grouping, const tollgate_jobs *jobs, size_t rows, const tollgate_book_lanes *books,
    size_t count);

#endif
