// The walk over a mesh rectangle that every kernel shares; each instruction set brings only four small functions (`Simd`).
//
// Theory
//
// A pixel of the result needs the 2x2 source pixels around its place, so a kernel that reads the source directly makes two
// scattered reads per sample (six for Y, U and V) and must guard each against the picture's edge. Here the result is cut into
// tiles of a few cells, whose source is one small box of the picture. The box is first copied into a patch that lies in the
// innermost cache, rearranged so that everything one pixel needs is adjacent:
//
//   luma patch, 2 bytes an entry:     Y(x,y) Y(x,y+1)                        -> the 2x2 neighbourhood is one 32-bit read
//   chroma patch, 4 bytes an entry:   U(x,y) U(x,y+1) V(x,y) V(x,y+1)        -> both neighbourhoods are one 64-bit read
//
// Copying costs a fraction of a cycle per pixel, reads the source in whole rows, and is the only place that looks at the
// picture's edges: what lies outside is written into the patch as the fill colour. Coordinates interpolated inside a cell lie
// between those of its corners, so no read can leave the box of the corners. A cell too steep for a patch (a hostile or
// extremely minifying mesh) is sampled pixel by pixel with every read guarded.
//
// Arithmetic, the same in all kernels to the bit. Corners TL TR BL BR in 16.16 luma pixels, c and r = column and row in the cell:
//   luma    top = TL + ((TR-TL)*c >> 4), bottom likewise;         X = (top >> 1) + r*((bottom-top) >> 5)     in 1/32768 pixel
//                                                                 Y =  top       + r*((bottom-top) >> 4)     in 1/65536 pixel
//   chroma  column c of 8 lies at luma column 2c + 1/2: top = TL + ((TR-TL)*(4c+1) >> 5); row 0 at luma row 1/2: s = top +
//           ((bottom-top) >> 5); its own coordinate is (luma - 1/2)/2: X = (s - 1/2) >> 2 + r*((bottom-top) >> 5), Y likewise.
//   weights 8 bits down (255-f, f), 15 bits across (32767-g, g); samples are biased to signed by 128, so the products fit 16 bits;
//           the sum's high half times 257 / 32768, rounded, takes both odd scales out again.
//
// Everything lives in an unnamed namespace: each kernel file is compiled for another instruction set and must not share code.
#pragma once

#include <cstring>

#include "warp.h"

namespace panocam {
namespace {

constexpr int kTileColumns = 4, kTileRows = 2;           // cells in a tile
constexpr int kLumaBytes = 48 * 1024, kChromaBytes = 24 * 1024;
constexpr int kMaxRow = 4096;                            // source pixels in a patch row
constexpr int kBlock = 32;                               // source pixels that the copying functions take at a time

inline int smaller(int a, int b) { return a < b ? a : b; }
inline int larger(int a, int b) { return a > b ? a : b; }

struct Corners {  // of one cell, luma 16.16, relative to some origin
    int32_t x[4], y[4];
};

struct Box {  // source pixels, inclusive
    int x0, y0, x1, y1;
    int width() const { return (x1 - x0 + kBlock) / kBlock * kBlock; }
    int rows() const { return y1 - y0; }  // pairs of rows
};

struct Region {  // cells
    int c0, r0, c1, r1;
};

inline const int32_t *node(const Job &job, int c, int r) { return job.nodes + 2 * (static_cast<ptrdiff_t>(r) * job.columns + c); }
inline bool outside(const int32_t *n) { return n[0] == kOutside || n[1] == kOutside; }

inline bool dark(const Job &job, int c, int r) {
    const int32_t *top = node(job, c, r), *bottom = node(job, c, r + 1);
    return outside(top) || outside(top + 2) || outside(bottom) || outside(bottom + 2);
}

struct Extent {  // of the live nodes of a region, luma 16.16
    int32_t x0 = INT32_MAX, y0 = INT32_MAX, x1 = INT32_MIN, y1 = INT32_MIN;
    bool empty() const { return x0 > x1; }
    void add(const int32_t *n) {
        x0 = smaller(x0, n[0]), x1 = larger(x1, n[0]);
        y0 = smaller(y0, n[1]), y1 = larger(y1, n[1]);
    }
};

inline Extent extent(const Job &job, const Region &at) {
    Extent e;
    for (int r = at.r0; r < at.r1; ++r)
        for (int c = at.c0; c < at.c1; ++c)
            if (!dark(job, c, r))
                for (int k = 0; k < 4; ++k) e.add(node(job, c + (k & 1), r + (k >> 1)));
    return e;
}

// One more on each side: the neighbour of the last, and the interpolation's rounding downwards.
inline Box luma_box(const Extent &e) { return {(e.x0 >> 16) - 1, (e.y0 >> 16) - 1, (e.x1 >> 16) + 1, (e.y1 >> 16) + 1}; }

inline int chroma_floor(int32_t luma) { return static_cast<int>((static_cast<int64_t>(luma) - 0x8000) >> 17); }

inline Box chroma_box(const Extent &e) {
    return {chroma_floor(e.x0) - 1, chroma_floor(e.y0) - 1, chroma_floor(e.x1) + 1, chroma_floor(e.y1) + 1};
}

inline bool fits(const Box &luma, const Box &chroma) {
    return luma.width() <= kMaxRow && chroma.width() <= kMaxRow && luma.rows() * 2 * luma.width() <= kLumaBytes &&
           chroma.rows() * 4 * chroma.width() <= kChromaBytes;
}

inline Corners corners(const Job &job, int c, int r, int64_t origin_x, int64_t origin_y) {
    Corners k;
    for (int i = 0; i < 4; ++i) {
        const int32_t *n = node(job, c + (i & 1), r + (i >> 1));
        k.x[i] = static_cast<int32_t>(n[0] - origin_x * 65536);
        k.y[i] = static_cast<int32_t>(n[1] - origin_y * 65536);
    }
    return k;
}

// The blend of four samples, as every kernel does it. x in 1/32768, y in 1/65536 pixel.
inline uint8_t blend(int p00, int p10, int p01, int p11, uint32_t x, uint32_t y) {
    const int fy = (y >> 8) & 255, fx = x & 32767;
    const int left = (p00 - 128) * (255 - fy) + (p10 - 128) * fy, right = (p01 - 128) * (255 - fy) + (p11 - 128) * fy;
    const int high = (left * (32767 - fx) + right * fx) >> 16;
    return static_cast<uint8_t>(((high * 257 + 16384) >> 15) + 128);
}

// Where one sample of a cell lies; T is wide enough for the spread of the corners.
template <class T>
struct Place {
    T x, y;  // 1/32768 and 1/65536 source pixel
};

template <class T>
Place<T> luma_place(const T *kx, const T *ky, int c, int r) {
    const T xt = kx[0] + ((kx[1] - kx[0]) * c >> 4), xb = kx[2] + ((kx[3] - kx[2]) * c >> 4);
    const T yt = ky[0] + ((ky[1] - ky[0]) * c >> 4), yb = ky[2] + ((ky[3] - ky[2]) * c >> 4);
    return {(xt >> 1) + r * ((xb - xt) >> 5), yt + r * ((yb - yt) >> 4)};
}

template <class T>
Place<T> chroma_place(const T *kx, const T *ky, int c, int r) {
    const int at = 4 * c + 1;
    const T xt = kx[0] + ((kx[1] - kx[0]) * at >> 5), xb = kx[2] + ((kx[3] - kx[2]) * at >> 5);
    const T yt = ky[0] + ((ky[1] - ky[0]) * at >> 5), yb = ky[2] + ((ky[3] - ky[2]) * at >> 5);
    return {((xt + ((xb - xt) >> 5) - 0x8000) >> 2) + r * ((xb - xt) >> 5), ((yt + ((yb - yt) >> 5) - 0x8000) >> 1) + r * ((yb - yt) >> 4)};
}

inline uint8_t guarded(const Plane &plane, int64_t x, int64_t y, uint8_t fill) {
    return x >= 0 && y >= 0 && x < plane.width && y < plane.height ? plane.data[y * plane.stride + x] : fill;
}

// One sample with guarded reads, for cells that no patch can hold.
inline uint8_t sample(const Plane &plane, const Place<int64_t> &at, uint8_t fill) {
    const int64_t x = at.x >> 15, y = at.y >> 16;
    return blend(guarded(plane, x, y, fill), guarded(plane, x, y + 1, fill), guarded(plane, x + 1, y, fill),
                 guarded(plane, x + 1, y + 1, fill), static_cast<uint32_t>(at.x), static_cast<uint32_t>(at.y));
}

template <class Simd>
class Painter {
  public:
    explicit Painter(const Job &j) : job(j) {}

    void run() {
        const int columns = (job.width + kCell - 1) / kCell, r1 = (job.row1 + kCell - 1) / kCell;
        for (int r = job.row0 / kCell; r < r1; r += kTileRows)
            for (int c = 0; c < columns; c += kTileColumns)
                paint({c, r, smaller(c + kTileColumns, columns), smaller(r + kTileRows, r1)});
    }

  private:
    const Job &job;
    alignas(64) uint8_t luma[kLumaBytes + 64];
    alignas(64) uint8_t chroma[kChromaBytes + 64];
    alignas(64) uint8_t lines[2][3][kMaxRow];  // rows that cross the picture's edge, by parity of the row
    alignas(64) uint8_t cell[3][kCell * kCell];

    void paint(const Region &at) {
        const Extent e = extent(job, at);
        if (e.empty()) return each(at, [this](int c, int r) { blank(c, r); });
        const Box lbox = luma_box(e), cbox = chroma_box(e);
        if (!fits(lbox, cbox)) {
            if (at.c1 - at.c0 == 1 && at.r1 - at.r0 == 1) return direct(at.c0, at.r0);
            return each(at, [this](int c, int r) { paint({c, r, c + 1, r + 1}); });
        }
        load_luma(lbox);
        load_chroma(cbox);
        each(at, [&](int c, int r) {
            if (dark(job, c, r)) return blank(c, r);
            const Corners lk = corners(job, c, r, lbox.x0, lbox.y0), ck = corners(job, c, r, 2 * static_cast<int64_t>(cbox.x0), 2 * static_cast<int64_t>(cbox.y0));
            Target t[3];
            const bool whole = targets(c, r, t);
            Simd::luma_cell(luma, 2 * lbox.width(), lk, t[0]);
            Simd::chroma_cell(chroma, 4 * cbox.width(), ck, t[1], t[2]);
            if (!whole) put(c, r);
        });
    }

    template <class F>
    void each(const Region &at, F f) {
        for (int r = at.r0; r < at.r1; ++r)
            for (int c = at.c0; c < at.c1; ++c) f(c, r);
    }

    // Where a cell is drawn: in place, or for a cell cut by the rectangle's or the job's edge in `cell`, to be `put` afterwards.
    bool targets(int c, int r, Target *t) {
        const int x = c * kCell, y = r * kCell;
        const bool whole = x + kCell <= job.width && y >= job.row0 && y + kCell <= job.row1;
        for (int i = 0; i < 3; ++i) {
            const int s = i ? 1 : 0;
            t[i] = whole ? Target{job.target[i].data + (y >> s) * job.target[i].stride + (x >> s), job.target[i].stride} : Target{cell[i], kCell};
        }
        return whole;
    }

    void put(int c, int r) {
        const int x = c * kCell, y = r * kCell, columns = smaller(kCell, job.width - x);
        const int y0 = larger(job.row0 - y, 0), y1 = smaller(job.row1 - y, kCell);
        for (int i = 0; i < 3; ++i) {
            const int s = i ? 1 : 0;
            for (int row = y0 >> s; row < y1 >> s; ++row)
                std::memcpy(job.target[i].data + ((y >> s) + row) * job.target[i].stride + (x >> s), cell[i] + row * kCell, columns >> s);
        }
    }

    void blank(int c, int r) {
        for (int i = 0; i < 3; ++i) std::memset(cell[i], job.fill[i], sizeof cell[i]);
        put(c, r);
    }

    void direct(int c, int r) {
        int64_t kx[4], ky[4];
        for (int i = 0; i < 4; ++i) kx[i] = node(job, c + (i & 1), r + (i >> 1))[0], ky[i] = node(job, c + (i & 1), r + (i >> 1))[1];
        for (int row = 0; row < kCell; ++row)
            for (int col = 0; col < kCell; ++col) cell[0][row * kCell + col] = sample(job.source[0], luma_place(kx, ky, col, row), job.fill[0]);
        for (int row = 0; row < kCell / 2; ++row)
            for (int col = 0; col < kCell / 2; ++col)
                for (int i = 1; i < 3; ++i)
                    cell[i][row * kCell + col] = sample(job.source[i], chroma_place(kx, ky, col, row), job.fill[i]);
        put(c, r);
    }

    // n source pixels from (x, y) on, in place when they all exist, else in a line of their own with the fill colour around.
    const uint8_t *line(int i, int x, int y, int n) {
        const Plane &p = job.source[i];
        const bool inside = y >= 0 && y < p.height;
        if (inside && x >= 0 && x + n <= p.width) return p.data + y * p.stride + x;
        uint8_t *out = lines[y & 1][i];
        std::memset(out, job.fill[i], n);
        const int from = larger(x, 0), to = smaller(x + n, p.width);
        if (inside && from < to) std::memcpy(out + (from - x), p.data + y * p.stride + from, to - from);
        return out;
    }

    void load_luma(const Box &box) {
        const int n = box.width();
        const uint8_t *upper = line(0, box.x0, box.y0, n);
        uint8_t *out = luma;
        for (int y = box.y0; y < box.y1; ++y, out += 2 * n) {
            const uint8_t *lower = line(0, box.x0, y + 1, n);
            Simd::pair(upper, lower, out, n);
            upper = lower;
        }
    }

    void load_chroma(const Box &box) {
        const int n = box.width();
        const uint8_t *u0 = line(1, box.x0, box.y0, n), *v0 = line(2, box.x0, box.y0, n);
        uint8_t *out = chroma;
        for (int y = box.y0; y < box.y1; ++y, out += 4 * n) {
            const uint8_t *u1 = line(1, box.x0, y + 1, n), *v1 = line(2, box.x0, y + 1, n);
            Simd::quad(u0, u1, v0, v1, out, n);
            u0 = u1, v0 = v1;
        }
    }
};

template <class Simd>
inline void warp_with(const Job &job) {
    Painter<Simd> painter(job);
    painter.run();
}

}  // namespace
}  // namespace panocam
