// AVX2: a block of 4x4 pixels fills two registers. A row of the window (16 bytes) is one byte shuffle; of the 16 pixels each wants
// another row. Shuffling the differences between rows (exclusive or) and summing them up to the wanted row needs no selection: a
// shuffle gives zero where its index has the top bit set, and index - 16 * row has it for all rows beyond the wanted one.
#include <immintrin.h>

#include "tile.h"

namespace panocam {
namespace {

using V = __m256i;

struct Pair {  // rows 0 and 1, rows 2 and 3 of a block
    V upper, lower;
};

inline V set16(int v) { return _mm256_set1_epi16(static_cast<short>(v)); }
inline V set32(uint32_t v) { return _mm256_set1_epi32(static_cast<int>(v)); }
inline V two(const uint8_t *p) { return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))); }

inline V add16(V a, V b) { return _mm256_add_epi16(a, b); }
inline V add32(V a, V b) { return _mm256_add_epi32(a, b); }

// Offsets of the 16 pixels within a block, the same in both words of each lane; a lane is 4 * row + column.
inline Pair offsets(const Axis &axis, int k) {
    const V column = _mm256_setr_epi32(0, 0x00010001, 0x00020002, 0x00030003, 0, 0x00010001, 0x00020002, 0x00030003);
    const V row = _mm256_setr_epi32(0, 0, 0, 0, 0x00010001, 0x00010001, 0x00010001, 0x00010001);
    const V fall = set16(axis.b13[k]);
    const V across = _mm256_sub_epi16(_mm256_mullo_epi16(column, set16(axis.a13[k])), set16(axis.least[k]));
    const V upper = _mm256_add_epi16(across, _mm256_mullo_epi16(row, fall));
    return {upper, _mm256_add_epi16(upper, _mm256_add_epi16(fall, fall))};
}

// What is the same for all planes of half a block: which bytes of the window (16 * row + place), and the weights.
struct Taps {
    V entry, down, across;

    Taps() = default;
    Taps(V x, V y) {  // x: 1/8192 pixel, high words one pixel further; y: 1/256 pixel
        const V bytes = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14));
        const V place = _mm256_and_si256(_mm256_srli_epi16(x, 12), set16(0x0e)), row = _mm256_and_si256(_mm256_srli_epi16(y, 4), set16(0x70));
        entry = _mm256_add_epi8(_mm256_shuffle_epi8(_mm256_or_si256(place, row), bytes), set16(0x0100));
        down = _mm256_xor_si256(_mm256_shuffle_epi8(y, bytes), set16(0x00ff));
        across = _mm256_xor_si256(_mm256_and_si256(x, set16(0x1fff)), set32(0x00001fff));
    }

    V sum(V pixels) const { return _mm256_madd_epi16(_mm256_maddubs_epi16(down, pixels), across); }
};

struct Both {
    Taps upper, lower;

    template <int Rows>
    Pair sum(const uint8_t *window, ptrdiff_t stride) const {
        V last = two(window);
        Pair pixels{_mm256_shuffle_epi8(last, upper.entry), _mm256_shuffle_epi8(last, lower.entry)};
        for (int row = 1; row < Rows; ++row) {
            const V next = two(window + row * stride), change = _mm256_xor_si256(last, next), skip = _mm256_set1_epi8(static_cast<char>(16 * row));
            pixels.upper = _mm256_xor_si256(pixels.upper, _mm256_shuffle_epi8(change, _mm256_sub_epi8(upper.entry, skip)));
            pixels.lower = _mm256_xor_si256(pixels.lower, _mm256_shuffle_epi8(change, _mm256_sub_epi8(lower.entry, skip)));
            last = next;
        }
        return sum(pixels);
    }

    Pair sum(const Pair &pixels) const { return {upper.sum(pixels.upper), lower.sum(pixels.lower)}; }
};

// Sums of blocks a and b -> words, rounded to samples that are still signed.
inline V rounded(V a, V b) { return _mm256_mulhrs_epi16(_mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa), set16(1028)); }

// Sums of four blocks -> bytes; each 128 bits: block 0's four, block 1's, 2's, 3's.
inline V bytes(V s0, V s1, V s2, V s3) {
    const V order = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15));
    const V mixed = _mm256_or_si256(_mm256_and_si256(rounded(s0, s1), set16(0x00ff)), _mm256_slli_epi16(rounded(s2, s3), 8));
    return _mm256_shuffle_epi8(_mm256_xor_si256(mixed, _mm256_set1_epi8(-128)), order);
}

inline void store_rows(V rows, uint8_t *to, ptrdiff_t stride) {
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm256_castsi256_si128(rows));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to + stride), _mm256_extracti128_si256(rows, 1));
}

inline void store_halves(__m128i rows, uint8_t *to, ptrdiff_t stride) {  // a row of 8, and the row 4 further down
    _mm_storel_epi64(reinterpret_cast<__m128i *>(to), rows);
    _mm_storeh_pi(reinterpret_cast<__m64 *>(to + 4 * stride), _mm_castsi128_ps(rows));
}

struct Avx2 {
    static void pair(const uint8_t *from, ptrdiff_t stride, uint8_t *to, int n, int rows) {
        const V bias = _mm256_set1_epi8(-128);
        for (int x = 0; x < n; x += kColumn) {  // down each column, so that every source row is read once
            const uint8_t *p = from + x;
            const auto row = [&] { return _mm256_permute4x64_epi64(_mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const V *>(p)), bias), 0xd8); };
            V upper = row();
            for (int y = 0; y < rows; ++y) {
                p += stride;
                const V lower = row();
                V *out = reinterpret_cast<V *>(to + 2 * (y * n + x));
                _mm256_store_si256(out, _mm256_unpacklo_epi8(upper, lower));
                _mm256_store_si256(out + 1, _mm256_unpackhi_epi8(upper, lower));
                upper = lower;
            }
        }
    }

    static void draw(const Tile &tile, const uint8_t *patch, const Order *orders, int count) {
        for (const Order *o = orders; o < orders + count; ++o) {
            const int rows = ((tile.y.span[o->cell] + 16) >> 13) + 2;  // of the window that the cell's blocks need, at most 8
            if (tile.kind[o->cell] == Kind::steep) steep(tile, patch, *o);
            else (rows <= 4 ? calm<4> : rows == 5 ? calm<5> : rows == 6 ? calm<6> : calm<8>)(tile, patch, *o);
        }
    }

    template <int Rows>
    static void calm(const Tile &tile, const uint8_t *patch, const Order &order) {
        const int k = order.cell;
        const ptrdiff_t luma_stride = 2 * tile.box.luma.width(), chroma_stride = 2 * tile.box.chroma.width();
        cell<add32>(tile, order, [=, &tile](const Both &t, int i, int plane) {
            const uint8_t *window = patch + tile.window[i][k];
            return plane ? t.sum<Rows>(window + kLumaBytes + (plane - 1) * kChromaBytes, chroma_stride) : t.sum<Rows>(window, luma_stride);
        });
    }

    static void steep(const Tile &tile, const uint8_t *patch, const Order &order) {
        const Scattered scattered(tile, order.cell, patch);
        cell<add16>(tile, order, [&](const Both &t, int i, int plane) {
            const V *pixels = reinterpret_cast<const V *>(scattered.pixels[plane == 2 ? i + 4 : i]);
            return t.sum({_mm256_load_si256(pixels), _mm256_load_si256(pixels + 1)});
        });
    }

    // In a calm cell no word overflows into the next, which spares an instruction.
    template <V (*add)(V, V), class Sum>
    PANOCAM_INLINE static void cell(const Tile &tile, const Order &order, Sum sum) {
        const int k = order.cell;
        const Pair x = offsets(tile.x, k), fine = offsets(tile.y, k);
        const Pair y{_mm256_srli_epi16(_mm256_add_epi16(fine.upper, set16(16)), 5), _mm256_srli_epi16(_mm256_add_epi16(fine.lower, set16(16)), 5)};
        const auto taps = [&](int i) {
            const V x_base = set32(tile.x_base[i][k]), y_base = set32(tile.y_base[i][k]);
            return Both{Taps(add(x.upper, x_base), add(y.upper, y_base)),
                        Taps(add(x.lower, x_base), add(y.lower, y_base))};
        };
        Pair s[4], other[4];
        for (int row = 0; row < 4; ++row) {
            for (int i = 0; i < 4; ++i) s[i] = sum(taps(4 * row + i), 4 * row + i, 0);
            uint8_t *to = order.to[0].data + 4 * row * order.to[0].stride;
            store_rows(bytes(s[0].upper, s[1].upper, s[2].upper, s[3].upper), to, order.to[0].stride);
            store_rows(bytes(s[0].lower, s[1].lower, s[2].lower, s[3].lower), to + 2 * order.to[0].stride, order.to[0].stride);
        }
        for (int i = 0; i < 4; ++i) {
            const Both t = taps(kLumaBlocks + i);
            s[i] = sum(t, kLumaBlocks + i, 1);
            other[i] = sum(t, kLumaBlocks + i, 2);
        }
        store_chroma(s, order.to[1]);
        store_chroma(other, order.to[2]);
    }

    static void store_chroma(const Pair *s, const Target &to) {
        const V upper = bytes(s[0].upper, s[1].upper, s[2].upper, s[3].upper), lower = bytes(s[0].lower, s[1].lower, s[2].lower, s[3].lower);
        store_halves(_mm256_castsi256_si128(upper), to.data, to.stride);
        store_halves(_mm256_extracti128_si256(upper, 1), to.data + to.stride, to.stride);
        store_halves(_mm256_castsi256_si128(lower), to.data + 2 * to.stride, to.stride);
        store_halves(_mm256_extracti128_si256(lower, 1), to.data + 3 * to.stride, to.stride);
    }
};

}  // namespace

void warp_avx2(const Job &job) { warp_with<Avx2>(job); }

}  // namespace panocam
