// The Python module: checks everything, lets go of the interpreter lock, and calls a kernel.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "changes.h"
#include "copy.h"
#include "develop.h"
#include "layer.h"
#include "scene_module.h"
#include "still.h"
#include "trace.h"
#include "warp.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using Source = nb::ndarray<const uint8_t, nb::ndim<2>, nb::device::cpu>;
using Picture = nb::ndarray<uint8_t, nb::ndim<2>, nb::device::cpu>;
using Nodes = nb::ndarray<const int32_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
constexpr int kFar = 100000;
constexpr size_t kMost = 16383;  // pixels along a side, so that the kernels can subtract 16.16 coordinates in 32 bits

void require(bool holds, const char *what) {
    if (!holds) throw std::invalid_argument(what);
}

template <class Array>
panocam::Plane plane(const Array &a) {
    require(a.shape(0) > 0 && a.shape(1) > 0 && a.shape(0) <= kMost && a.shape(1) <= kMost, "a plane must be 1..16383 pixels along each side");
    require(a.stride(1) == 1 || a.shape(1) == 1, "the pixels of a plane's row must be adjacent");
    return {a.data(), static_cast<ptrdiff_t>(a.stride(0)), static_cast<int>(a.shape(1)), static_cast<int>(a.shape(0))};
}

struct Planes {
    panocam::Plane p[3];
};

template <class Array>
Planes planes(const Array &y, const Array &u, const Array &v, const char *what) {
    const Planes all{{plane(y), plane(u), plane(v)}};
    for (int i = 1; i < 3; ++i) require(all.p[i].width == (all.p[0].width + 1) / 2 && all.p[i].height == (all.p[0].height + 1) / 2, what);
    return all;
}

panocam::Warp find(const std::string &name) {
    const panocam::Kernel *k = panocam::kernels();
    if (name.empty()) return k->warp;
    for (; k->name; ++k)
        if (name == k->name) return k->warp;
    throw std::invalid_argument("this processor has no kernel " + name);
}

// A source picture in bands of rows, from the top down; every band but the last has an even number of rows.
using Pieces = std::vector<std::tuple<Source, Source, Source>>;

class Banded {
public:
    explicit Banded(const Pieces &pieces) {
        require(!pieces.empty(), "a source needs a band");
        for (const auto &[sy, su, sv] : pieces) {
            const Planes band = planes(sy, su, sv, "source chroma planes must have half the luma plane's size, rounded up");
            require(height_[0] % 2 == 0, "every band but the last must have an even number of rows");
            require(bands_[0].empty() || band.p[0].width == bands_[0][0].width, "the bands must be equally wide");
            for (int i = 0; i < 3; ++i) bands_[i].push_back(band.p[i]), height_[i] += band.p[i].height;
            require(static_cast<size_t>(height_[0]) <= kMost, "a plane must be 1..16383 pixels along each side");
        }
    }

    panocam::Bands plane(int i) const { return {bands_[i].data(), bands_[i][0].width, height_[i]}; }

private:
    std::vector<panocam::Plane> bands_[3];
    int height_[3] = {0, 0, 0};
};

using Stamps = nb::ndarray<int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Cells = nb::ndarray<uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;  // a byte for each 16x16 pixels of a picture
constexpr int kDeepest = 4;

void require_cells(const Cells &cells, const Planes &picture) {
    require(cells.shape(0) == static_cast<size_t>((picture.p[0].height + 15) / 16) && cells.shape(1) == static_cast<size_t>((picture.p[0].width + 15) / 16),
            "cells must have the shape (ceil(height/16), ceil(width/16)) of the target");
}

int warp(const Pieces &source, const Picture &ty, const Picture &tu, const Picture &tv, const Nodes &nodes, int x, int y, int width, int height, int row0,
         int row1, int fill_y, int fill_u, int fill_v, const std::string &kernel, const std::optional<Stamps> &changed, int64_t since, int level,
         const std::optional<Cells> &due) {
    const Planes target = planes(ty, tu, tv, "target chroma planes must have half the luma plane's size, rounded up");
    require(!((x | y | width | height | row0 | row1) & 1), "the rectangle and the rows must be even");
    require(x >= 0 && y >= 0 && width > 0 && height > 0 && width <= target.p[0].width - x && height <= target.p[0].height - y,
            "the rectangle must lie in the target picture");
    require(nodes.shape(0) == static_cast<size_t>((height + 15) / 16 + 1) && nodes.shape(1) == static_cast<size_t>((width + 15) / 16 + 1) && nodes.shape(2) == 2,
            "nodes must have the shape (ceil(height/16)+1, ceil(width/16)+1, 2)");
    require(((fill_y | fill_u | fill_v) & ~255) == 0, "fill values are 0..255");
    const Banded banded(source);
    panocam::Job job{};
    for (int i = 0; i < 3; ++i) {
        const panocam::Plane &t = target.p[i];
        const int s = i ? 1 : 0;
        job.source[i] = banded.plane(i);
        job.target[i] = {const_cast<uint8_t *>(t.data) + (y >> s) * t.stride + (x >> s), t.stride};
    }
    job.nodes = nodes.data();
    job.columns = static_cast<int>(nodes.shape(1));
    job.width = width, job.height = height;
    job.row0 = row0 > y ? row0 - y : 0;
    job.row1 = row1 - y < height ? row1 - y : height;
    job.fill[0] = static_cast<uint8_t>(fill_y), job.fill[1] = static_cast<uint8_t>(fill_u), job.fill[2] = static_cast<uint8_t>(fill_v);
    int left = 0;
    panocam::Again again{};
    if (changed) {
        require(level >= 0 && level <= kDeepest, "level is 0..4");
        require(changed->shape(0) > 0 && changed->shape(1) > 0 && changed->shape(0) <= kMost && changed->shape(1) <= kMost, "there must be blocks");
        require(due.has_value(), "due must be given");
        require_cells(*due, target);
        require(x % 16 == 0 && y % 16 == 0 && row0 <= y && row1 >= y + height, "the rectangle must begin at a cell, and be drawn whole");
        const auto stride = static_cast<ptrdiff_t>(due->shape(1));
        again = {changed->data(), static_cast<int>(changed->shape(1)), static_cast<int>(changed->shape(0)), since, level,
                 due->data() + y / 16 * stride + x / 16, stride, &left};
        job.again = &again;
    }
    const panocam::Warp run = find(kernel);
    if (job.row0 >= job.row1) return 0;
    nb::gil_scoped_release unlocked;
    run(job);
    return left;
}

void warp_whole(const Source &sy, const Source &su, const Source &sv, const Picture &ty, const Picture &tu, const Picture &tv, const Nodes &nodes, int x,
                int y, int width, int height, int row0, int row1, int fill_y, int fill_u, int fill_v, const std::string &kernel) {
    warp({{sy, su, sv}}, ty, tu, tv, nodes, x, y, width, height, row0, row1, fill_y, fill_u, fill_v, kernel, {}, 0, 0, {});
}

template <class T, size_t N>
using Numbers = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
using State = nb::ndarray<int16_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

// An array that may be left out by making it empty.
template <class Array>
auto optional(const Array &a, size_t size, const char *what) -> decltype(a.data()) {
    if (a.size() == 0) return nullptr;
    require(a.size() == size, what);
    return a.data();
}

void check_numbers(const panocam::Develop &job) {
    for (int i = 0; i < 2 && job.temporal; ++i) {
        const int32_t *t = job.temporal + 4 * i;
        require(t[0] >= 0 && t[0] <= 32767 && t[1] >= 0 && t[1] + t[2] >= 0 && t[1] <= 16000 && t[1] + t[2] <= 16000 && t[2] >= -127 * 64 && t[3] >= 1 && t[3] <= 14,
                "temporal must hold (keep 0..32767, threshold 0..16000, its change, ramp 1..14) for luma and chroma");
    }
    for (int i = 0; i < 2 && job.spatial; ++i) {
        const int32_t *s = job.spatial + 3 * i;
        require(s[0] >= 0 && s[0] <= 24 && s[0] + s[1] >= 0 && s[0] + s[1] <= 24 && s[2] >= 0 && s[2] <= 255,
                "spatial must hold (reach 0..24, its change, weight 0..255) for luma and chroma");
    }
    require(!job.sharpen || (job.sharpen[0] >= -4096 && job.sharpen[0] <= 16384 && job.sharpen[1] >= 0 && job.sharpen[1] <= 255),
            "sharpen must hold (gain -4096..16384, core 0..255)");
    require(!job.matrix || job.matrix[0] == 1.0f, "the matrix must begin with 1");
    require(0 <= job.floor && job.floor < job.top && job.top <= 255, "the luma range must lie in 0..255");
}

void develop(const Source &sy, const Source &su, const Source &sv, const Picture &ty, const Picture &tu, const Picture &tv, const State &state_y,
             const State &state_u, const State &state_v, const Numbers<int32_t, 2> &temporal, const Numbers<int32_t, 2> &spatial, const Numbers<float, 2> &matrix,
             const Numbers<uint8_t, 1> &lut, const Numbers<float, 3> &grid, const Numbers<int32_t, 1> &sharpen, int floor, int top, const std::string &kernel) {
    const Planes source = planes(sy, su, sv, "source chroma planes must have half the luma plane's size, rounded up");
    const Planes target = planes(ty, tu, tv, "target chroma planes must have half the luma plane's size, rounded up");
    require(source.p[0].width == target.p[0].width && source.p[0].height == target.p[0].height, "source and target must have the same size");
    panocam::Develop job{};
    const State *states[3] = {&state_y, &state_u, &state_v};
    job.temporal = optional(temporal, 8, "temporal must have the shape (2, 4) or be empty");
    for (int i = 0; i < 3; ++i) {
        const panocam::Plane &p = source.p[i];
        job.source[i] = p;
        job.target[i] = {const_cast<uint8_t *>(target.p[i].data), target.p[i].stride};
        if (!job.temporal) continue;
        require(states[i]->shape(0) == static_cast<size_t>(p.height) && states[i]->shape(1) == static_cast<size_t>(p.width), "each state must have the size of its plane");
        job.state[i] = states[i]->data();
    }
    job.spatial = optional(spatial, 6, "spatial must have the shape (2, 3) or be empty");
    job.matrix = optional(matrix, 9, "the matrix must have the shape (3, 3) or be empty");
    job.lut = optional(lut, 256, "the table must have 256 entries or be empty");
    job.sharpen = optional(sharpen, 2, "sharpen must have 2 numbers or be empty");
    job.floor = floor, job.top = top;
    job.grid_columns = (source.p[0].width + panocam::kLumaCell - 1) / panocam::kLumaCell;
    job.grid_rows = (source.p[0].height + panocam::kLumaCell - 1) / panocam::kLumaCell;
    require(grid.size() == 0 || (grid.shape(0) == 4 && grid.shape(1) == static_cast<size_t>(job.grid_rows) && grid.shape(2) == static_cast<size_t>(job.grid_columns)),
            "the grid must have the shape (4, ceil(height/8), ceil(width/8)) or be empty");
    job.grid = grid.size() ? grid.data() : nullptr;
    check_numbers(job);
    const panocam::DevelopKernel *k = panocam::develop_kernels();
    while (k->name && !kernel.empty() && kernel != k->name) ++k;
    if (!k->name) throw std::invalid_argument("this processor has no kernel " + kernel);
    job.scratch_row = (4 * static_cast<ptrdiff_t>(source.p[0].width) + 1024 + 63) / 64 * 64;
    const size_t size = static_cast<size_t>(job.scratch_row) * panocam::kScratchRows;
    const std::unique_ptr<uint8_t[]> memory(new uint8_t[size + 64]);
    job.scratch = memory.get() + (64 - reinterpret_cast<uintptr_t>(memory.get()) % 64) % 64;
    nb::gil_scoped_release unlocked;
    k->develop(job);
}

// A layer: its arrays are looked at once, not in every picture that it is laid over. It keeps them alive.
class Stencil {
public:
    Stencil(const Picture &iy, const Picture &iu, const Picture &iv, const Picture &rest_y, const Picture &rest_c)
        : arrays_{iy, iu, iv, rest_y, rest_c}, ink_(planes(iy, iu, iv, kHalf)), rest_(planes(rest_y, rest_c, rest_c, kHalf)) {
        require(rest_.p[0].width == ink_.p[0].width && rest_.p[0].height == ink_.p[0].height, "ink and rest must have the same size");
        require(!((ink_.p[0].width | ink_.p[0].height) & 1), "a layer's size must be even");
    }

    struct Part {  // of the target, in luma pixels; the last ones excluded
        int x0, y0, x1, y1;
    };

    // Only in cells of 16x16 pixels of the target that are not 0.
    void lay(const Planes &target, int x, int y, const uint8_t *cells, int columns) const {
        const int right = std::min(x + ink_.p[0].width, target.p[0].width), bottom = std::min(y + ink_.p[0].height, target.p[0].height);
        for (int row = std::max(y, 0) / 16; 16 * row < bottom; ++row) {
            const uint8_t *cell = cells + static_cast<ptrdiff_t>(row) * columns;
            for (int column = std::max(x, 0) / 16; 16 * column < right; ++column) {
                if (!cell[column]) continue;
                const int first = column;
                while (16 * (column + 1) < right && cell[column + 1]) ++column;
                lay(target, x, y, {16 * first, 16 * row, 16 * column + 16, 16 * row + 16});
            }
        }
    }

    void lay(const Planes &target, int x, int y, const Part &part) const {
        for (int i = 0; i < 3; ++i) {
            const int s = i ? 1 : 0;
            const panocam::Plane &t = target.p[i], &k = ink_.p[i], &r = rest_.p[i];
            const int left = x >> s, top = y >> s;
            const int skip_x = std::max(part.x0 >> s, left) - left, skip_y = std::max(part.y0 >> s, top) - top;
            const int right = std::min({left + k.width, t.width, part.x1 >> s}), bottom = std::min({top + k.height, t.height, part.y1 >> s});
            const int width = right - left - skip_x, height = bottom - top - skip_y;
            if (width <= 0 || height <= 0) continue;
            uint8_t *under = const_cast<uint8_t *>(t.data) + (top + skip_y) * t.stride + left + skip_x;
            panocam::lay(under, t.stride, {k.data + skip_y * k.stride + skip_x, k.stride}, {r.data + skip_y * r.stride + skip_x, r.stride}, width, height);
        }
    }

private:
    static constexpr const char *kHalf = "the layer's chroma planes must have half its size";

    Picture arrays_[5];
    Planes ink_, rest_;
};

void overlay(const Picture &ty, const Picture &tu, const Picture &tv, const std::vector<std::tuple<const Stencil *, int, int>> &layers,
             const std::optional<Cells> &only) {
    const Planes target = planes(ty, tu, tv, "target chroma planes must have half the luma plane's size, rounded up");
    for (const auto &[layer, x, y] : layers) {
        require(layer != nullptr, "a layer is missing");
        require(!((x | y) & 1), "a layer's place must be even");
        require(x > -kFar && x < kFar && y > -kFar && y < kFar, "a layer's place must be within -100000..100000");
    }
    if (only) require_cells(*only, target);
    nb::gil_scoped_release unlocked;
    for (const auto &[layer, x, y] : layers)
        if (only) layer->lay(target, x, y, only->data(), static_cast<int>(only->shape(1)));
        else layer->lay(target, x, y, {0, 0, target.p[0].width, target.p[0].height});
}

void copy(const Source &sy, const Source &su, const Source &sv, const Picture &ty, const Picture &tu, const Picture &tv) {
    const Planes source = planes(sy, su, sv, "source chroma planes must have half the luma plane's size, rounded up");
    const Planes target = planes(ty, tu, tv, "target chroma planes must have half the luma plane's size, rounded up");
    require(source.p[0].width == target.p[0].width && source.p[0].height == target.p[0].height, "source and target must have the same size");
    nb::gil_scoped_release unlocked;
    for (int i = 0; i < 3; ++i) {
        const panocam::Plane &s = source.p[i], &t = target.p[i];
        for (int row = 0; row < s.height; ++row)
            panocam::copy_row(s.data + row * s.stride, const_cast<uint8_t *>(t.data) + row * t.stride, static_cast<size_t>(s.width));
    }
    panocam::copy_done();
}

// Rows of a cover, where it covers: (row, first, end). A cover of one colour is one row that is there again and again (stride 0).
void cover(const Picture &target, const Source &cover, const nb::ndarray<const int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu> &spans) {
    const panocam::Plane t = plane(target), c = plane(cover);
    require(t.width == c.width && t.height == c.height, "the cover must have the size of what it covers");
    require(spans.shape(1) == 3, "spans must have the shape (n, 3)");
    const int32_t *first = spans.data(), *last = first + 3 * spans.shape(0);
    for (const int32_t *s = first; s < last; s += 3)
        require(s[0] >= 0 && s[0] < t.height && s[1] >= 0 && s[1] <= s[2] && s[2] <= t.width, "spans must lie in the picture");
    nb::gil_scoped_release unlocked;
    for (const int32_t *s = first; s < last; s += 3)
        std::memcpy(const_cast<uint8_t *>(t.data) + s[0] * t.stride + s[1], c.data + s[0] * c.stride + s[1], static_cast<size_t>(s[2] - s[1]));
}

int settle(const Picture &ny, const Picture &nu, const Picture &nv, const Picture &ky, const Picture &ku, const Picture &kv, int peak, int mean) {
    const Planes now = planes(ny, nu, nv, "chroma planes must have half the luma plane's size, rounded up");
    const Planes kept = planes(ky, ku, kv, "chroma planes must have half the luma plane's size, rounded up");
    require(now.p[0].width == kept.p[0].width && now.p[0].height == kept.p[0].height, "both pictures must have the same size");
    require(peak >= 0 && peak <= 255 && mean >= 0 && mean <= 16 * 255, "peak is 0..255, mean 0..4080 sixteenths");
    panocam::Target a[3], b[3];
    for (int i = 0; i < 3; ++i) {
        a[i] = {const_cast<uint8_t *>(now.p[i].data), now.p[i].stride};
        b[i] = {const_cast<uint8_t *>(kept.p[i].data), kept.p[i].stride};
    }
    nb::gil_scoped_release unlocked;
    return panocam::settle(a, b, now.p[0].width, now.p[0].height, {peak, mean});
}

int differences(const Pieces &now, const Pieces &before, const Stamps &changed, int64_t number) {
    const Banded one(now), other(before);
    panocam::Bands a[3], b[3];
    for (int i = 0; i < 3; ++i) a[i] = one.plane(i), b[i] = other.plane(i);
    require(a[0].width == b[0].width && a[0].height == b[0].height, "both pictures must have the same size");
    require(changed.shape(0) == static_cast<size_t>((a[0].height + 15) / 16) && changed.shape(1) == static_cast<size_t>((a[0].width + 15) / 16),
            "changed must have the shape (ceil(height/16), ceil(width/16))");
    nb::gil_scoped_release unlocked;
    return panocam::differences(a, b, changed.data(), number);
}

using Parts = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<const double, nb::shape<3, 3>, nb::c_contig, nb::device::cpu>;
using Terms = std::vector<float>;

double trace(const Parts &right, const Parts &forward, const Parts &down, const Matrix &axes, const Matrix &turn, const std::tuple<Terms, Terms> &law,
             const std::tuple<float, float, float, float, float> &lens, bool ringed,
             const nb::ndarray<int32_t, nb::ndim<3>, nb::c_contig, nb::device::cpu> &nodes) {
    const size_t ring = ringed ? 2 : 0, rows = nodes.shape(0), columns = nodes.shape(1);
    require(rows > 1 && columns > 1 && rows <= kMost && columns <= kMost && nodes.shape(2) == 2, "nodes must have the shape (rows, columns, 2)");
    require(down.shape(0) == rows + ring && right.shape(0) == columns + ring, "there must be as many rows and columns as nodes, and two more when ringed");
    require(forward.shape(0) == columns + ring || forward.shape(0) == 1, "forward must have one number, or one for each column");
    const auto &[odd, even] = law;
    require(odd.size() <= panocam::kTerms && even.size() <= panocam::kTerms, "a series has at most 8 terms");
    panocam::Optics optics{};
    std::copy(odd.begin(), odd.end(), optics.odd);
    std::copy(even.begin(), even.end(), optics.even);
    std::tie(optics.half, optics.focal, optics.tangent, optics.cx, optics.cy) = lens;
    panocam::Grid grid{right.data(), forward.data(), down.data(), forward.shape(0) > 1, static_cast<int>(columns + ring), static_cast<int>(rows + ring), {}};
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 3; ++k) grid.axes[i][j] += axes(i, k) * turn(j, k);
    nb::gil_scoped_release unlocked;
    return panocam::trace(grid, optics, ringed, nodes.data());
}

nb::tuple kernels() {
    nb::list names;
    for (const panocam::Kernel *k = panocam::kernels(); k->name; ++k) names.append(k->name);
    return nb::tuple(names);
}

}  // namespace

NB_MODULE(panocam_native, m) {
    m.doc() = "The pixels of panocam in native code: the warp, the development of pictures, and the loops of the simulated world.";
    m.attr("__version__") = PANOCAM_NATIVE_VERSION;
    m.def("kernels", kernels, "Names of the kernels that this processor can run, best first; the last is always 'c++'.");
    m.def("warp", warp_whole, "source_y"_a, "source_u"_a, "source_v"_a, "target_y"_a, "target_u"_a, "target_v"_a, "nodes"_a, "x"_a, "y"_a, "width"_a,
          "height"_a, "row0"_a, "row1"_a, "fill_y"_a, "fill_u"_a, "fill_v"_a, "kernel"_a = "",
          "Paint rows row0..row1 (of the target picture) of the rectangle from the source through the mesh. Several threads may paint\n"
          "different rows of one picture. Raises ValueError when shapes disagree.");
    m.def("warp_bands", warp, "source"_a, "target_y"_a, "target_u"_a, "target_v"_a, "nodes"_a, "x"_a, "y"_a, "width"_a, "height"_a, "row0"_a, "row1"_a,
          "fill_y"_a, "fill_u"_a, "fill_v"_a, "kernel"_a = "", "changed"_a = nb::none(), "since"_a = 0, "level"_a = 0, "due"_a = nb::none(),
          "The same from a source whose rows lie in several memories: a list of (y, u, v), from the top down. With changed, what the target holds\n"
          "was drawn from picture since through these nodes: cells of 16x16 pixels whose blocks of the source (which is 1/2**level as large as\n"
          "what the blocks are of) have not changed since, and that are not due, are left as they are. Returns how many those are; due becomes 1\n"
          "where a cell was drawn, 0 where it was left.");
    m.def("differences", differences, "now"_a, "before"_a, "changed"_a, "number"_a,
          "Blocks of 16x16 luma pixels in which two pictures (lists of bands) differ get the number in changed; returns how many they are.\n"
          "Raises ValueError when shapes disagree.");
    m.def("trace", trace, "right"_a, "forward"_a, "down"_a, "axes"_a, "turn"_a, "law"_a, "lens"_a, "ringed"_a, "nodes"_a,
          "Fill nodes (rows, columns, 2) with where directions fall through a lens: columns lie right and forward, rows down, along the rows of\n"
          "axes, which turn makes camera directions. law is (odd, even), the terms of r/f = t odd(t^2) / even(t^2); lens is half the field\n"
          "(radians), focal length, tangent beyond the rim (pixels a radian), and the centre. Explained in src/trace.h. Returns the most source\n"
          "pixels between two nodes. Raises ValueError when shapes disagree.");
    m.def("develop", develop, "source_y"_a, "source_u"_a, "source_v"_a, "target_y"_a, "target_u"_a, "target_v"_a, "state_y"_a, "state_u"_a, "state_v"_a,
          "temporal"_a, "spatial"_a, "matrix"_a, "lut"_a, "grid"_a, "sharpen"_a, "floor"_a, "top"_a, "kernel"_a = "",
          "Noise reduction, colour, local tone mapping and sharpening of a whole picture; an empty array leaves its stage out. The numbers are\n"
          "explained in src/develop.h. The states are changed in place. Raises ValueError when shapes or numbers are out of range.");
    m.def("copy", copy, "source_y"_a, "source_u"_a, "source_v"_a, "target_y"_a, "target_u"_a, "target_v"_a,
          "Copy a picture to other memory. Raises ValueError when sizes disagree.");
    m.def("settle", settle, "now_y"_a, "now_u"_a, "now_v"_a, "kept_y"_a, "kept_u"_a, "kept_v"_a, "peak"_a, "mean"_a,
          "Blocks of 16x16 pixels that are as they were kept become exactly that, of the others it is kept how they are now. Returns how many stayed.\n"
          "As it was: no pixel differs by more than peak, no sum of 4x4 by more than mean. Raises ValueError when shapes or numbers are wrong.");
    m.def("cover", cover, "target"_a, "cover"_a, "spans"_a,
          "Copy from a cover, a plane of the same size, what lies in the spans (row, first column, end). Raises ValueError when shapes disagree.");
    nb::class_<Stencil>(m, "Stencil", "A layer, ready to be laid over pictures; it shows its arrays as they are at that moment.")
        .def(nb::init<const Picture &, const Picture &, const Picture &, const Picture &, const Picture &>(), "ink_y"_a, "ink_u"_a, "ink_v"_a, "rest_y"_a,
             "rest_c"_a, "Raises ValueError when shapes disagree or sides are odd.");
    m.def("overlay", overlay, "target_y"_a, "target_u"_a, "target_v"_a, "layers"_a, "only"_a = nb::none(),
          "Lay layers, (stencil, x, y) from the bottom up, over a picture with their left upper corners at even pixels, cut off at the picture's\n"
          "edges: out = ink + out * rest / 255. With only, they lie in cells of 16x16 pixels where that is not 0. Raises ValueError when shapes disagree.");
    panocam::scene::bind(m);
}
