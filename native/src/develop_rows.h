// The walk down the rows that every kernel shares; an instruction set brings only bytes in a register (`Bytes`).
//
// Theory
//
// Stages look at neighbours, so a stage's row y needs rows y-r..y+r of the stage before it. Rows are made when they are asked for, and
// the last few of each stage are kept in a ring in the innermost cache; the picture itself is read and written once.
//
//   read or temporal -> spatial -> colour (two luma rows and the chroma row between them) -> sharpen -> target
//
// temporal  S += k (x - S), S in 1/128 level. k rises from `keep` to 1 where the picture moves: where the mean of x - S over 3x3 pixels,
//           or the pixel's own, is beyond what noise of this brightness explains. The mean tells movement of a contrast far below the
//           noise of a single pixel.
// spatial   c + w * sum over 20 neighbours of psi(n - c), psi(d) = sign(d) min(|d|, max(2T - |d|, 0)): neighbours that differ by less
//           than T pull fully, those beyond 2T (another thing) not at all. The constraint function of AV1's directional enhancement.
//           Chroma looks at every second neighbour, for its noise is coarser.
// colour    a matrix on Y, U, V (white balance, saturation), then luma through a table, or through the affine map a y + b of its place, and
//           chroma times p y + q of its place, both bilinear between the cells of a small grid.
// sharpen   c + gain * (c - blur), 5x5 binomial, less a core of noise; the result leaves the range of the 3x3 neighbourhood by a quarter of
//           that range at most, so edges get steeper with no halo to see. Softening is the same with a negative gain.
//
// Floating point is compiled without contraction, so every kernel rounds alike. Everything lives in an unnamed namespace: each kernel file
// is compiled for another instruction set and must not share code.
#pragma once

#include <cstring>

#include "develop.h"
#include "row.h"

namespace panocam {
namespace {

inline int least(int a, int b) { return a < b ? a : b; }
inline int most(int a, int b) { return a > b ? a : b; }
inline int bounded(int v, int low, int high) { return v < low ? low : v > high ? high : v; }

inline float within(float v, float low, float high) {  // one comparison after the other, as the instructions for it do
    const float raised = v > low ? v : low;
    return raised < high ? raised : high;
}

// The last rows of a stage. Rows are padded by their outermost pixels.
template <int Depth>
struct Ring {
    uint8_t *memory = nullptr;
    ptrdiff_t stride = 0;
    int width = 0, height = 0, made = 0;  // rows 0..made-1 have been made

    uint8_t *at(int y) const { return memory + (y & (Depth - 1)) * stride; }
    uint8_t *near(int y) const { return at(bounded(y, 0, height - 1)); }
    void pad(int y, int reach) const {
        uint8_t *row = at(y);
        std::memset(row - reach, row[0], reach);
        std::memset(row + width, row[width - 1], reach);
    }
};

inline int16_t times(int16_t a, int16_t b) { return static_cast<int16_t>(((static_cast<int32_t>(a) * b >> 14) + 1) >> 1); }

PANOCAM_ROW total(const uint8_t *__restrict top, const uint8_t *__restrict bottom, int16_t *__restrict sum, int width) {
    for (ptrdiff_t i = 0; i < width; ++i) sum[i] = static_cast<int16_t>(top[2 * i] + top[2 * i + 1] + bottom[2 * i] + bottom[2 * i + 1]);
}

PANOCAM_ROW tint_row(const uint8_t *__restrict u, const uint8_t *__restrict v, const int16_t *__restrict sum, const float *__restrict p, const float *__restrict q,
                     const float *__restrict m, float zero, float white, uint8_t *__restrict to_u, uint8_t *__restrict to_v, int width) {
    const float m3 = m[3], m4 = m[4], m5 = m[5], m6 = m[6], m7 = m[7], m8 = m[8];
    for (ptrdiff_t i = 0; i < width; ++i) {
        const float y = static_cast<float>(sum[i]) * 0.25f, cu = static_cast<float>(u[i]) - 128.0f, cv = static_cast<float>(v[i]) - 128.0f;
        const float lit = y - zero, room = (white - y) * 16.0f, part = lit < room ? lit : room;  // clipped light has no colour to correct
        const float gain = within(p[i] * y + q[i], 0.0f, 4.0f);
        const float nu = (m3 * part + (m4 * cu + m5 * cv)) * gain + 128.5f, nv = (m6 * part + (m7 * cu + m8 * cv)) * gain + 128.5f;
        to_u[i] = static_cast<uint8_t>(static_cast<int>(within(nu, 0.5f, 255.5f)));
        to_v[i] = static_cast<uint8_t>(static_cast<int>(within(nv, 0.5f, 255.5f)));
    }
}

PANOCAM_ROW shift_row(const uint8_t *__restrict u, const uint8_t *__restrict v, float m1, float m2, float *__restrict add, int width) {
    for (ptrdiff_t i = 0; i < width; ++i) {
        const float more = m1 * (static_cast<float>(u[i]) - 128.0f) + m2 * (static_cast<float>(v[i]) - 128.0f);
        add[2 * i] = more, add[2 * i + 1] = more + 0.0f;  // the sum keeps GCC from giving up on storing one value twice
    }
}

// A row of grid values spread over columns of `Cell` pixels, linear between their centres; `out` is where the picture begins.
template <int Cell>
PANOCAM_ROW spread_row(const float *__restrict above, const float *__restrict below, float weight, int n, float *__restrict out) {
    float part[Cell];
    for (int i = 0; i < Cell; ++i) part[i] = static_cast<float>(2 * i + 1) / static_cast<float>(2 * Cell);
    float last = above[0] + (below[0] - above[0]) * weight, *to = out - Cell / 2;
    for (int g = 0; g <= n; ++g) {
        const int at = g < n ? g : n - 1;
        const float here = above[at] + (below[at] - above[at]) * weight, slope = here - last;
#pragma GCC unroll 1  // unrolled, GCC does not find the vector in it
        for (int i = 0; i < Cell; ++i) to[i] = last + slope * part[i];
        to += Cell, last = here;
    }
}

// Luma through the affine map of its place, after something is added to it.
template <bool Grid, bool Shifted>
PANOCAM_ROW tone_row(const uint8_t *__restrict y, const float *__restrict scale, const float *__restrict offset, const float *__restrict add, float low, float high,
                     uint8_t *__restrict out, int width) {
    for (ptrdiff_t i = 0; i < width; ++i) {
        float v = static_cast<float>(y[i]);
        if (Shifted) v = v + add[i];
        if (Grid) v = scale[i] * v + offset[i];
        out[i] = static_cast<uint8_t>(static_cast<int>(within(v, low, high) + 0.5f));
    }
}

PANOCAM_ROW look_up(const uint8_t *y, const uint8_t *table, uint8_t *out, int width) {
    int i = 0;
    for (; i + 8 <= width; i += 8) {  // eight in a register; left to itself the compiler gathers, which is slower
        uint8_t eight[8];
        std::memcpy(eight, y + i, 8);
        for (uint8_t &v : eight) v = table[v];
        std::memcpy(out + i, eight, 8);
    }
    for (; i < width; ++i) out[i] = table[y[i]];
}

template <class Bytes>
struct Walk {
    const Develop &job;
    Ring<8> loaded, clean, toned;
    Ring<16> chroma_loaded[2], chroma_clean[2];
    Ring<4> moved[3];  // 16-bit differences of the temporal stage
    int16_t *columns = nullptr, *sums = nullptr;
    uint8_t *lows = nullptr, *highs = nullptr, *reach = nullptr;
    float *a = nullptr, *b = nullptr, *p = nullptr, *q = nullptr, *shift = nullptr;
    uint8_t *next;
    int padded = 0;  // rows before this one are ready to be sharpened

    explicit Walk(const Develop &j) : job(j), next(j.scratch) {
        make(loaded, 0), make(clean, 0), make(toned, 0);
        for (int c = 0; c < 2; ++c) make(chroma_loaded[c], c + 1), make(chroma_clean[c], c + 1);
    }

    uint8_t *take(int rows) {
        uint8_t *taken = next + kPad;
        next += rows * job.scratch_row;
        return taken;
    }

    // Rings of bytes are cut from quarter rows of the scratch memory, which is wide enough for floats.
    template <int Depth>
    void make(Ring<Depth> &ring, int plane) {
        ring.stride = job.scratch_row / 4 / 64 * 64;
        ring.memory = take((Depth * static_cast<int>(ring.stride) + static_cast<int>(job.scratch_row) - 1) / static_cast<int>(job.scratch_row));
        ring.width = job.source[plane].width, ring.height = job.source[plane].height;
    }

    // --- temporal

    const int16_t *difference(int plane, int y) {
        Ring<4> &ring = moved[plane];
        const Plane &source = job.source[plane];
        for (; ring.made <= y; ++ring.made) {
            const uint8_t *__restrict x = source.data + ring.made * source.stride;
            const int16_t *__restrict s = job.state[plane] + static_cast<ptrdiff_t>(ring.made) * source.width;
            int16_t *__restrict d = reinterpret_cast<int16_t *>(ring.at(ring.made));
            for (int i = 0; i < source.width; ++i) d[i] = static_cast<int16_t>((x[i] << 7) - s[i]);
        }
        return reinterpret_cast<const int16_t *>(ring.at(y));
    }

    void settle(int plane, int y, uint8_t *__restrict out) {
        const Plane &source = job.source[plane];
        const int width = source.width, height = source.height;
        const int32_t *set = job.temporal + (plane ? 4 : 0);
        difference(plane, least(y + 1, height - 1));
        const int16_t *__restrict d = difference(plane, y), *__restrict above = difference(plane, most(y - 1, 0)),
                      *__restrict below = difference(plane, least(y + 1, height - 1));
        int16_t *__restrict column = columns, *__restrict state = job.state[plane] + static_cast<ptrdiff_t>(y) * width;
        const uint8_t *__restrict x = source.data + y * source.stride;
        const int16_t keep = static_cast<int16_t>(set[0]), dark = static_cast<int16_t>(set[1]), rise = static_cast<int16_t>(set[2]);
        const int16_t ramp = static_cast<int16_t>(1 << set[3]), step = static_cast<int16_t>((32767 - keep) >> set[3]);
        for (int i = 0; i < width; ++i) column[i] = static_cast<int16_t>((above[i] >> 4) + (d[i] >> 4) + (below[i] >> 4));
        column[-1] = column[0], column[width] = column[width - 1];
        for (int i = 0; i < width; ++i) {
            const int16_t box = static_cast<int16_t>(column[i - 1] + column[i] + column[i + 1]), own = static_cast<int16_t>(d[i] >> 4);
            const int16_t limit = static_cast<int16_t>(dark + ((x[i] * rise) >> 8));
            const int16_t wide = static_cast<int16_t>((box < 0 ? -box : box) - limit);
            const int16_t single = static_cast<int16_t>((own < 0 ? -own : own) - (limit >> 1));
            int16_t beyond = wide > 0 ? wide : static_cast<int16_t>(0);
            const int16_t sharp = static_cast<int16_t>(single > 0 ? single << 3 : 0);
            beyond = beyond > sharp ? beyond : sharp;
            beyond = beyond < ramp ? beyond : ramp;
            const int16_t s = static_cast<int16_t>(state[i] + times(d[i], static_cast<int16_t>(keep + beyond * step)));
            state[i] = s;
            out[i] = static_cast<uint8_t>((s + 64) >> 7);
        }
    }

    template <int Depth>
    void load(Ring<Depth> &ring, int plane, int upto) {
        const Plane &source = job.source[plane];
        for (; ring.made <= upto; ++ring.made) {
            if (job.temporal) settle(plane, ring.made, ring.at(ring.made));
            else std::memcpy(ring.at(ring.made), source.data + ring.made * source.stride, static_cast<size_t>(source.width));
            ring.pad(ring.made, 8);
        }
    }

    // --- spatial

    template <int Step, int Depth>
    void smooth(const Ring<Depth> &from, int y, const int32_t *set, uint8_t *out) {
        using V = typename Bytes::V;
        const uint8_t *rows[5];
        for (int i = 0; i < 5; ++i) rows[i] = from.near(y + (i - 2) * Step);
        const uint8_t *__restrict centre = rows[2];
        uint8_t *__restrict two = reach;
        const int dark = set[0], rise = set[1], weight = set[2], width = from.width;
        for (int i = 0; i < width; ++i) two[i] = static_cast<uint8_t>(dark + ((centre[i] * rise) >> 8));
        for (int x = 0; x < width; x += Bytes::kCount) {
            const V c = Bytes::load(centre + x), t = Bytes::load(two + x);
            V up = Bytes::none(), down = Bytes::none();
            const auto pull = [&](const uint8_t *at) {
                const V n = Bytes::load(at), more = Bytes::less(n, c), fewer = Bytes::less(c, n);
                up = Bytes::plus(up, Bytes::least(more, Bytes::less(t, more)));
                down = Bytes::plus(down, Bytes::least(fewer, Bytes::less(t, fewer)));
            };
            for (int row = 0; row < 5; ++row) {
                const uint8_t *at = rows[row] + x;
                if (row != 0 && row != 4) pull(at - 2 * Step), pull(at + 2 * Step);
                pull(at - Step), pull(at + Step);
                if (row != 2) pull(at);
            }
            Bytes::store(out + x, Bytes::less(Bytes::plus(c, Bytes::scaled(Bytes::less(up, down), weight)), Bytes::scaled(Bytes::less(down, up), weight)));
        }
    }

    const uint8_t *luma(int y) {
        if (!job.spatial) {
            load(loaded, 0, y);
            return loaded.at(y);
        }
        for (; clean.made <= y; ++clean.made) {
            load(loaded, 0, least(clean.made + 2, loaded.height - 1));
            smooth<1>(loaded, clean.made, job.spatial, clean.at(clean.made));
        }
        return clean.at(y);
    }

    const uint8_t *chroma(int c, int y) {
        Ring<16> &before = chroma_loaded[c], &after = chroma_clean[c];
        if (!job.spatial) {
            load(before, c + 1, y);
            return before.at(y);
        }
        for (; after.made <= y; ++after.made) {
            load(before, c + 1, least(after.made + 4, before.height - 1));
            smooth<2>(before, after.made, job.spatial + 3, after.at(after.made));
        }
        return after.at(y);
    }

    // --- colour

    // One row of a grid plane at the height of luma row pair `pair`, spread over columns of `Cell` pixels.
    template <int Cell>
    void spread(int plane, int pair, float *out) {
        const int n = job.grid_columns, twice = 4 * pair + 2 - kLumaCell;  // twice the distance in luma rows from the first cell's centre
        const int row = bounded(twice >= 0 ? twice / (2 * kLumaCell) : 0, 0, job.grid_rows - 1), under = least(row + 1, job.grid_rows - 1);
        const float weight = twice <= 0 ? 0.0f : static_cast<float>(twice - row * 2 * kLumaCell) / (2 * kLumaCell);
        const float *first = job.grid + static_cast<ptrdiff_t>(plane) * n * job.grid_rows;
        spread_row<Cell>(first + static_cast<ptrdiff_t>(row) * n, first + static_cast<ptrdiff_t>(under) * n, weight, n, out);
    }

    void tone(const uint8_t *y, uint8_t *out) {
        const int width = job.source[0].width;
        const float low = static_cast<float>(job.floor), high = static_cast<float>(job.top);
        if (job.grid) return (shift ? tone_row<true, true> : tone_row<true, false>)(y, a, b, shift, low, high, out, width);
        if (shift) tone_row<false, true>(y, a, b, shift, low, high, out, width);
        if (job.lut) look_up(shift ? out : y, job.lut, out, width);
    }

    // Chroma and what it adds to luma, from the means of four luma pixels.
    void tint(const uint8_t *y0, const uint8_t *y1, const uint8_t *u, const uint8_t *v, int pair) {
        const int width = job.source[1].width;
        uint8_t *to_u = job.target[1].data + pair * job.target[1].stride, *to_v = job.target[2].data + pair * job.target[2].stride;
        static const float unity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        const float *m = job.matrix ? job.matrix : unity;
        total(y0, y1, sums, width);
        tint_row(u, v, sums, p, q, m, static_cast<float>(job.floor), static_cast<float>(job.top), to_u, to_v, width);
        if (shift) shift_row(u, v, m[1], m[2], shift, width);
    }

    const uint8_t *colour(int y) {
        if (!job.matrix && !job.lut && !job.grid) return luma(y);
        for (; toned.made <= y; toned.made += 2) {
            const int first = toned.made, second = least(first + 1, toned.height - 1), pair = first / 2;
            luma(second);
            const uint8_t *y0 = luma_row(first), *y1 = luma_row(second);
            if (job.spatial) clean.pad(first, 1), clean.pad(second, 1);
            if (job.grid) {
                spread<kLumaCell>(0, pair, a), spread<kLumaCell>(1, pair, b);
                spread<kLumaCell / 2>(2, pair, p), spread<kLumaCell / 2>(3, pair, q);
            }
            if (job.matrix || job.grid) tint(y0, y1, chroma(0, pair), chroma(1, pair), pair);
            else copy_chroma(pair);
            if (!job.lut && !job.grid && !shift) {
                std::memcpy(toned.at(first), y0, static_cast<size_t>(toned.width));
                std::memcpy(toned.at(second), y1, static_cast<size_t>(toned.width));
            } else {
                tone(y0, toned.at(first));
                if (second != first) tone(y1, toned.at(second));
            }
        }
        return toned.at(y);
    }

    const uint8_t *luma_row(int y) const { return job.spatial ? clean.at(y) : loaded.at(y); }

    void copy_chroma(int row) {
        for (int c = 0; c < 2; ++c)
            std::memcpy(job.target[c + 1].data + row * job.target[c + 1].stride, chroma(c, row), static_cast<size_t>(job.source[c + 1].width));
    }

    // --- sharpen

    Ring<8> &last() { return job.matrix || job.lut || job.grid ? toned : job.spatial ? clean : loaded; }

    void sharpen(int y) {
        Ring<8> &from = last();
        const int width = from.width;
        colour(least(y + 2, from.height - 1));
        const int gain = job.sharpen[0];
        for (; padded < least(from.made, from.height); ++padded) from.pad(padded, 2);
        const uint8_t *__restrict r0 = from.near(y - 2), *__restrict r1 = from.near(y - 1), *__restrict r2 = from.near(y), *__restrict r3 = from.near(y + 1),
                      *__restrict r4 = from.near(y + 2);
        int16_t *__restrict column = columns;
        for (int i = -2; i < width + 2; ++i) column[i] = static_cast<int16_t>(r0[i] + r4[i] + 4 * (r1[i] + r3[i]) + 6 * r2[i]);
        uint8_t *__restrict out = job.target[0].data + y * job.target[0].stride;
        if (gain < 0) {
            const int16_t part = static_cast<int16_t>(-gain);
            for (int i = 0; i < width; ++i) out[i] = static_cast<uint8_t>((r2[i] * 8 - product(detail(column + i, r2[i]), part) + 4) >> 3);
            return;
        }
        uint8_t *__restrict low = lows, *__restrict high = highs;
        for (int i = -1; i <= width; ++i) {
            const uint8_t lower = r1[i] < r3[i] ? r1[i] : r3[i], upper = r1[i] < r3[i] ? r3[i] : r1[i];
            low[i] = lower < r2[i] ? lower : r2[i];
            high[i] = upper > r2[i] ? upper : r2[i];
        }
        const int16_t strength = static_cast<int16_t>(gain), core = static_cast<int16_t>(job.sharpen[1]);
        const int16_t floor = static_cast<int16_t>(job.floor), top = static_cast<int16_t>(job.top);
        for (int i = 0; i < width; ++i) {
            const int16_t h = detail(column + i, r2[i]);
            const int16_t lift = static_cast<int16_t>(h - core), drop = static_cast<int16_t>(h + core);
            const int16_t cored = static_cast<int16_t>((lift > 0 ? lift : 0) + (drop < 0 ? drop : 0));
            const int16_t wanted = static_cast<int16_t>((r2[i] * 8 + product(cored, strength) + 4) >> 3);
            const uint8_t l = low[i - 1] < low[i + 1] ? low[i - 1] : low[i + 1], h2 = high[i - 1] > high[i + 1] ? high[i - 1] : high[i + 1];
            const int16_t from_low = l < low[i] ? l : low[i], to_high = h2 > high[i] ? h2 : high[i];
            const int16_t over = static_cast<int16_t>((to_high - from_low) >> 2);
            int16_t bottom = static_cast<int16_t>(from_low - over), ceiling = static_cast<int16_t>(to_high + over);
            bottom = bottom > floor ? bottom : floor;
            ceiling = ceiling < top ? ceiling : top;
            const int16_t v = wanted > bottom ? wanted : bottom;
            out[i] = static_cast<uint8_t>(v < ceiling ? v : ceiling);
        }
    }

    // A pixel less its surroundings, 1/16 level.
    static int16_t detail(const int16_t *c, int pixel) {
        const uint16_t blur = static_cast<uint16_t>(static_cast<uint16_t>(c[-2]) + static_cast<uint16_t>(c[2]) + 4 * (static_cast<uint16_t>(c[-1]) + static_cast<uint16_t>(c[1])) +
                                                    6 * static_cast<uint16_t>(c[0]));
        return static_cast<int16_t>(pixel * 16 - (blur >> 4));
    }

    static int16_t product(int16_t h, int16_t gain) { return static_cast<int16_t>((static_cast<int32_t>(static_cast<int16_t>(h * 8)) * gain) >> 16); }

    void run() {
        const int width = job.source[0].width, height = job.source[0].height;
        columns = reinterpret_cast<int16_t *>(take(1)), sums = reinterpret_cast<int16_t *>(take(1));
        lows = take(1), highs = take(1), reach = take(1);
        float **rows[4] = {&a, &b, &p, &q};
        for (float **row : rows) *row = reinterpret_cast<float *>(take(1));
        for (int i = 0; i < job.source[1].width; ++i) p[i] = 0.0f, q[i] = 1.0f;
        if (job.matrix && (job.matrix[1] != 0 || job.matrix[2] != 0)) shift = reinterpret_cast<float *>(take(1));
        if (job.temporal)
            for (int i = 0; i < 3; ++i) {
                moved[i].stride = job.scratch_row / 2 / 64 * 64;
                moved[i].memory = take(2);
            }
        const bool colours = job.matrix || job.lut || job.grid;
        for (int y = 0; y < height; ++y) {
            const uint8_t *row = nullptr;
            if (job.sharpen) sharpen(y);
            else row = colour(y);
            if (!colours && y % 2 == 0) copy_chroma(y / 2);
            if (row) std::memcpy(job.target[0].data + y * job.target[0].stride, row, static_cast<size_t>(width));
        }
    }
};

}  // namespace
}  // namespace panocam
