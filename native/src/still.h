// Conditional replenishment: blocks of a picture that are as they were become exactly as they were, so that an encoder has nothing to say
// about them; of all others the memory learns how they are now.
//
// "As they were" is meant in two ways at once. No pixel may differ by more than `peak`, and the mean of no 4x4 pixels by more than `mean`
// (given in sixteenths): noise of a sensor differs a lot from pixel to pixel and hardly on average, things that move the other way round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

#include "warp.h"

namespace panocam {

constexpr int kStill = 16;  // luma pixels along a side of a block

struct Likeness {
    int peak, mean;
};

// What four rows of 16 pixels say: the largest difference, and the largest sum of differences of 4x4 of them.
struct Apart {
    int peak = 0, mean = 0;

    // Width 8 means eight rows of 8 pixels, the last four beside the first.
    template <int Width>
    void look(const uint8_t *p, ptrdiff_t p_stride, const uint8_t *q, ptrdiff_t q_stride) {
#if defined(__SSE2__) || defined(_M_X64)
        const __m128i none = _mm_setzero_si128();
        __m128i most = none, left = none, right = none;
        for (int row = 0; row < 4; ++row, p += p_stride, q += q_stride) {
            const __m128i a = load<Width>(p, p_stride), b = load<Width>(q, q_stride);
            most = _mm_max_epu8(most, _mm_or_si128(_mm_subs_epu8(a, b), _mm_subs_epu8(b, a)));
            left = _mm_add_epi16(left, _mm_sub_epi16(_mm_unpacklo_epi8(a, none), _mm_unpacklo_epi8(b, none)));
            right = _mm_add_epi16(right, _mm_sub_epi16(_mm_unpackhi_epi8(a, none), _mm_unpackhi_epi8(b, none)));
        }
        const __m128i ones = _mm_set1_epi16(1);
        __m128i fours = _mm_packs_epi32(_mm_madd_epi16(left, ones), _mm_madd_epi16(right, ones));  // eight sums of 2x4
        fours = _mm_madd_epi16(fours, ones);                                                       // four of 4x4
        alignas(16) uint8_t peaks[16];
        alignas(16) int32_t means[4];
        _mm_store_si128(reinterpret_cast<__m128i *>(peaks), _mm_max_epu8(most, _mm_srli_si128(most, 8)));
        _mm_store_si128(reinterpret_cast<__m128i *>(means), fours);
        for (int i = 0; i < 8; ++i) peak = peaks[i] > peak ? peaks[i] : peak;
        for (const int32_t each : means) widen(each);
#else
        for (int x = 0; x < kStill; x += 4) {
            int sum = 0;
            for (int row = 0; row < 4; ++row)
                for (int i = x; i < x + 4; ++i) {
                    const int below = i < Width ? row : row + 4, column = i % Width;
                    const int apart = p[below * p_stride + column] - q[below * q_stride + column], size = apart < 0 ? -apart : apart;
                    peak = size > peak ? size : peak;
                    sum += apart;
                }
            widen(sum);
        }
#endif
    }

#if defined(__SSE2__) || defined(_M_X64)
    template <int Width>
    static __m128i load(const uint8_t *p, ptrdiff_t stride) {
        if (Width == kStill) return _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
        const __m128i above = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(p)), below = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(p + 4 * stride));
        return _mm_unpacklo_epi64(above, below);
    }
#endif

    void widen(int sum) {
        const int size = sum < 0 ? -sum : sum;
        mean = size > mean ? size : mean;
    }
};

// Whether a block is alike in two planes. One that the picture's edge cuts is looked at with nothing beyond it.
inline bool alike(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride, int width, int height, Likeness most) {
    Apart apart;
    if (width == kStill / 2 && height == kStill / 2) {
        apart.look<kStill / 2>(a, a_stride, b, b_stride);
        return apart.peak <= most.peak && apart.mean <= most.mean;
    }
    for (int top = 0; top < height; top += 4) {
        const uint8_t *p = a + top * a_stride, *q = b + top * b_stride;
        if (width == kStill && top + 4 <= height) {
            apart.look<kStill>(p, a_stride, q, b_stride);
        } else {
            uint8_t one[4 * kStill] = {}, two[4 * kStill] = {};
            for (int row = 0; row < 4 && top + row < height; ++row) {
                std::memcpy(one + row * kStill, p + row * a_stride, static_cast<size_t>(width));
                std::memcpy(two + row * kStill, q + row * b_stride, static_cast<size_t>(width));
            }
            apart.look<kStill>(one, kStill, two, kStill);
        }
        if (apart.peak > most.peak || apart.mean > most.mean) return false;
    }
    return true;
}

template <int Width>
inline void take(const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride, int width, int height) {
    const size_t n = static_cast<size_t>(Width ? Width : width);
    for (int row = 0; row < height; ++row) std::memcpy(to + row * to_stride, from + row * from_stride, n);
}

struct Part {  // of a block, in one plane
    Target now, kept;
    int width, height;

    bool same(Likeness most) const { return alike(now.data, now.stride, kept.data, kept.stride, width, height, most); }

    static void move(const Target &from, const Target &to, int width, int height) {
        if (width == kStill) return take<kStill>(from.data, from.stride, to.data, to.stride, width, height);
        if (width == kStill / 2) return take<kStill / 2>(from.data, from.stride, to.data, to.stride, width, height);
        take<0>(from.data, from.stride, to.data, to.stride, width, height);
    }
};

// A block's rows lie far apart, so no processor guesses what comes next; asked for this many pixels ahead, it has arrived in time.
constexpr int kFetched = 64, kBefore = 256;

inline void fetch(const Target &plane, int x, int rows) {
#if defined(__GNUC__)
    for (int row = 0; row < rows; ++row) __builtin_prefetch(plane.data + row * plane.stride + x, 1);
#else
    (void)plane, (void)x, (void)rows;
#endif
}

// How many of the blocks stay as they were.
inline int settle(const Target (&now)[3], const Target (&kept)[3], int width, int height, Likeness most) {
    int still = 0;
    for (int y = 0; y < height; y += kStill)
        for (int x = 0; x < width; x += kStill) {
            for (int i = 0; i < 3 && x % (kFetched << (i > 0)) == 0; ++i) {
                const int s = i ? 1 : 0, ahead = (x + kBefore) >> s, rows = (height - y < kStill ? height - y : kStill) >> s;
                if (x + kBefore >= width) break;
                fetch({now[i].data + (y >> s) * now[i].stride, now[i].stride}, ahead, rows);
                fetch({kept[i].data + (y >> s) * kept[i].stride, kept[i].stride}, ahead, rows);
            }
            Part parts[3];
            bool same = true;
            for (int i = 0; i < 3; ++i) {
                const int s = i ? 1 : 0, side = kStill >> s, across = ((width + s) >> s) - (x >> s), down = ((height + s) >> s) - (y >> s);
                parts[i] = {{now[i].data + (y >> s) * now[i].stride + (x >> s), now[i].stride},
                            {kept[i].data + (y >> s) * kept[i].stride + (x >> s), kept[i].stride},
                            across < side ? across : side,
                            down < side ? down : side};
                same = same && parts[i].same(most);
            }
            still += same;
            for (const Part &part : parts)
                if (same) Part::move(part.kept, part.now, part.width, part.height);
                else Part::move(part.now, part.kept, part.width, part.height);
        }
    return still;
}

}  // namespace panocam
