// Laying a prepared layer over a picture: out = ink + out * rest / 255, rounded, for every sample of a rectangle.
//
// One multiplication and one addition a byte are bound by memory, and the vectors that every 64-bit compiler may assume (SSE2, NEON) keep up
// with it; so there is one kernel, and it is left to the compiler.
#pragma once

#include <cstddef>
#include <cstdint>

namespace panocam {

struct Bytes {
    const uint8_t *data;
    ptrdiff_t stride;
};

// `x / 255` rounded is `(t + (t >> 8)) >> 8` with `t = x + 128`, exactly, for all products of two bytes.
inline void lay(uint8_t *under, ptrdiff_t stride, Bytes ink, Bytes rest, int width, int height) {
    for (int row = 0; row < height; ++row) {
        uint8_t *__restrict out = under + row * stride;
        const uint8_t *__restrict color = ink.data + row * ink.stride, *__restrict kept = rest.data + row * rest.stride;
        for (int i = 0; i < width; ++i) {
            uint16_t t = static_cast<uint16_t>(out[i] * kept[i] + 128);
            t = static_cast<uint16_t>(t + (t >> 8)) >> 8;
            const uint16_t sum = static_cast<uint16_t>(t + color[i]);
            out[i] = static_cast<uint8_t>(sum > 255 ? 255 : sum);
        }
    }
}

}  // namespace panocam
