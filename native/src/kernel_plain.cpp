// Plain C++: for processors without a kernel of their own, and the one the others are compared with.
#include "tile.h"

namespace panocam {
namespace {

struct Plain {
    static void pair(const uint8_t *from, ptrdiff_t stride, uint8_t *to, int n, int rows) {
        for (int y = 0; y < rows; ++y, from += stride, to += 2 * n)
            for (int x = 0; x < n; ++x) to[2 * x] = from[x], to[2 * x + 1] = from[stride + x];
    }

    static void draw(const Tile &tile, const uint8_t *patch, const Order *orders, int count) {
        const int stride[2] = {2 * tile.box.luma.width(), 2 * tile.box.chroma.width()};
        for (const Order *o = orders; o < orders + count; ++o) {
            for (int i = 0; i < kLumaBlocks; ++i) block(tile, o->cell, i, patch, stride[0], o->to[0], 4 * (i & 3), 4 * (i >> 2));
            for (int i = kLumaBlocks; i < kBlocks; ++i)
                for (int p = 1; p < 3; ++p)
                    block(tile, o->cell, i, patch + kLumaBytes + (p - 1) * kChromaBytes, stride[1], o->to[p], 4 * (i & 1), 2 * (i & 2));
        }
    }

    static void block(const Tile &tile, int k, int i, const uint8_t *patch, int stride, const Target &to, int column, int row) {
        const uint8_t *window = patch + tile.window[i][k];
        const uint32_t x_base = tile.x_base[i][k] & 0xffff, y_base = tile.y_base[i][k] & 0xffff;
        for (int r = 0; r < 4; ++r)
            for (int c = 0; c < 4; ++c) {
                const uint32_t x = x_base + static_cast<uint32_t>(c * tile.x.a13[k] + r * tile.x.b13[k] - tile.x.least[k]);
                const uint32_t y = y_base + (static_cast<uint32_t>(c * tile.y.a13[k] + r * tile.y.b13[k] - tile.y.least[k] + 16) >> 5);
                const uint8_t *p = window + (y >> 8) * stride + (x >> 13) * 2;
                to.data[(row + r) * to.stride + column + c] = blend(p[0], p[1], p[2], p[3], x, y);
            }
    }
};

}  // namespace

void warp_plain(const Job &job) { warp_with<Plain>(job); }

}  // namespace panocam
