// AVX-512 (F, BW, VL, DQ): a row of a cell at a time, 16 luma pixels or 8 pairs of chroma pixels.
#include <immintrin.h>

#include "tile.h"

namespace panocam {
namespace {

using V = __m512i;

inline V lanes() { return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }

// A coordinate's start and its step from row to row, for 16 columns.
struct Run {
    V start, step;
};

inline V along(int32_t a, int32_t b, V column, int shift) {
    return _mm512_add_epi32(_mm512_set1_epi32(a), _mm512_srai_epi32(_mm512_mullo_epi32(_mm512_set1_epi32(b - a), column), shift));
}

inline Run luma_run(const int32_t *k, int bits) {
    const V top = along(k[0], k[1], lanes(), 4), bottom = along(k[2], k[3], lanes(), 4);
    return {_mm512_srai_epi32(top, 16 - bits), _mm512_srai_epi32(_mm512_sub_epi32(bottom, top), 20 - bits)};
}

inline Run chroma_run(const int32_t *k, int bits) {  // every column twice, for U and for V
    const V column = _mm512_add_epi32(_mm512_slli_epi32(_mm512_srli_epi32(lanes(), 1), 2), _mm512_set1_epi32(1));
    const V top = along(k[0], k[1], column, 5), bottom = along(k[2], k[3], column, 5), fall = _mm512_sub_epi32(bottom, top);
    const V first = _mm512_sub_epi32(_mm512_add_epi32(top, _mm512_srai_epi32(fall, 5)), _mm512_set1_epi32(0x8000));
    return {_mm512_srai_epi32(first, 17 - bits), _mm512_srai_epi32(fall, 20 - bits)};
}

// Weights: bytes (255-f, f, 255-f, f) from the high byte of y's fraction; words (32767-g, g) from x's 15 bits of it.
inline V down(V y) {
    const V spread = _mm512_set4_epi32(0x0d0d0d0d, 0x09090909, 0x05050505, 0x01010101);
    return _mm512_xor_si512(_mm512_shuffle_epi8(y, spread), _mm512_set1_epi32(0x00ff00ff));
}

inline V across(V x) {
    const V spread = _mm512_set4_epi32(0x0d0c0d0c, 0x09080908, 0x05040504, 0x01000100);
    return _mm512_ternarylogic_epi32(_mm512_shuffle_epi8(x, spread), _mm512_set1_epi32(0x7fff7fff), _mm512_set1_epi32(0x00007fff), 0x6a);
}

// Entry numbers: low word the column, high word the row.
inline V entry(V x, V y) { return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(x, 15), y); }

// Sums of two rows -> words (row a, row b), rounded to samples that are still signed.
inline V rounded(V a, V b) {
    return _mm512_mulhrs_epi16(_mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b), _mm512_set1_epi16(257));
}

// Sums of four rows -> bytes, each dword holding rows 0, 2, 1, 3 of its lane.
inline V bytes(V s0, V s1, V s2, V s3) {
    const V low = rounded(s0, s1), high = _mm512_slli_epi16(rounded(s2, s3), 8);
    return _mm512_xor_si512(_mm512_ternarylogic_epi32(low, _mm512_set1_epi16(0x00ff), high, 0xea), _mm512_set1_epi8(-128));
}

inline __m128i quarter(V v, int i) {
    switch (i) {
        case 0: return _mm512_castsi512_si128(v);
        case 1: return _mm512_extracti32x4_epi32(v, 1);
        case 2: return _mm512_extracti32x4_epi32(v, 2);
        default: return _mm512_extracti32x4_epi32(v, 3);
    }
}

struct Avx512 {
    static void pair(const uint8_t *a, const uint8_t *b, uint8_t *out, int n) {
        const V bias = _mm512_set1_epi8(-128);
        for (int i = 0; i < n; i += 32) {
            const V upper = _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(a + i)));
            const V lower = _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(b + i)));
            _mm512_store_si512(out + 2 * i, _mm512_ternarylogic_epi32(upper, _mm512_slli_epi16(lower, 8), bias, 0x56));
        }
    }

    static void quad(const uint8_t *u0, const uint8_t *u1, const uint8_t *v0, const uint8_t *v1, uint8_t *out, int n) {
        const V bias = _mm512_set1_epi8(-128);
        const auto wide = [](const uint8_t *a, const uint8_t *b) {
            const __m256i upper = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(a)));
            const __m256i lower = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(b)));
            return _mm512_cvtepu16_epi32(_mm256_or_si256(upper, _mm256_slli_epi16(lower, 8)));
        };
        for (int i = 0; i < n; i += 16)
            _mm512_store_si512(out + 4 * i, _mm512_ternarylogic_epi32(wide(u0 + i, u1 + i), _mm512_slli_epi32(wide(v0 + i, v1 + i), 16), bias, 0x56));
    }

    static void luma_cell(const uint8_t *patch, int stride, const Corners &k, const Target &out) {
        const Run rx = luma_run(k.x, 15), ry = luma_run(k.y, 16);
        const V scale = _mm512_set1_epi32(2 | stride << 16);
        const V by_row = _mm512_set4_epi32(0x0f0b0703, 0x0d090501, 0x0e0a0602, 0x0c080400);
        const V gathered = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        V x = rx.start, y = ry.start;
        uint8_t *to = out.data;
        for (int r = 0; r < kCell; r += 4, to += 4 * out.stride) {
            V sum[4];
            for (int i = 0; i < 4; ++i) {
                const V pixels = _mm512_i32gather_epi32(_mm512_madd_epi16(entry(x, y), scale), patch, 1);
                sum[i] = _mm512_madd_epi16(_mm512_maddubs_epi16(down(y), pixels), across(x));
                x = _mm512_add_epi32(x, rx.step);
                y = _mm512_add_epi32(y, ry.step);
            }
            const V rows = _mm512_permutexvar_epi32(gathered, _mm512_shuffle_epi8(bytes(sum[0], sum[1], sum[2], sum[3]), by_row));
            for (int i = 0; i < 4; ++i) _mm_storeu_si128(reinterpret_cast<__m128i *>(to + i * out.stride), quarter(rows, i));
        }
    }

    static void chroma_cell(const uint8_t *patch, int stride, const Corners &k, const Target &u, const Target &v) {
        const Run rx = chroma_run(k.x, 15), ry = chroma_run(k.y, 16);
        const V scale = _mm512_set1_epi32(4 | stride << 16);
        const V neighbours = _mm512_set4_epi32(0x0f0e0b0a, 0x0d0c0908, 0x07060302, 0x05040100);
        const V by_row = _mm512_set4_epi32(0x0f07'0b03, 0x0d05'0901, 0x0e06'0a02, 0x0c04'0800);
        const V gathered = _mm512_setr_epi32(0x00080000, 0x00180010, 0x000a0002, 0x001a0012, 0x000c0004, 0x001c0014, 0x000e0006, 0x001e0016,
                                             0x00090001, 0x00190011, 0x000b0003, 0x001b0013, 0x000d0005, 0x001d0015, 0x000f0007, 0x001f0017);
        V x = rx.start, y = ry.start;
        for (int r = 0; r < kCell / 2; r += 4) {
            V sum[4];
            for (int i = 0; i < 4; ++i) {
                const V pixels = _mm512_i64gather_epi64(_mm512_maskz_madd_epi16(0x5555, entry(x, y), scale), patch, 1);
                const V columns = _mm512_shuffle_epi8(_mm512_maddubs_epi16(down(y), pixels), neighbours);
                sum[i] = _mm512_madd_epi16(columns, across(x));
                x = _mm512_add_epi32(x, rx.step);
                y = _mm512_add_epi32(y, ry.step);
            }
            const V rows = _mm512_permutexvar_epi16(gathered, _mm512_shuffle_epi8(bytes(sum[0], sum[1], sum[2], sum[3]), by_row));
            for (int i = 0; i < 4; ++i) {
                const __m128i two = quarter(rows, i);
                const Target &t = i < 2 ? u : v;
                uint8_t *to = t.data + (r + 2 * (i & 1)) * t.stride;
                _mm_storel_epi64(reinterpret_cast<__m128i *>(to), two);
                _mm_storeh_pd(reinterpret_cast<double *>(to + t.stride), _mm_castsi128_pd(two));
            }
        }
    }
};

}  // namespace

void warp_avx512(const Job &job) { warp_with<Avx512>(job); }

}  // namespace panocam
