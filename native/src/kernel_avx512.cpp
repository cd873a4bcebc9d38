// AVX-512 (F, BW, VL, DQ): a block of 4x4 pixels fills a register, its window of 8x8 pairs two more, one permutation fetches all.
#include <immintrin.h>

#include "tile.h"

namespace panocam {
namespace {

using V = __m512i;

inline V add16(V a, V b) { return _mm512_add_epi16(a, b); }
inline V add32(V a, V b) { return _mm512_add_epi32(a, b); }

// Offsets of the 16 pixels within a block, the same in both words of each lane; lane = 4 * row + column.
inline V offsets(const Axis &axis, int k) {
    const V column = _mm512_set4_epi32(0x00030003, 0x00020002, 0x00010001, 0);
    const V row = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_set_epi64x(0x0001000100010001, 0x0001000100010001, 0, 0)),
                                     _mm256_set_epi64x(0x0003000300030003, 0x0003000300030003, 0x0002000200020002, 0x0002000200020002), 1);
    const V x = _mm512_mullo_epi16(column, _mm512_set1_epi16(static_cast<short>(axis.a13[k])));
    const V y = _mm512_mullo_epi16(row, _mm512_set1_epi16(static_cast<short>(axis.b13[k])));
    return _mm512_sub_epi16(_mm512_add_epi16(x, y), _mm512_set1_epi16(static_cast<short>(axis.least[k])));
}

inline V four_rows(const uint8_t *p, ptrdiff_t stride) {
    const auto row = [&](int i) { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(p + i * stride)); };
    V v = _mm512_castsi128_si512(row(0));
    v = _mm512_mask_broadcast_i64x2(v, 0x0c, row(1));
    v = _mm512_mask_broadcast_i64x2(v, 0x30, row(2));
    return _mm512_mask_broadcast_i64x2(v, 0xc0, row(3));
}

// What is the same for all planes of a block: which entries of the window, and the weights.
struct Taps {
    V entry, down, across;

    Taps(V x, V y) {  // x: 1/8192 pixel, high words one pixel further; y: 1/256 pixel
        entry = _mm512_ternarylogic_epi32(_mm512_srli_epi16(y, 5), _mm512_set1_epi16(0x38), _mm512_srli_epi16(x, 13), 0xea);
        const V fraction = _mm512_shuffle_epi8(y, _mm512_set4_epi32(0x0e0e0c0c, 0x0a0a0808, 0x06060404, 0x02020000));
        down = _mm512_xor_si512(fraction, _mm512_set1_epi16(0x00ff));
        across = _mm512_ternarylogic_epi32(x, _mm512_set1_epi16(0x1fff), _mm512_set1_epi32(0x00001fff), 0x6a);
    }

    template <bool Flat>
    V sum(const uint8_t *window, ptrdiff_t stride) const {
        const V upper = four_rows(window, stride);
        return sum(Flat ? _mm512_permutexvar_epi16(entry, upper) : _mm512_permutex2var_epi16(upper, entry, four_rows(window + 4 * stride, stride)));
    }

    V sum(V pixels) const { return _mm512_madd_epi16(_mm512_maddubs_epi16(down, pixels), across); }
};

// Sums of blocks a and b -> words, rounded to samples that are still signed.
inline V rounded(V a, V b) {
    return _mm512_mulhrs_epi16(_mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b), _mm512_set1_epi16(1028));
}

// Sums of four blocks -> bytes, each lane holding blocks 0, 2, 1, 3; then each 128 bits: block 0's four, block 1's, 2's, 3's.
inline V bytes(const V *s) {
    const V low = rounded(s[0], s[1]), high = _mm512_slli_epi16(rounded(s[2], s[3]), 8);
    const V mixed = _mm512_xor_si512(_mm512_ternarylogic_epi32(low, _mm512_set1_epi16(0x00ff), high, 0xea), _mm512_set1_epi8(-128));
    return _mm512_shuffle_epi8(mixed, _mm512_set4_epi32(0x0f0b0703, 0x0d090501, 0x0e0a0602, 0x0c080400));
}

inline void store_rows(V rows, uint8_t *to, ptrdiff_t stride) {
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm512_castsi512_si128(rows));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to + stride), _mm512_extracti32x4_epi32(rows, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to + 2 * stride), _mm512_extracti32x4_epi32(rows, 2));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to + 3 * stride), _mm512_extracti32x4_epi32(rows, 3));
}

inline void store_halves(__m128i rows, uint8_t *to, ptrdiff_t stride) {  // a row of 8, and the row 4 further down
    _mm_storel_epi64(reinterpret_cast<__m128i *>(to), rows);
    _mm_storeh_pi(reinterpret_cast<__m64 *>(to + 4 * stride), _mm_castsi128_ps(rows));
}

struct Avx512 {
    // Down each column of 32 pixels, so that every source row is read once.
    static void pair(const uint8_t *from, ptrdiff_t stride, uint8_t *to, int n, int rows) {
        const V bias = _mm512_set1_epi8(-128);
        const auto row = [](const uint8_t *p) { return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p))); };
        for (int x = 0; x < n; x += kColumn) {
            const uint8_t *p = from + x;
            V upper = row(p);
            for (int y = 0; y < rows; ++y) {
                const V lower = row(p += stride);
                _mm512_store_si512(to + 2 * (y * n + x), _mm512_ternarylogic_epi32(upper, _mm512_slli_epi16(lower, 8), bias, 0x56));
                upper = lower;
            }
        }
    }

    static void draw(const Tile &tile, const uint8_t *patch, const Order *orders, int count) {
        for (const Order *o = orders; o < orders + count; ++o) {
            if (tile.kind[o->cell] == Kind::steep) steep(tile, patch, *o);
            else if (tile.y.span[o->cell] < kFlatSpan) calm<true>(tile, patch, *o);
            else calm<false>(tile, patch, *o);
        }
    }

    // Flat: four rows of the window are enough.
    template <bool Flat>
    static void calm(const Tile &tile, const uint8_t *patch, const Order &order) {
        const int k = order.cell;
        const ptrdiff_t luma_stride = 2 * tile.box.luma.width(), chroma_stride = 2 * tile.box.chroma.width();
        cell<add32>(tile, order, [=, &tile](const Taps &t, int i, int plane) {
            const uint8_t *window = patch + tile.window[i][k];
            return plane ? t.sum<Flat>(window + kLumaBytes + (plane - 1) * kChromaBytes, chroma_stride) : t.sum<Flat>(window, luma_stride);
        });
    }

    static void steep(const Tile &tile, const uint8_t *patch, const Order &order) {
        const Scattered scattered(tile, order.cell, patch);
        cell<add16>(tile, order, [&](const Taps &t, int i, int plane) { return t.sum(_mm512_load_si512(scattered.pixels[plane == 2 ? i + 4 : i])); });
    }

    // In a calm cell no word overflows into the next, which spares an instruction.
    template <V (*add)(V, V), class Sum>
    PANOCAM_INLINE static void cell(const Tile &tile, const Order &order, Sum sum) {
        const int k = order.cell;
        const V x = offsets(tile.x, k), y = _mm512_srli_epi16(_mm512_add_epi16(offsets(tile.y, k), _mm512_set1_epi16(16)), 5);
        const auto taps = [&](int i) {
            return Taps(add(x, _mm512_set1_epi32(static_cast<int>(tile.x_base[i][k]))),
                        add(y, _mm512_set1_epi32(static_cast<int>(tile.y_base[i][k]))));
        };
        V s[4], other[4];
        for (int row = 0; row < 4; ++row) {
            for (int i = 0; i < 4; ++i) s[i] = sum(taps(4 * row + i), 4 * row + i, 0);
            store_rows(bytes(s), order.to[0].data + 4 * row * order.to[0].stride, order.to[0].stride);
        }
        for (int i = 0; i < 4; ++i) {
            const Taps t = taps(kLumaBlocks + i);
            s[i] = sum(t, kLumaBlocks + i, 1);
            other[i] = sum(t, kLumaBlocks + i, 2);
        }
        for (int i = 0; i < 2; ++i) {
            const V rows = bytes(i ? other : s);
            const Target &t = order.to[1 + i];
            store_halves(_mm512_castsi512_si128(rows), t.data, t.stride);
            store_halves(_mm512_extracti32x4_epi32(rows, 1), t.data + t.stride, t.stride);
            store_halves(_mm512_extracti32x4_epi32(rows, 2), t.data + 2 * t.stride, t.stride);
            store_halves(_mm512_extracti32x4_epi32(rows, 3), t.data + 3 * t.stride, t.stride);
        }
    }
};

}  // namespace

void warp_avx512(const Job &job) { warp_with<Avx512>(job); }

}  // namespace panocam
