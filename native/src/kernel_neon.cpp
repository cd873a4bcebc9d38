// NEON (AArch64): a row of a block of 4x4 pixels fills a register; the window's 8 rows of 16 bytes are two tables of 64 bytes.
#include <arm_neon.h>

#include "tile.h"

namespace panocam {
namespace {

constexpr int32_t kBias = 128 * 255 * 8191;  // what the other kernels subtract from the samples, here from their weighted sum

inline uint8x16_t low_twice() {  // bytes 0 0 2 2 4 4 ...: the low byte of each word, twice
    static const uint8_t order[16] = {0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14};
    return vld1q_u8(order);
}

inline uint16x8_t wide(uint32_t v) { return vreinterpretq_u16_u32(vdupq_n_u32(v)); }

// Offsets of a block's row of pixels, the same in both words of each lane.
inline uint16x8_t offsets(const Axis &axis, int k, int row) {
    static const uint16_t columns[8] = {0, 0, 1, 1, 2, 2, 3, 3};
    const uint16x8_t first = vdupq_n_u16(static_cast<uint16_t>(row * axis.b13[k] - axis.least[k]));
    return vmlaq_n_u16(first, vld1q_u16(columns), static_cast<uint16_t>(axis.a13[k]));
}

struct Taps {
    uint8x16_t entry, down;
    uint16x8_t across;

    Taps(uint16x8_t x, uint16x8_t y) {  // x: 1/8192 pixel, high words one pixel further; y: 1/256 pixel
        const uint8x16_t order = low_twice();
        const uint16x8_t place = vandq_u16(vshrq_n_u16(x, 12), vdupq_n_u16(0x0e)), row = vandq_u16(vshrq_n_u16(y, 4), vdupq_n_u16(0x70));
        const uint8x16_t byte = vqtbl1q_u8(vreinterpretq_u8_u16(vorrq_u16(place, row)), order);
        entry = vaddq_u8(byte, vreinterpretq_u8_u16(vdupq_n_u16(0x0100)));
        down = veorq_u8(vqtbl1q_u8(vreinterpretq_u8_u16(y), order), vreinterpretq_u8_u16(vdupq_n_u16(0x00ff)));
        across = veorq_u16(vandq_u16(x, vdupq_n_u16(0x1fff)), wide(0x00001fff));
    }
};

struct Window {
    uint8x16x4_t upper, lower;

    Window(const uint8_t *p, ptrdiff_t stride) {
        for (int i = 0; i < 4; ++i) upper.val[i] = vld1q_u8(p + i * stride), lower.val[i] = vld1q_u8(p + (i + 4) * stride);
    }

    uint8x16_t row(const Taps &t) const { return vqtbx4q_u8(vqtbl4q_u8(upper, t.entry), lower, vsubq_u8(t.entry, vdupq_n_u8(64))); }
};

// The high halves of four pixels' sums.
inline int16x4_t sum(const Taps &t, uint8x16_t pixels) {
    const uint8x8_t low = vget_low_u8(pixels), high = vget_high_u8(pixels);
    const uint16x8_t columns = vpaddq_u16(vmull_u8(low, vget_low_u8(t.down)), vmull_u8(high, vget_high_u8(t.down)));
    const uint32x4_t sums = vpaddq_u32(vmull_u16(vget_low_u16(columns), vget_low_u16(t.across)),
                                       vmull_u16(vget_high_u16(columns), vget_high_u16(t.across)));
    return vshrn_n_s32(vsubq_s32(vreinterpretq_s32_u32(sums), vdupq_n_s32(kBias)), 16);
}

inline uint8x8_t bytes(int16x4_t a, int16x4_t b) {
    const int8x8_t narrow = vmovn_s16(vqrdmulhq_n_s16(vcombine_s16(a, b), 1028));
    return veor_u8(vreinterpret_u8_s8(narrow), vdup_n_u8(128));
}

struct Neon {
    static void pair(const uint8_t *from, ptrdiff_t stride, uint8_t *to, int n, int rows) {
        for (int x = 0; x < n; x += 16) {
            const uint8_t *p = from + x;
            uint8x16x2_t both;
            both.val[0] = vld1q_u8(p);
            for (int y = 0; y < rows; ++y) {
                both.val[1] = vld1q_u8(p += stride);
                vst2q_u8(to + 2 * (y * n + x), both);
                both.val[0] = both.val[1];
            }
        }
    }

    static void draw(const Tile &tile, const uint8_t *patch, const Order *orders, int count) {
        for (const Order *o = orders; o < orders + count; ++o) tile.kind[o->cell] == Kind::steep ? steep(tile, patch, *o) : calm(tile, patch, *o);
    }

    static void calm(const Tile &tile, const uint8_t *patch, const Order &order) {
        cell(tile, order, [&](int i, int plane) {
            const uint8_t *at = patch + tile.window[i][order.cell];
            return plane ? Window(at + kLumaBytes + (plane - 1) * kChromaBytes, 2 * tile.box.chroma.width()) : Window(at, 2 * tile.box.luma.width());
        });
    }

    struct Fetched {
        const uint32_t *pixels;
        int next = 0;

        uint8x16_t row(const Taps &) { return vreinterpretq_u8_u32(vld1q_u32(pixels + 4 * next++)); }
    };

    static void steep(const Tile &tile, const uint8_t *patch, const Order &order) {
        const Scattered scattered(tile, order.cell, patch);
        cell(tile, order, [&](int i, int plane) { return Fetched{scattered.pixels[plane == 2 ? i + 4 : i]}; });
    }

    template <class Source>
    PANOCAM_INLINE static void cell(const Tile &tile, const Order &order, Source source) {
        const int k = order.cell;
        uint16x8_t x[4], y[4];
        for (int r = 0; r < 4; ++r) x[r] = offsets(tile.x, k, r), y[r] = vshrq_n_u16(vaddq_u16(offsets(tile.y, k, r), vdupq_n_u16(16)), 5);
        const auto taps = [&](int i, int r) {
            return Taps(vaddq_u16(x[r], wide(tile.x_base[i][k])), vaddq_u16(y[r], wide(tile.y_base[i][k])));
        };
        int16x4_t s[4][4], other[4][4];  // block, row
        for (int row = 0; row < 4; ++row) {
            for (int i = 0; i < 4; ++i) {
                auto block = source(4 * row + i, 0);
                for (int r = 0; r < 4; ++r) {
                    const Taps t = taps(4 * row + i, r);
                    s[i][r] = sum(t, block.row(t));
                }
            }
            for (int r = 0; r < 4; ++r)
                vst1q_u8(order.to[0].data + (4 * row + r) * order.to[0].stride, vcombine_u8(bytes(s[0][r], s[1][r]), bytes(s[2][r], s[3][r])));
        }
        for (int i = 0; i < 4; ++i) {
            auto u = source(kLumaBlocks + i, 1), v = source(kLumaBlocks + i, 2);
            for (int r = 0; r < 4; ++r) {
                const Taps t = taps(kLumaBlocks + i, r);
                s[i][r] = sum(t, u.row(t));
                other[i][r] = sum(t, v.row(t));
            }
        }
        store_chroma(s, order.to[1]);
        store_chroma(other, order.to[2]);
    }

    static void store_chroma(const int16x4_t (*s)[4], const Target &to) {
        for (int r = 0; r < 4; ++r) {
            vst1_u8(to.data + r * to.stride, bytes(s[0][r], s[1][r]));
            vst1_u8(to.data + (r + 4) * to.stride, bytes(s[2][r], s[3][r]));
        }
    }
};

}  // namespace

void warp_neon(const Job &job) { warp_with<Neon>(job); }

}  // namespace panocam
