#include "tile.h"
namespace panocam { void warp_avx2(const Job &job) { warp_plain(job);} }
