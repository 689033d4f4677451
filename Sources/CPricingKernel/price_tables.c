// The kernel without vectors: table lookups and 64-bit words, for any CPU and for books that do not fit 16-bit lanes.

#include "CPricingKernel.h"

void tollgate_price_tables(
    const tollgate_tables *tables, const tollgate_jobs *jobs, size_t count, int64_t *prices) {
  const tollgate_tables table = *tables;
  const tollgate_jobs job = *jobs;
  for (size_t row = 0; row < count; row++) {
    uint32_t width = job.width[row], height = job.height[row];
    uint32_t longer = width > height ? width : height, shorter = width > height ? height : width;
    uint32_t kind = job.kind[row], features = job.features[row], steps = job.steps[row], images = job.images[row];
    uint32_t model = job.model[row];
    uint32_t class = model < table.models ? table.class_of_model[model] : table.class_none;
    uint32_t side = longer < table.longest_side ? longer : table.longest_side;

    // Fault n is bit n - 1, so the lowest bit is the refusal that wins.
    uint32_t faults = (uint32_t)(shorter == 0) | (uint32_t)(longer > table.longest_side) << 1;
    faults |= (uint32_t)(class == table.class_none) << 2;
    faults |= table.feature_faults[features] | table.steps_faults[steps] | table.images_faults[images]
        | table.kind_faults[kind];

    // Swift has shown that no total of a row without a fault passes 2^63; what others compute is thrown away.
    uint64_t image = table.base[(uint32_t)table.tier_of_side[side] << 2 | kind >> 6] * table.class_multiplier[class];
    image *= table.feature_multiplier[features];
    image += table.feature_addition[features] + table.steps_addition[steps] + table.nets_addition[kind & 63];
    uint64_t units = image * (images + 1) + table.quantum_units - 1;
    // Division by the reciprocal gives the quotient or one less.
    uint64_t quanta = (uint64_t)((unsigned __int128)units * table.quantum_reciprocal >> 64);
    quanta += units - quanta * table.quantum_units >= table.quantum_units;
    int64_t price = (int64_t)(quanta * table.quantum);
    prices[row] = faults == 0 ? price : -(int64_t)(__builtin_ctz(faults) + 1);
  }
}
