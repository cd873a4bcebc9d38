// A plane at half size: the mean of each 2x2 block. Written so that any compiler vectorises it.
#include <cstring>

#include "warp.h"

namespace panocam {

void half(const Plane &source, uint8_t *target, ptrdiff_t stride) {
    const int pairs = source.width / 2;
    for (int y = 0; y < (source.height + 1) / 2; ++y) {
        const uint8_t *a = source.data + 2 * static_cast<ptrdiff_t>(y) * source.stride;
        const uint8_t *b = 2 * y + 1 < source.height ? a + source.stride : a;
        uint8_t *out = target + y * stride;
        for (int x = 0; x < pairs; ++x) {
            uint16_t p, q;  // two pixels at a time: the sum of a word's bytes needs no shuffle
            std::memcpy(&p, a + 2 * x, 2);
            std::memcpy(&q, b + 2 * x, 2);
            out[x] = static_cast<uint8_t>(((p & 255) + (p >> 8) + (q & 255) + (q >> 8) + 2) >> 2);
        }
        if (source.width & 1) out[pairs] = static_cast<uint8_t>((a[2 * pairs] + b[2 * pairs] + 1) >> 1);
    }
}

}  // namespace panocam
