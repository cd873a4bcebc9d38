// The walk over a mesh rectangle that every kernel shares; an instruction set brings only two functions (`Simd`): `pair`, `draw`.
//
// Theory
//
// The usual way to warp reads the 2x2 neighbourhood of every pixel from its own address. Scattered reads are what a processor does
// worst (vector gathers doubly so since they are slowed down against data sampling). Yet neighbours in the result are neighbours in
// the source, whatever the rotation. So:
//
// 1. The result is cut into tiles of a few cells, whose source is one small box of the picture. The box is copied into a patch in the
//    innermost cache, where each row holds pairs: Y(x,y) Y(x,y+1). Copying costs a fraction of a cycle a pixel, reads the source in
//    whole rows, and is the only place that looks at the picture's edges: what lies outside becomes the fill colour. After that no
//    read needs a guard.
// 2. A cell is cut into blocks of 4x4 pixels. If the mesh moves by less than 2 source pixels a pixel, the source of a block lies
//    in a window of 8x8 pixels, at any rotation. The window's 8 rows of 8 pairs (16 bytes each) go into registers, and all 16
//    neighbourhoods are looked up there by in-register permutation: no gather, no scattered read.
//
// A cell is `calm` when its windows hold and it is nearly a parallelogram. A `steep` one, which shrinks the source more, is drawn from
// the patch too, but its neighbourhoods are fetched one by one. Any other (`wild`: a hostile or hugely shrinking mesh) is sampled from
// the source pixel by pixel, every read guarded. One that is `left` shows its source as it still is, and is not drawn again (`Again`).
//
// Arithmetic, the same in all kernels to the bit. Corners TL TR BL BR in 16.16 luma pixels of the source.
//   steps     a = (TR-TL + BR-BL), b = (BL-TL + BR-TR): 32 times the way per column, per row;  a13 = (a+128) >> 8 in 1/8192 pixel
//   centre    of block (i,j), exactly bilinear: u = 8j+3, v = 8i+3 (chroma, where a cell is 2x2 blocks: 16j+7, 16i+7) in 1/32 cell,
//             TL + ((TR-TL)u + (BL-TL)v + (T u >> 5)v >> 5), T = TL-TR-BL+BR;  chroma's own coordinate is (luma - 1/2)/2
//   pixel     x = (centre >> 3) - (3(a13+b13) >> 1) + c*a13 + r*b13, in 1/8192 pixel, c, r = 0..3; steps are the same for chroma
//             y likewise, then the part within the window rounded to 1/256: (base + 16 >> 5) + (offset + 16 >> 5)
//   weights   8 bits down (255-f, f), 13 bits across (8191-g, g); samples are biased to signed by 128, so that products fit 16 bits;
//             the sum's high half times 1028 / 32768, rounded, takes both odd scales out again. A constant picture stays exact.
//
// Everything lives in an unnamed namespace: each kernel file is compiled for another instruction set and must not share code.
#pragma once

#include <cstdlib>
#include <cstring>

#include "warp.h"

#if defined(_MSC_VER)
#define PANOCAM_INLINE __forceinline
#else
#define PANOCAM_INLINE __attribute__((always_inline))  // left to itself the compiler reloads what the inner loop needs
#endif

namespace panocam {
namespace {

constexpr int kTileColumns = 4, kTileRows = 4, kCells = kTileColumns * kTileRows;
constexpr int kLumaBlocks = 16, kBlocks = 20;   // in a cell; the last four are chroma's
constexpr int kColumn = 32;                     // source pixels that `pair` takes at a time
constexpr int kMaxRow = 512;                    // source pixels in a patch row
constexpr int kLumaBytes = 64 * 1024, kChromaBytes = 20 * 1024;
constexpr int kSlack = 8 * 2 * kMaxRow + 64;    // windows reach beyond the box; what they bring from there is not used
constexpr int kCalmReach = 128 << 16;           // between corners of a cell, 16.16
constexpr int kCalmTwist = 4 << 16;             // |T|, 16.16: blocks then leave the corners' box by less than half a pixel
constexpr int kCalmSpan = 6 * 8192;             // of a block, 1/8192 pixel: rows 0..7 and columns 0..7 of the window do
constexpr int kSteepSpan = 20 * 8192;           // a single cell still fits into the patch
constexpr int kFlatSpan = 3 * 8192 - 16;        // rows 0..3 of the window do

inline int smaller(int a, int b) { return a < b ? a : b; }
inline int larger(int a, int b) { return a > b ? a : b; }

inline int magnitude(int a) { return a < 0 ? -a : a; }

struct Region {  // cells
    int c0, r0, c1, r1;
};

inline const int32_t *node(const Job &job, int c, int r) { return job.nodes + 2 * (static_cast<ptrdiff_t>(r) * job.columns + c); }

enum class Kind : uint8_t { dark, calm, steep, wild, left };

// What one coordinate says. Sources have less than 2^14 pixels a side, so that differences between places about them fit 32 bits.
inline Kind kind_of(const int32_t *k) {
    for (int i = 0; i < 4; ++i)
        if (k[i] < -(1 << 30) || k[i] >= 1 << 30) return Kind::wild;
    const int32_t right = k[1] - k[0], fall = k[2] - k[0], across = k[3] - k[0];
    if (magnitude(right) > kCalmReach || magnitude(fall) > kCalmReach || magnitude(across) > kCalmReach) return Kind::wild;
    const int32_t twist = across - right - fall;
    const int32_t a13 = (2 * right + twist + 128) >> 8, b13 = (2 * fall + twist + 128) >> 8;
    const int32_t span = 3 * (magnitude(a13) + magnitude(b13));
    if (span >= kSteepSpan || magnitude(twist) > kCalmTwist) return Kind::wild;
    return span < kCalmSpan ? Kind::calm : Kind::steep;
}

struct Box {  // source pixels, inclusive
    int x0 = INT32_MAX, y0 = INT32_MAX, x1 = INT32_MIN, y1 = INT32_MIN;

    bool empty() const { return x0 > x1; }
    int width() const { return (x1 - x0 + kColumn) / kColumn * kColumn; }
    int rows() const { return y1 - y0; }  // pairs of rows
    bool fits(int bytes) const { return x1 - x0 + kColumn <= kMaxRow && rows() <= bytes && rows() * 2 * width() <= bytes; }
};

// The source of some cells, from the extent of their corners (16.16 luma): one pixel more on each side than the corners span, for
// what blocks overshoot and for rounding, and the neighbour of the last.
struct Boxes {
    Box luma, chroma;

    explicit Boxes(const Box &e) {
        if (e.empty()) return;
        luma = {(e.x0 >> 16) - 1, (e.y0 >> 16) - 1, (e.x1 >> 16) + 2, (e.y1 >> 16) + 2};
        chroma = {halved(e.x0) - 1, halved(e.y0) - 1, halved(e.x1) + 2, halved(e.y1) + 2};
    }

    static int halved(int luma) { return static_cast<int>((static_cast<int64_t>(luma) - 0x8000) >> 17); }
    bool empty() const { return luma.empty(); }
    bool fit() const { return empty() || (luma.fits(kLumaBytes) && chroma.fits(kChromaBytes)); }
};

// Whether what these boxes hold has changed since; what looks beside the picture looks at its edge.
inline bool changed(const Again &again, const Boxes &b) {
    const auto block = [&](int pixel, int blocks) { return larger(0, smaller(blocks - 1, pixel * (1 << again.level) >> 4)); };
    const int c0 = block(smaller(b.luma.x0, 2 * b.chroma.x0), again.columns), c1 = block(larger(b.luma.x1, 2 * b.chroma.x1 + 1) + 1, again.columns);
    const int r0 = block(smaller(b.luma.y0, 2 * b.chroma.y0), again.rows), r1 = block(larger(b.luma.y1, 2 * b.chroma.y1 + 1) + 1, again.rows);
    for (int r = r0; r <= r1; ++r)
        for (int c = c0; c <= c1; ++c)
            if (again.changed[static_cast<ptrdiff_t>(r) * again.columns + c] > again.since) return true;
    return false;
}

inline uint8_t &due(const Job &job, int c, int r) { return job.again->due[r * job.again->due_stride + c]; }

// Whether these cells show their source as it still is, told without looking at each of them. False says nothing.
inline bool untouched(const Job &job, const Region &at) {
    for (int r = at.r0; r < at.r1; ++r)
        for (int c = at.c0; c < at.c1; ++c)
            if (due(job, c, r)) return false;
    Box e;
    for (int r = at.r0; r <= at.r1; ++r)
        for (int c = at.c0; c <= at.c1; ++c) {
            const int32_t *n = node(job, c, r);
            e.x0 = smaller(e.x0, n[0]), e.x1 = larger(e.x1, n[0]);
            e.y0 = smaller(e.y0, n[1]), e.y1 = larger(e.y1, n[1]);
        }
    const bool near = e.x0 > -(1 << 29) && e.y0 > -(1 << 29) && e.x1 < 1 << 30 && e.y1 < 1 << 30;
    return near && e.x1 - e.x0 < kMaxRow << 16 && e.y1 - e.y0 < kMaxRow << 16 && !changed(*job.again, Boxes(e));
}

// One coordinate of a tile's calm and steep cells; arrays over cells, so that compilers compute all cells at once.
struct Axis {
    int32_t corner[4][kCells];  // TL TR BL BR, luma 16.16
    int32_t a13[kCells], b13[kCells];
    int32_t least[kCells];      // the smallest offset in a block, <= 0
    int32_t span[kCells];       // the largest less the smallest
    int32_t start[kBlocks][kCells];  // of the block's pixel with the smallest offset, 1/8192 pixel from the patch's origin

    void prepare(int luma_origin, int chroma_origin) {
        for (int k = 0; k < kCells; ++k) {
            const int32_t right = corner[1][k] - corner[0][k], fall = corner[2][k] - corner[0][k], twist = corner[3][k] - corner[0][k] - right - fall;
            a13[k] = (2 * right + twist + 128) >> 8;
            b13[k] = (2 * fall + twist + 128) >> 8;
            least[k] = 3 * (smaller(a13[k], 0) + smaller(b13[k], 0));
            span[k] = 3 * (magnitude(a13[k]) + magnitude(b13[k]));
        }
        for (int i = 0; i < kLumaBlocks; ++i) centre(i, 8 * (i & 3) + 3, 8 * (i >> 2) + 3, -luma_origin * 65536, 3);
        for (int i = 0; i < kBlocks - kLumaBlocks; ++i)
            centre(kLumaBlocks + i, 16 * (i & 1) + 7, 16 * (i >> 1) + 7, -chroma_origin * 131072 - 0x8000, 4);
    }

  private:
    void centre(int i, int32_t u, int32_t v, int32_t origin, int shift) {
        for (int k = 0; k < kCells; ++k) {
            const int32_t first = corner[0][k], right = corner[1][k] - first, fall = corner[2][k] - first, twist = corner[3][k] - first - right - fall;
            const int32_t place = first + origin + ((right * u + fall * v + ((twist * u) >> 5) * v) >> 5);
            start[i][k] = (place >> shift) - ((3 * (a13[k] + b13[k])) >> 1) + least[k];
        }
    }
};

// A tile: some cells that share a patch, and all that `draw` needs of the calm and steep ones.
struct Tile {
    Region at;
    Kind kind[kCells];
    Boxes box{Box{}};
    Axis x, y;
    int32_t window[kBlocks][kCells];   // byte offset of the block's window in its patch
    uint32_t x_base[kBlocks][kCells];  // 1/8192 pixel in the low word, the same plus one pixel in the high word
    uint32_t y_base[kBlocks][kCells];  // 1/256 pixel, in both words

    void look(const Job &job, const Region &region) {
        at = region;
        Box e;
        for (int k = 0; k < kCells; ++k) kind[k] = Kind::dark;
        for (int r = at.r0; r < at.r1; ++r)
            for (int c = at.c0; c < at.c1; ++c) look(job, c, r, e);
        box = Boxes(e);
    }

    // What the theory promises and the fuzz program checks: all that a cell's blocks use lies in the patch's box.
    bool contained(int k) const {
        for (int i = 0; i < kBlocks; ++i) {
            const Box &b = i < kLumaBlocks ? box.luma : box.chroma;
            const int x0 = x.start[i][k] >> 13, y0 = y.start[i][k] >> 13;
            const int x1 = (x.start[i][k] + x.span[k]) >> 13, y1 = (y.start[i][k] + y.span[k] + 32) >> 13;
            if (x0 < 0 || y0 < 0 || x1 + 1 > b.x1 - b.x0 || y1 + 1 > b.y1 - b.y0 || (kind[k] == Kind::calm && (x1 - x0 > 6 || y1 - y0 > 7))) return false;
        }
        return true;
    }

    int index(int c, int r) const { return (r - at.r0) * kTileColumns + c - at.c0; }

    void prepare() {
        x.prepare(box.luma.x0, box.chroma.x0);
        y.prepare(box.luma.y0, box.chroma.y0);
        for (int i = 0; i < kBlocks; ++i) {
            const int32_t stride = 2 * (i < kLumaBlocks ? box.luma : box.chroma).width();
            for (int k = 0; k < kCells; ++k) {
                window[i][k] = (y.start[i][k] >> 13) * stride + (x.start[i][k] >> 13) * 2;
                x_base[i][k] = static_cast<uint32_t>(x.start[i][k] & 8191) * 0x10001u + 0x20000000u;
                y_base[i][k] = static_cast<uint32_t>(((y.start[i][k] & 8191) + 16) >> 5) * 0x10001u;
            }
        }
    }

  private:
    void look(const Job &job, int c, int r, Box &e) {
        const int k = index(c, r);
        const int32_t *top = node(job, c, r), *bottom = node(job, c, r + 1);
        const int32_t px[4] = {top[0], top[2], bottom[0], bottom[2]}, py[4] = {top[1], top[3], bottom[1], bottom[3]};
        const Kind kx = kind_of(px), ky = kind_of(py);
        kind[k] = kx > ky ? kx : ky;
        for (int i = 0; i < 4; ++i) {
            if (px[i] == kOutside || py[i] == kOutside) kind[k] = Kind::dark;
            x.corner[i][k] = px[i], y.corner[i][k] = py[i];
        }
        if (job.again && leave(job, c, r, k)) return;
        if (kind[k] == Kind::dark || kind[k] == Kind::wild) return;
        for (int i = 0; i < 4; ++i) {
            e.x0 = smaller(e.x0, px[i]), e.x1 = larger(e.x1, px[i]);
            e.y0 = smaller(e.y0, py[i]), e.y1 = larger(e.y1, py[i]);
        }
    }

    bool leave(const Job &job, int c, int r, int k) {
        uint8_t &must = due(job, c, r);
        if (kind[k] == Kind::wild || must) return must = 1, false;
        Box e;
        for (int i = 0; i < 4 && kind[k] != Kind::dark; ++i) {
            e.x0 = smaller(e.x0, x.corner[i][k]), e.x1 = larger(e.x1, x.corner[i][k]);
            e.y0 = smaller(e.y0, y.corner[i][k]), e.y1 = larger(e.y1, y.corner[i][k]);
        }
        if (kind[k] != Kind::dark && changed(*job.again, Boxes(e))) return must = 1, false;
        kind[k] = Kind::left;
        for (int i = 0; i < 4; ++i) x.corner[i][k] = y.corner[i][k] = 0;
        return true;
    }
};

// The blend of four samples, as every kernel does it. x in 1/8192, y in 1/256 pixel; only the fractions count.
inline uint8_t blend(int p00, int p10, int p01, int p11, uint32_t x, uint32_t y) {
    const int f = y & 255, g = x & 8191;
    const int left = (p00 - 128) * (255 - f) + (p10 - 128) * f, right = (p01 - 128) * (255 - f) + (p11 - 128) * f;
    const int high = (left * (8191 - g) + right * g) >> 16;
    return static_cast<uint8_t>(((high * 1028 + 16384) >> 15) + 128);
}

inline int guarded(const Bands &plane, int64_t x, int64_t y, uint8_t fill) {
    if (x < 0 || y < 0 || x >= plane.width || y >= plane.height) return fill;
    int row = static_cast<int>(y);
    const Plane &band = plane.at(row);
    return band.data[row * band.stride + x];
}

// The neighbourhoods of a steep cell: of 16 luma blocks, then of 4 of U and 4 of V, each of 16 pixels, lane 4 * row + column.
struct Scattered {
    alignas(64) uint32_t pixels[kBlocks + 4][16];

    Scattered(const Tile &tile, int k, const uint8_t *patch) {
        int32_t ox[16], oy[16];
        for (int i = 0; i < 16; ++i) {
            ox[i] = (i & 3) * tile.x.a13[k] + (i >> 2) * tile.x.b13[k] - tile.x.least[k];
            oy[i] = ((i & 3) * tile.y.a13[k] + (i >> 2) * tile.y.b13[k] - tile.y.least[k] + 16) >> 5;
        }
        for (int b = 0; b < kBlocks; ++b) {
            const bool luma = b < kLumaBlocks;
            const int32_t stride = 2 * (luma ? tile.box.luma : tile.box.chroma).width();
            const int32_t x = tile.x_base[b][k] & 0xffff, y = tile.y_base[b][k] & 0xffff;
            int32_t at[16];
            for (int i = 0; i < 16; ++i) at[i] = ((y + oy[i]) >> 8) * stride + ((x + ox[i]) >> 13) * 2;
            const uint8_t *from = patch + (luma ? 0 : kLumaBytes) + tile.window[b][k];
            for (int i = 0; i < 16; ++i) std::memcpy(&pixels[b][i], from + at[i], 4);
            for (int i = 0; !luma && i < 16; ++i) std::memcpy(&pixels[b + 4][i], from + kChromaBytes + at[i], 4);
        }
    }
};

// One sample of a wild cell: exactly bilinear between the corners, u and v in 1/32 cell.
inline uint8_t sample(const Bands &plane, const Tile &tile, int k, int u, int v, bool chroma, uint8_t fill) {
    const auto place = [&](const Axis &a) {
        const int64_t first = a.corner[0][k], right = a.corner[1][k] - first, fall = a.corner[2][k] - first;
        const int64_t twist = a.corner[3][k] - first - right - fall;
        const int64_t luma = first + ((right * u + fall * v + ((twist * u) >> 5) * v) >> 5);
        return chroma ? (luma - 0x8000) >> 1 : luma;
    };
    const int64_t px = place(tile.x), py = place(tile.y), x = px >> 16, y = py >> 16;
    return blend(guarded(plane, x, y, fill), guarded(plane, x, y + 1, fill), guarded(plane, x + 1, y, fill),
                 guarded(plane, x + 1, y + 1, fill), static_cast<uint32_t>(px >> 3), static_cast<uint32_t>(py >> 8));
}

// A cell to be drawn from the patch, and where to.
struct Order {
    int cell;
    Target to[3];
};

template <class Simd>
class Painter {
  public:
    explicit Painter(const Job &j) : job(j) {}

    void run() {
        const int columns = (job.width + kCell - 1) / kCell, r1 = (job.row1 + kCell - 1) / kCell;
        Tile tile;
        for (int r = job.row0 / kCell; r < r1; r += kTileRows)
            for (int c = 0; c < columns; c += kTileColumns) {
                const Region at{c, r, smaller(c + kTileColumns, columns), smaller(r + kTileRows, r1)};
                if (job.again && untouched(job, at)) {
                    *job.again->left += (at.c1 - at.c0) * (at.r1 - at.r0);
                    continue;
                }
                tile.look(job, at);
                if (tile.box.fit()) paint(tile);
                else apart(tile.at);
            }
    }

  private:
    const Job &job;
    alignas(64) uint8_t patch[kLumaBytes + 2 * kChromaBytes + kSlack];
    alignas(64) uint8_t staged[kLumaBytes / 2 + kMaxRow];
    alignas(64) uint8_t cut[3][kCell * kCell];

    // The tile's cells look at places far apart. A single one always fits.
    void apart(const Region &at) {
        Tile tile;
        for (int r = at.r0; r < at.r1; ++r)
            for (int c = at.c0; c < at.c1; ++c) {
                tile.look(job, {c, r, c + 1, r + 1});
                paint(tile);
            }
    }

    void paint(Tile &tile) {
        const Box &luma = tile.box.luma, &chroma = tile.box.chroma;
        if (!tile.box.empty()) {
            tile.prepare();
            for (int i = 0; i < 3; ++i) load(i, i ? chroma : luma);
        }
        Order orders[kCells];
        int count = 0;
        for (int r = tile.at.r0; r < tile.at.r1; ++r)
            for (int c = tile.at.c0; c < tile.at.c1; ++c) {
                Order &order = orders[count];
                order.cell = tile.index(c, r);
                if (tile.kind[order.cell] == Kind::left) {
                    ++*job.again->left;
                } else if (tile.kind[order.cell] == Kind::dark) {
                    blank(c, r);
                } else if (tile.kind[order.cell] == Kind::wild) {
                    direct(tile, c, r);
#ifdef PANOCAM_FUZZ
                } else if (!tile.contained(order.cell)) {
                    std::abort();
#endif
                } else if (targets(c, r, order.to)) {
                    ++count;
                } else {
                    Simd::draw(tile, patch, &order, 1);
                    put(c, r);
                }
            }
        Simd::draw(tile, patch, orders, count);
    }

    // Where a cell is drawn: in place, or when the rectangle's or the job's edge cuts it, in `cut`, to be `put` afterwards.
    bool targets(int c, int r, Target *t) {
        const int x = c * kCell, y = r * kCell;
        const bool whole = x + kCell <= job.width && y >= job.row0 && y + kCell <= job.row1;
        for (int i = 0; i < 3; ++i) {
            const int s = i ? 1 : 0;
            const Target &to = job.target[i];
            t[i] = whole ? Target{to.data + (y >> s) * to.stride + (x >> s), to.stride} : Target{cut[i], kCell};
        }
        return whole;
    }

    void put(int c, int r) {
        const int x = c * kCell, y = r * kCell, columns = smaller(kCell, job.width - x);
        const int y0 = larger(job.row0 - y, 0), y1 = smaller(job.row1 - y, kCell);
        for (int i = 0; i < 3; ++i) {
            const int s = i ? 1 : 0;
            for (int row = y0 >> s; row < y1 >> s; ++row)
                std::memcpy(job.target[i].data + ((y >> s) + row) * job.target[i].stride + (x >> s), cut[i] + row * kCell, columns >> s);
        }
    }

    void blank(int c, int r) {
        for (int i = 0; i < 3; ++i) std::memset(cut[i], job.fill[i], sizeof cut[i]);
        put(c, r);
    }

    void direct(const Tile &tile, int c, int r) {
        const int k = tile.index(c, r);
        for (int i = 0; i < 3; ++i) {
            const int size = i ? kCell / 2 : kCell, step = i ? 4 : 2, first = i ? 1 : 0;  // a chroma pixel lies between its luma pixels
            for (int row = 0; row < size; ++row)
                for (int col = 0; col < size; ++col)
                    cut[i][row * kCell + col] = sample(job.source[i], tile, k, step * col + first, step * row + first, i > 0, job.fill[i]);
        }
        put(c, r);
    }

    // Fill the patch of plane i from the box; one that crosses the picture's edge is first put together, with fill colour around the picture.
    void load(int i, const Box &box) {
        const Bands &p = job.source[i];
        const int n = box.width(), rows = box.rows();
        uint8_t *out = patch + (i ? kLumaBytes + (i - 1) * kChromaBytes : 0);
        if (box.x0 >= 0 && box.y0 >= 0 && box.x0 + n <= p.width && box.y1 < p.height) {
            for (int done = 0; done < rows;) {
                int row = box.y0 + done;
                const Plane &band = p.at(row);
                const uint8_t *from = band.data + row * band.stride + box.x0;
                const int within = smaller(rows - done, band.height - 1 - row);
                if (within > 0) {
                    Simd::pair(from, band.stride, out + 2 * n * done, n, within);
                    done += within;
                    continue;
                }
                int below = box.y0 + done + 1;  // the band's last row and the next one's first
                const Plane &next = p.at(below);
                const uint8_t *lower = next.data + below * next.stride + box.x0;
                const auto apart = reinterpret_cast<uintptr_t>(lower) - reinterpret_cast<uintptr_t>(from);
                Simd::pair(from, static_cast<ptrdiff_t>(apart), out + 2 * n * done, n, 1);
                ++done;
            }
            return;
        }
        const int x0 = larger(box.x0, 0), x1 = smaller(box.x0 + n, p.width);
        std::memset(staged, job.fill[i], (rows + 1) * n);
        if (x0 < x1)
            for (int y = larger(box.y0, 0); y <= smaller(box.y1, p.height - 1); ++y) {
                int row = y;
                const Plane &band = p.at(row);
                std::memcpy(staged + (y - box.y0) * n + (x0 - box.x0), band.data + row * band.stride + x0, x1 - x0);
            }
        Simd::pair(staged, n, out, n, rows);
    }
};

template <class Simd>
inline void warp_with(const Job &job) {
    Painter<Simd> painter(job);
    painter.run();
}

}  // namespace
}  // namespace panocam
