// The Python module: checks everything, lets go of the interpreter lock, and calls a kernel.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <cstring>
#include <stdexcept>
#include <string>

#include "warp.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using Source = nb::ndarray<const uint8_t, nb::ndim<2>, nb::device::cpu>;
using Picture = nb::ndarray<uint8_t, nb::ndim<2>, nb::device::cpu>;
using Nodes = nb::ndarray<const int32_t, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
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

void warp(const Source &sy, const Source &su, const Source &sv, const Picture &ty, const Picture &tu, const Picture &tv, const Nodes &nodes,
          int x, int y, int width, int height, int row0, int row1, int fill_y, int fill_u, int fill_v, const std::string &kernel) {
    const Planes source = planes(sy, su, sv, "source chroma planes must have half the luma plane's size, rounded up");
    const Planes target = planes(ty, tu, tv, "target chroma planes must have half the luma plane's size, rounded up");
    require(!((x | y | width | height | row0 | row1) & 1), "the rectangle and the rows must be even");
    require(x >= 0 && y >= 0 && width > 0 && height > 0 && width <= target.p[0].width - x && height <= target.p[0].height - y,
            "the rectangle must lie in the target picture");
    require(nodes.shape(0) == static_cast<size_t>((height + 15) / 16 + 1) && nodes.shape(1) == static_cast<size_t>((width + 15) / 16 + 1) && nodes.shape(2) == 2,
            "nodes must have the shape (ceil(height/16)+1, ceil(width/16)+1, 2)");
    require(((fill_y | fill_u | fill_v) & ~255) == 0, "fill values are 0..255");
    panocam::Job job{};
    for (int i = 0; i < 3; ++i) {
        const panocam::Plane &t = target.p[i];
        const int s = i ? 1 : 0;
        job.source[i] = source.p[i];
        job.target[i] = {const_cast<uint8_t *>(t.data) + (y >> s) * t.stride + (x >> s), t.stride};
    }
    job.nodes = nodes.data();
    job.columns = static_cast<int>(nodes.shape(1));
    job.width = width, job.height = height;
    job.row0 = row0 > y ? row0 - y : 0;
    job.row1 = row1 - y < height ? row1 - y : height;
    job.fill[0] = static_cast<uint8_t>(fill_y), job.fill[1] = static_cast<uint8_t>(fill_u), job.fill[2] = static_cast<uint8_t>(fill_v);
    const panocam::Warp run = find(kernel);
    if (job.row0 >= job.row1) return;
    nb::gil_scoped_release unlocked;
    run(job);
}

nb::tuple kernels() {
    nb::list names;
    for (const panocam::Kernel *k = panocam::kernels(); k->name; ++k) names.append(k->name);
    return nb::tuple(names);
}

}  // namespace

NB_MODULE(panocam_native, m) {
    m.doc() = "The warp of panocam in native code.";
    m.attr("__version__") = PANOCAM_NATIVE_VERSION;
    m.def("kernels", kernels, "Names of the kernels that this processor can run, best first; the last is always 'c++'.");
    m.def("warp", warp, "source_y"_a, "source_u"_a, "source_v"_a, "target_y"_a, "target_u"_a, "target_v"_a, "nodes"_a, "x"_a, "y"_a, "width"_a,
          "height"_a, "row0"_a, "row1"_a, "fill_y"_a, "fill_u"_a, "fill_v"_a, "kernel"_a = "",
          "Paint rows row0..row1 (of the target picture) of the rectangle from the source through the mesh. Several threads may paint\n"
          "different rows of one picture. Raises ValueError when shapes disagree.");
}
