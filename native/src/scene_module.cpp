// The Python side of the simulated world's loops: checks everything, lets go of the interpreter lock, and calls the best version.
#include "scene_module.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstring>
#include <stdexcept>
#include <vector>

#include "scene.h"
#include "warp.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace panocam::scene {

const Ops &ops() {
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
    const char *name = kernels()->name;
    if (!std::strcmp(name, "avx512")) return ops_avx512;
    if (!std::strcmp(name, "avx2")) return ops_avx2;
#endif
    return ops_plain;
}

namespace {

template <class T, int N> using In = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
template <class T, int N> using Out = nb::ndarray<T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
using Picture = nb::ndarray<uint8_t, nb::ndim<2>, nb::device::cpu>;
using Bytes = nb::ndarray<const uint8_t, nb::ndim<2>, nb::device::cpu>;
using Depth = nb::ndarray<const uint16_t, nb::ndim<2>, nb::device::cpu>;

void require(bool holds, const char *what) {
    if (!holds) throw std::invalid_argument(what);
}

void grain(const Bytes &base, const Bytes &more, const Bytes &less, const Picture &out) {
    for (const Bytes *other : {&base, &more, &less})
        require(other->shape(0) == out.shape(0) && other->shape(1) == out.shape(1) && other->stride(1) == 1, "the planes must have one shape");
    require(out.stride(1) == 1, "the pixels of a plane's row must be adjacent");
    nb::gil_scoped_release release;
    for (int64_t y = 0; y < static_cast<int64_t>(out.shape(0)); ++y)
        ops().grain(base.data() + y * base.stride(0), more.data() + y * more.stride(0), less.data() + y * less.stride(0),
                    out.data() + y * out.stride(0), static_cast<ptrdiff_t>(out.shape(1)));
}

void shade(const In<float, 2> &points, const In<float, 1> &lit, const In<float, 2> &lights, const In<float, 2> &segments,
           const In<float, 2> &contact, float ambient, float depth, const Out<float, 1> &out) {
    const size_t n = out.shape(0);
    require(points.shape(0) == 3 && points.shape(1) == n && lit.shape(0) == n, "points, light and result must be equally many");
    require(lights.shape(1) == 9 && segments.shape(1) == 7 && contact.shape(1) == 4, "lights have 9 numbers, segments 7, contacts 4");
    const float *p = points.data();
    static_assert(sizeof(Caster) == 9 * sizeof(float));
    const Shade job{p, p + n, p + 2 * n, lit.data(), static_cast<ptrdiff_t>(n), reinterpret_cast<const Caster *>(lights.data()),
                    static_cast<int>(lights.shape(0)), reinterpret_cast<const float (*)[7]>(segments.data()), static_cast<int>(segments.shape(0)),
                    reinterpret_cast<const float (*)[4]>(contact.data()), static_cast<int>(contact.shape(0)), ambient, depth};
    nb::gil_scoped_release release;
    ops().shade(job, out.data());
}

Hits hits(const Out<int64_t, 1> &at, const Out<float, 2> &out, size_t rays) {
    require(at.shape(0) == rays && out.shape(0) == 8 && out.shape(1) == rays, "the result needs room for all rays");
    float *f = out.data();
    return {at.data(), f, f + rays, {f + 2 * rays, f + 3 * rays, f + 4 * rays}, {f + 5 * rays, f + 6 * rays, f + 7 * rays}};
}

int64_t capsules(const In<float, 2> &body, const In<int64_t, 1> &sizes, const In<float, 2> &rays, float beside, const Out<int64_t, 1> &at,
                 const Out<float, 2> &out, const Out<int64_t, 1> &left) {
    const size_t n = body.shape(0), count = rays.shape(1);
    static_assert(sizeof(Capsule) == 14 * sizeof(float));
    require(body.shape(1) == 14 && sizes.shape(0) == n && left.shape(0) == n && rays.shape(0) == 3, "a capsule has 14 numbers, a size and a result");
    const Hits to = hits(at, out, count);
    size_t all = 0;
    for (size_t k = 0; k < n; ++k) {
        require(sizes.data()[k] >= 0 && static_cast<size_t>(sizes.data()[k]) <= count - all, "the sizes must add up to the rays");
        all += static_cast<size_t>(sizes.data()[k]);
    }
    nb::gil_scoped_release release;
    const float *r = rays.data();
    const auto *each = reinterpret_cast<const Capsule *>(body.data());
    ptrdiff_t done = 0, first = 0;
    for (size_t k = 0; k < n; ++k) {
        const ptrdiff_t before = done, size = sizes.data()[k];
        done = ops().capsule(each[k], {r + first, r + count + first, r + 2 * count + first, size}, first, beside, to, done);
        left.data()[k] = done - before;
        first += size;
    }
    return done;
}

int64_t block(const In<float, 1> &eye, const In<float, 2> &frame, const In<float, 2> &faces, float bevel, const In<float, 2> &rays, int width,
              float beside, const Out<int64_t, 1> &at, const Out<float, 2> &out) {
    const size_t count = rays.shape(1);
    require(eye.shape(0) == 3 && frame.shape(0) == 3 && frame.shape(1) == 3 && faces.shape(1) == 4 && rays.shape(0) == 3, "a block lives in three dimensions");
    require(width >= 2 && count % static_cast<size_t>(width) == 0 && count / static_cast<size_t>(width) >= 2, "the rays must be a grid of 2x2 or more");
    require(bevel > 0, "the bevel must be positive");
    Block job{};
    std::memcpy(job.origin, eye.data(), sizeof job.origin);
    std::memcpy(job.frame, frame.data(), sizeof job.frame);
    job.faces = reinterpret_cast<const float (*)[4]>(faces.data());
    job.face_count = static_cast<int>(faces.shape(0)), job.bevel = bevel;
    const Hits to = hits(at, out, count);
    nb::gil_scoped_release release;
    std::vector<float> work(2 * count);
    const float *r = rays.data();
    return ops().block(job, {r, r + count, r + 2 * count, static_cast<ptrdiff_t>(count)}, width, beside, work.data(), work.data() + count, to);
}

void mix(const In<int64_t, 1> &cell, const In<float, 1> &inside, const In<float, 1> &t, const In<float, 2> &tone, float beside, float seam,
         float far, const Out<float, 2> &out) {
    const size_t n = cell.shape(0), cells = out.shape(1);
    require(inside.shape(0) == n && t.shape(0) == n && tone.shape(0) == 4 && tone.shape(1) == n && out.shape(0) == 6, "each element needs all its numbers");
    for (size_t k = 0; k < n; ++k) require(cell.data()[k] >= 0 && static_cast<size_t>(cell.data()[k]) < cells, "a cell lies outside the picture");
    nb::gil_scoped_release release;
    std::vector<float> work(2 * cells);
    Mix job{};
    job.cell = cell.data(), job.inside = inside.data(), job.t = t.data();
    for (size_t k = 0; k < 4; ++k) job.tone[k] = tone.data() + k * n;
    job.elements = static_cast<ptrdiff_t>(n), job.cells = static_cast<ptrdiff_t>(cells);
    job.beside = beside, job.seam = seam, job.far = far;
    for (size_t k = 0; k < 6; ++k) job.out[k] = out.data() + k * cells;
    job.total = work.data();
    ops().mix(job);
}

void compose(const Picture &y, const Picture &u, const Picture &v, const Depth &wall, int top, int left, int height, int width, int step,
             const In<float, 3> &outlines, const In<float, 2> &distance, const In<uint8_t, 2> &luma, const In<uint8_t, 2> &blue,
             const In<uint8_t, 2> &red, float nearer, const nb::tuple &noise) {
    const size_t rows = distance.shape(0), columns = distance.shape(1);
    require(outlines.shape(0) > 0 && outlines.shape(1) == rows && outlines.shape(2) == columns, "outlines and distance must have one grid");
    for (const auto *tone : {&luma, &blue, &red}) require(tone->shape(0) == rows && tone->shape(1) == columns, "tones and distance must have one grid");
    require(rows > 0 && columns > 0 && step > 0 && !((top | left | height | width) & 1), "the rectangle must be even");
    require(top >= 0 && left >= 0 && height > 0 && width > 0 && static_cast<size_t>(top) + height <= y.shape(0) &&
                static_cast<size_t>(left) + width <= y.shape(1), "the rectangle must lie in the picture");
    require(wall.shape(0) == y.shape(0) && wall.shape(1) == y.shape(1) && wall.stride(1) == 1, "the wall must be as large as the picture");
    for (const Picture *half : {&u, &v})
        require(half->shape(0) == y.shape(0) / 2 && half->shape(1) == y.shape(1) / 2, "chroma must have half the luma's size");
    Compose job{};
    const Picture *planes[] = {&y, &u, &v};
    for (int i = 0; i < 3; ++i) {
        require(planes[i]->stride(1) == 1, "the pixels of a plane's row must be adjacent");
        const int k = i ? 2 : 1;
        job.planes[i] = {planes[i]->data() + (top / k) * planes[i]->stride(0) + left / k, static_cast<ptrdiff_t>(planes[i]->stride(0))};
    }
    job.wall = wall.data() + top * wall.stride(0) + left, job.wall_stride = static_cast<ptrdiff_t>(wall.stride(0));
    job.width = width, job.height = height, job.step = step;
    job.outlines = outlines.data(), job.frames = static_cast<int>(outlines.shape(0));
    job.distance = {distance.data(), static_cast<int>(columns), static_cast<int>(rows)};
    job.tone[0] = luma.data(), job.tone[1] = blue.data(), job.tone[2] = red.data();
    job.nearer = nearer;
    require(noise.size() == 0 || noise.size() == 6, "noise is six planes or none");
    for (size_t i = 0; i < noise.size(); ++i) {
        const auto plane = nb::cast<Bytes>(noise[i]);
        const Picture &like = *planes[i / 2];
        require(plane.shape(0) == like.shape(0) && plane.shape(1) == like.shape(1) && plane.stride(1) == 1, "the noise must be as large as the picture");
        const int k = i > 1 ? 2 : 1;
        const uint8_t *corner = plane.data() + (top / k) * plane.stride(0) + left / k;
        auto &to = job.grain[i / 2];
        if (i % 2) to.less = corner, to.less_stride = static_cast<ptrdiff_t>(plane.stride(0));
        else to.more = corner, to.more_stride = static_cast<ptrdiff_t>(plane.stride(0));
    }
    nb::gil_scoped_release release;
    job.scratch_row = static_cast<ptrdiff_t>(columns > static_cast<size_t>(width) ? columns : static_cast<size_t>(width)) + 3;
    std::vector<float> scratch(static_cast<size_t>(kScratchRows * job.scratch_row));
    job.scratch = scratch.data();
    ops().compose(job);
}

}  // namespace

void bind(nb::module_ &m) {
    m.def("scene_grain", grain, "base"_a, "more"_a, "less"_a, "out"_a, "out = base + more - less, saturating after each step; out may be base.");
    m.def("scene_shade", shade, "points"_a, "lit"_a, "lights"_a, "segments"_a, "contact"_a, "ambient"_a, "depth"_a, "out"_a,
          "What shadows leave of the light on points (3, N). A light is at x, y, z, far, power, softness, and where it faces.");
    m.def("scene_capsules", capsules, "body"_a, "sizes"_a, "rays"_a, "beside"_a, "at"_a, "out"_a, "left"_a,
          "Rays (3, E), sizes[0] of them against capsule 0, and so on. Fills at, out (inside, t, normal, local) and how many are left of\n"
          "each size; returns how many are left in all.");
    m.def("scene_block", block, "eye"_a, "frame"_a, "faces"_a, "bevel"_a, "rays"_a, "width"_a, "beside"_a, "at"_a, "out"_a,
          "A grid of rays (3, E) against a convex block; fills at and out as for capsules, returns how many are left.");
    m.def("scene_mix", mix, "cell"_a, "inside"_a, "t"_a, "tone"_a, "beside"_a, "seam"_a, "far"_a, "out"_a,
          "Elements of cells to cells: outline, distance, radiance and mains part (6, cells).");
    m.def("scene_compose", compose, "y"_a, "u"_a, "v"_a, "wall"_a, "top"_a, "left"_a, "height"_a, "width"_a, "step"_a, "outlines"_a, "distance"_a,
          "luma"_a, "blue"_a, "red"_a, "nearer"_a, "noise"_a = nb::tuple(), "Blends a figure, given on a coarse grid, over a rectangle of the picture.");
}

}  // namespace panocam::scene
