// The warp of one mesh rectangle, and the kernels that can do it.
//
// A mesh holds, for every 16th output pixel, where it comes from in the source picture (signed 16.16 fixed point, source luma
// pixels). Between nodes coordinates are interpolated linearly, pixels bilinearly. All kernels give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace panocam {

constexpr int kCell = 16;                // output luma pixels between two nodes
constexpr int32_t kOutside = INT32_MIN;  // node value: this direction is not in the picture

struct Plane {
    const uint8_t *data;
    ptrdiff_t stride;
    int width, height;
};

// A source plane that may lie in several memories: bands of its rows from the top down, each of the plane's width.
struct Bands {
    const Plane *first;
    int width, height;

    // The band that holds row `y`, 0 <= y < height; `y` becomes the row's number in it.
    const Plane &at(int &y) const {
        const Plane *band = first;
        while (y >= band->height) y -= band++->height;
        return *band;
    }
};

struct Target {  // a plane's memory at the rectangle's top left corner
    uint8_t *data;
    ptrdiff_t stride;
};

// What is known when a picture is drawn into memory that still holds an earlier one through the same mesh: cells whose source has not
// changed since are left as they are.
struct Again {
    const int64_t *changed;    // for each block of 16x16 luma pixels of the source picture: in which picture it changed last
    int columns, rows;         // of these blocks
    int64_t since;             // the picture that the memory holds
    int level;                 // what is read from is 1/2^level as large as the picture that the blocks are of
    uint8_t *due;              // for each of the rectangle's cells: not 0 where it must be drawn whatever its source; then 1 where it was drawn, 0 elsewhere
    ptrdiff_t due_stride;
    int *left;                 // counts the cells that are left as they are
};

struct Job {
    Bands source[3];       // Y, U, V; chroma has half the size, rounded up
    Target target[3];
    const int32_t *nodes;  // (rows, columns, 2), x before y
    int columns;           // nodes in a row
    int width, height;     // the rectangle, luma pixels, even
    int row0, row1;        // the rows of it that shall be painted, even
    uint8_t fill[3];       // what lies outside the picture
    const Again *again;    // null: everything is drawn
};

using Warp = void (*)(const Job &);

struct Kernel {
    const char *name;
    Warp warp;
};

// The kernels this processor can run, best first, ended by a null name. "c++" is always the last.
const Kernel *kernels();

void warp_plain(const Job &);
void warp_avx2(const Job &);
void warp_avx512(const Job &);
void warp_neon(const Job &);

}  // namespace panocam
