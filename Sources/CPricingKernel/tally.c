// Adds prices up by group: what `tollgate rerate` does with the kernel's lanes, in one pass over the rows for both books.

#include "CPricingKernel.h"

static inline __attribute__((always_inline)) void add_lane(
    uint32_t group, int16_t lane, uint64_t *cells, uint32_t groups) {
  // Minus a refusal's code is in the high byte of its lane; no branch, as nobody can predict which jobs are refused.
  bool refused = lane < 0;
  uint32_t refusal = groups + (uint32_t)(-(lane >> 8) & 15);
  uint32_t cell = __builtin_unpredictable(refused) ? refusal : group;
  uint32_t quanta = __builtin_unpredictable(refused) ? 0 : (uint32_t)lane;
  cells[cell] += (UINT64_C(1) << TOLLGATE_CELL_BITS) + quanta;
}

static inline __attribute__((always_inline)) void add_row(
    const tollgate_grouping *by, const tollgate_jobs *job, size_t row, const tollgate_book_lanes *books, size_t count,
    size_t part) {
  // The larger tier is that of the longer side, and a side of zero has the largest of all.
  uint32_t across = by->tier_of_side[job->width[row]], down = by->tier_of_side[job->height[row]];
  uint32_t tier = __builtin_unpredictable(across > down) ? across : down;
  uint32_t group = (tier << 2 | job->kind[row] >> 6) * by->slots + by->slot_of_model[job->model[row]];
  for (size_t book = 0; book < count; book++) {
    add_lane(group, books[book].lanes[row], books[book].cells + part * (by->groups + 16), by->groups);
  }
}

static inline __attribute__((always_inline)) void add_rows(
    const tollgate_grouping by, const tollgate_jobs job, size_t rows, const tollgate_book_lanes *books, size_t count) {
  size_t row = 0;
  for (; row + TOLLGATE_CELL_SETS <= rows; row += TOLLGATE_CELL_SETS) {
    for (size_t part = 0; part < TOLLGATE_CELL_SETS; part++) add_row(&by, &job, row + part, books, count, part);
  }
  for (; row < rows; row++) add_row(&by, &job, row, books, count, 0);
}

void tollgate_tally(
    const tollgate_grouping *grouping, const tollgate_jobs *jobs, size_t rows, const tollgate_book_lanes *books,
    size_t count) {
  // Copies, so that no store into the cells could change them; and a loop for each number of books that there is.
  if (count == 2) {
    const tollgate_book_lanes both[2] = {books[0], books[1]};
    add_rows(*grouping, *jobs, rows, both, 2);
  } else {
    for (size_t book = 0; book < count; book++) {
      const tollgate_book_lanes one[1] = {books[book]};
      add_rows(*grouping, *jobs, rows, one, 1);
    }
  }
}
