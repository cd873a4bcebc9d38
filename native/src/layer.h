// Laying a prepared layer over a picture: out = ink + out * rest / 255, rounded, for every sample of a rectangle.
//
// One multiplication and one addition a byte are bound by memory, and the vectors that every 64-bit compiler may assume (SSE2, NEON) keep up
// with it; so there is one kernel, and it is left to the compiler. Most of a text is the room between its letters: where nothing of a layer
// shows (`rest` is 255 and `ink` therefore 0) neither the ink nor the picture is fetched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace panocam {

struct Bytes {
    const uint8_t *data;
    ptrdiff_t stride;
};

constexpr int kStep = 32;

// `x / 255` rounded is `(t + (t >> 8)) >> 8` with `t = x + 128`, exactly, for all products of two bytes.
inline void lay_some(uint8_t *__restrict out, const uint8_t *__restrict color, const uint8_t *__restrict kept, int count) {
    for (int i = 0; i < count; ++i) {
        uint16_t t = static_cast<uint16_t>(out[i] * kept[i] + 128);
        t = static_cast<uint16_t>(t + (t >> 8)) >> 8;
        const uint16_t sum = static_cast<uint16_t>(t + color[i]);
        out[i] = static_cast<uint8_t>(sum > 255 ? 255 : sum);
    }
}

inline bool all_kept(const uint8_t *kept) {
    uint64_t word[kStep / 8];
    std::memcpy(word, kept, sizeof word);
    return (word[0] & word[1] & word[2] & word[3]) == ~uint64_t{0};
}

// A layer's rows are short and far apart, and between two pictures everything else has passed through the caches: without asking ahead each
// row would wait for memory anew, which is most of what laying costs.
constexpr int kAhead = 8, kLine = 64;

inline void ask(const uint8_t *row, int width) {
#if defined(__GNUC__)
    for (int i = 0; i < width; i += kLine) __builtin_prefetch(row + i);
    __builtin_prefetch(row + width - 1);
#else
    (void)row, (void)width;
#endif
}

// Asks for the rows in turn, always kAhead of the one that is worked on.
struct Asker {
    const uint8_t *row;
    ptrdiff_t stride;
    int width, left;

    void next() {
        if (left-- > 0) ask(row, width), row += stride;
    }
};

template <size_t N, class Work>
inline void by_rows(Asker (&askers)[N], int height, const Work &work) {
    for (int row = -kAhead; row < height; ++row) {
        for (Asker &each : askers) each.next();
        if (row >= 0) work(row);
    }
}

inline void lay(uint8_t *under, ptrdiff_t stride, Bytes ink, Bytes rest, int width, int height) {
    Asker askers[] = {{under, stride, width, height}, {rest.data, rest.stride, width, height}, {ink.data, ink.stride, width, height}};
    by_rows(askers, height, [&](int row) {
        uint8_t *out = under + row * stride;
        const uint8_t *color = ink.data + row * ink.stride, *kept = rest.data + row * rest.stride;
        int i = 0;
        for (; i + kStep <= width; i += kStep)
            if (!all_kept(kept + i)) lay_some(out + i, color + i, kept + i, kStep);
        lay_some(out + i, color + i, kept + i, width - i);
    });
}

}  // namespace panocam
