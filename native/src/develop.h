// Developing a picture: noise reduction over time and space, colour, local tone mapping, sharpening, in one pass over the rows.
//
// A stage whose pointer is null is left out. All kernels give the same bytes, which are those of panocam/imaging/reference.py.
#pragma once

#include "warp.h"

namespace panocam {

constexpr int kLumaCell = 8;       // luma pixels along a side of a grid cell
constexpr int kScratchRows = 64;   // rows of scratch memory of `scratch_row` bytes each
constexpr int kPad = 64;           // bytes before and at least after every row of scratch memory

struct Develop {
    Plane source[3];           // Y, U, V; chroma has half the size, rounded up
    Target target[3];          // the same sizes
    int16_t *state[3];         // what time has made of the picture so far, 1/128 level, rows packed; null = no temporal stage
    const int32_t *temporal;   // [luma, chroma][keep (1/32768), threshold at black, its change to white (1/72 level), ramp bits]
    const int32_t *spatial;    // [luma, chroma][reach at black, its change to white (levels, 0..24), weight of the sum (1/256)]
    const float *matrix;       // 3x3: what Y, U, V (without their zero points) become; the first row's first number is 1
    const uint8_t *lut;        // 256: what luma becomes
    const float *grid;         // 4 planes of (rows, columns): luma becomes a y + b, chroma is multiplied by p y + q
    int grid_columns, grid_rows;
    const int32_t *sharpen;    // [gain (1/4096; below 0 softens), core (1/16 level)]
    int floor, top;            // of the luma range
    uint8_t *scratch;          // kScratchRows rows, aligned to 64
    ptrdiff_t scratch_row;     // bytes: at least 4 * width + 1024, a multiple of 64
};

using Developer = void (*)(const Develop &);

struct DevelopKernel {
    const char *name;
    Developer develop;
};

// The kernels this processor can run, best first, ended by a null name; the names are those of `kernels()`.
const DevelopKernel *develop_kernels();

void develop_plain(const Develop &);
void develop_avx2(const Develop &);
void develop_avx512(const Develop &);
void develop_neon(const Develop &);

}  // namespace panocam
