// Plain C++: for processors without a kernel of their own, and the one the others are compared with.
#include "tile.h"

namespace panocam {
namespace {

struct Plain {
    static void pair(const uint8_t *a, const uint8_t *b, uint8_t *out, int n) {
        for (int i = 0; i < n; ++i) out[2 * i] = a[i], out[2 * i + 1] = b[i];
    }

    static void quad(const uint8_t *u0, const uint8_t *u1, const uint8_t *v0, const uint8_t *v1, uint8_t *out, int n) {
        for (int i = 0; i < n; ++i) out[4 * i] = u0[i], out[4 * i + 1] = u1[i], out[4 * i + 2] = v0[i], out[4 * i + 3] = v1[i];
    }

    static void luma_cell(const uint8_t *patch, int stride, const Corners &k, const Target &y) {
        for (int r = 0; r < kCell; ++r)
            for (int c = 0; c < kCell; ++c) {
                const auto at = luma_place(k.x, k.y, c, r);
                const uint8_t *p = patch + (at.y >> 16) * stride + (at.x >> 15) * 2;
                y.data[r * y.stride + c] = blend(p[0], p[1], p[2], p[3], at.x, at.y);
            }
    }

    static void chroma_cell(const uint8_t *patch, int stride, const Corners &k, const Target &u, const Target &v) {
        for (int r = 0; r < kCell / 2; ++r)
            for (int c = 0; c < kCell / 2; ++c) {
                const auto at = chroma_place(k.x, k.y, c, r);
                const uint8_t *p = patch + (at.y >> 16) * stride + (at.x >> 15) * 4;
                u.data[r * u.stride + c] = blend(p[0], p[1], p[4], p[5], at.x, at.y);
                v.data[r * v.stride + c] = blend(p[2], p[3], p[6], p[7], at.x, at.y);
            }
    }
};

}  // namespace

void warp_plain(const Job &job) { warp_with<Plain>(job); }

}  // namespace panocam
