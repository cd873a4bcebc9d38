// Which blocks of a picture differ from another picture of the same size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "warp.h"

namespace panocam {

constexpr int kBlock = 16;  // luma pixels along a side

inline const uint8_t *row_of(const Bands &plane, int y) {
    const Plane &band = plane.at(y);
    return band.data + y * band.stride;
}

// Adds up, byte by byte, where the rows first..end of a plane differ.
inline void differ(const Bands &now, const Bands &before, int first, int end, uint8_t *sum) {
    for (int y = first; y < end; ++y) {
        const uint8_t *a = row_of(now, y), *b = row_of(before, y);
        if (a == b) continue;
        for (int x = 0; x < now.width; ++x) sum[x] |= a[x] ^ b[x];
    }
}

inline uint64_t eight(const uint8_t *bytes) {
    uint64_t all;
    std::memcpy(&all, bytes, sizeof all);
    return all;
}

// Blocks that differ in any plane get `number`; returns how many they are.
inline int differences(const Bands (&now)[3], const Bands (&before)[3], int64_t *changed, int64_t number) {
    const int columns = (now[0].width + kBlock - 1) / kBlock, rows = (now[0].height + kBlock - 1) / kBlock, half = kBlock / 2;
    std::vector<uint8_t> luma(static_cast<size_t>(columns) * kBlock), chroma(static_cast<size_t>(columns) * half);
    int count = 0;
    for (int r = 0; r < rows; ++r) {
        std::memset(luma.data(), 0, luma.size());
        std::memset(chroma.data(), 0, chroma.size());
        const auto last = [&](int plane, int side) { return (r + 1) * side < now[plane].height ? (r + 1) * side : now[plane].height; };
        differ(now[0], before[0], r * kBlock, last(0, kBlock), luma.data());
        for (int i = 1; i < 3; ++i) differ(now[i], before[i], r * half, last(i, half), chroma.data());
        for (int c = 0; c < columns; ++c) {
            const uint8_t *block = luma.data() + c * kBlock;
            if (!(eight(block) | eight(block + 8) | eight(chroma.data() + c * half))) continue;
            changed[static_cast<ptrdiff_t>(r) * columns + c] = number;
            ++count;
        }
    }
    return count;
}

}  // namespace panocam
