// Runs `price_block` over a batch: whole blocks in place, and the last rows through a padded copy.

/// Rows from which on the prices go past the caches, as memcpy does it: reading what they overwrite would cost a tenth.
#define STREAM_ROWS_MIN ((size_t)1 << 22)
/// How many rows ahead of the loop its columns are fetched: the CPU alone follows so many columns too late.
#define PREFETCH_ROWS 512

V void prefetch(const tollgate_jobs *jobs, size_t row) {
  // A vector of bytes may be less than the 64 bytes of a cache line: a small one fetches once for several.
  if (ROWS == 16 && row % 64 != 0) return;
  __builtin_prefetch(jobs->width + row);
  __builtin_prefetch(jobs->height + row);
  __builtin_prefetch(jobs->model + row);
  if (ROWS != 32) {
    __builtin_prefetch(jobs->width + row + 32);
    __builtin_prefetch(jobs->height + row + 32);
    __builtin_prefetch(jobs->model + row + 32);
  }
  __builtin_prefetch(jobs->steps + row);
  __builtin_prefetch(jobs->images + row);
  __builtin_prefetch(jobs->kind + row);
  __builtin_prefetch(jobs->features + row);
}

V bool price_rows(
    const prepared *book, const tollgate_jobs *columns, size_t count, int16_t *lanes, bool quick, bool stream) {
  const tollgate_jobs jobs = *columns;
  vec lowest = v_splat16(0);
  size_t row = 0;
  if (stream) {
    // Streaming takes aligned vectors, so the first rows are priced apart.
    price_block(book, &jobs, 0, lanes, quick, false);
    row = (-(uintptr_t)lanes & (sizeof(vec) - 1)) / sizeof *lanes;
  }
  for (; row + ROWS <= count; row += ROWS) {
    prefetch(&jobs, row + PREFETCH_ROWS);
    vec least = price_block(book, &jobs, row, lanes, quick, stream);
    // The quick plan has no price that is too dear.
    if (!quick) lowest = v_min16s(lowest, least);
  }
  if (stream) v_stream_end();
  if (row < count) {
    // Rows of zeros follow the last: they have no price, so they never count as too dear.
    uint16_t width[ROWS] = {0}, height[ROWS] = {0}, model[ROWS] = {0};
    uint8_t steps[ROWS] = {0}, images[ROWS] = {0}, kind[ROWS] = {0}, features[ROWS] = {0};
    int16_t last[ROWS];
    size_t rest = count - row;
    __builtin_memcpy(width, jobs.width + row, rest * 2);
    __builtin_memcpy(height, jobs.height + row, rest * 2);
    __builtin_memcpy(model, jobs.model + row, rest * 2);
    __builtin_memcpy(steps, jobs.steps + row, rest);
    __builtin_memcpy(images, jobs.images + row, rest);
    __builtin_memcpy(kind, jobs.kind + row, rest);
    __builtin_memcpy(features, jobs.features + row, rest);
    tollgate_jobs tail = {width, height, model, steps, images, kind, features};
    lowest = v_min16s(lowest, price_block(book, &tail, 0, last, quick, false));
    __builtin_memcpy(lanes + row, last, rest * 2);
  }
  int16_t lowest_lanes[ROWS / 2];
  __builtin_memcpy(lowest_lanes, &lowest, sizeof lowest);
  bool dear = false;
  for (int lane = 0; lane < ROWS / 2; lane++) dear |= lowest_lanes[lane] == TOLLGATE_LANE_TOO_DEAR;
  return dear;
}

static bool KERNEL_NAME(const tollgate_plan *plan, const tollgate_jobs *jobs, size_t count, int16_t *lanes) {
  const prepared book = prepare(plan);
  if (!plan->quick) return price_rows(&book, jobs, count, lanes, false, false);
  bool stream = count >= STREAM_ROWS_MIN;
  return stream ? price_rows(&book, jobs, count, lanes, true, true)
                : price_rows(&book, jobs, count, lanes, true, false);
}
