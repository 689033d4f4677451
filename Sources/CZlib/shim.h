// zlib, for the compressed histograms of the HdrHistogram log.
#include <zlib.h>
