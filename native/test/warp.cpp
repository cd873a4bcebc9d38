// Stand-alone check of all kernels this processor has, to be run under a sanitizer or an emulator: hostile meshes, tiny and odd pictures,
// padded strides, bands of rows. All kernels must write the same bytes, and none outside the rectangle. Usage: warp_fuzz [rounds].
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "changes.h"
#include "warp.h"

using namespace panocam;

namespace {

std::mt19937 engine(20);

int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); }

struct Memory {  // exactly as large as the plane needs, so that a sanitizer sees every byte read beyond it
    int width, height, stride;
    std::unique_ptr<uint8_t[]> bytes;

    Memory(int w, int h, int pad) : width(w), height(h), stride(w + pad), bytes(new uint8_t[size()]) {}
    size_t size() const { return static_cast<size_t>(stride) * (height - 1) + width; }
    Plane plane() const { return {bytes.get(), stride, width, height}; }
};

struct Cut {  // a plane in one band, or two whose memories lie apart
    std::vector<Memory> parts;
    std::vector<Plane> bands;
    int width, height;

    Cut(const Memory &whole, int at) : width(whole.width), height(whole.height) {
        const int ends[3] = {0, at, height};
        for (int i = at > 0 ? 0 : 1; i < 2; ++i) {
            parts.emplace_back(width, ends[i + 1] - ends[i], between(0, 20));
            const Memory &part = parts.back();
            for (int row = 0; row < part.height; ++row)
                std::memcpy(part.bytes.get() + static_cast<size_t>(row) * part.stride, whole.bytes.get() + static_cast<size_t>(ends[i] + row) * whole.stride, width);
            bands.push_back(part.plane());
        }
    }
    Bands plane() const { return {bands.data(), width, height}; }
};

Memory noise(int w, int h) {
    Memory m(w, h, between(0, 3) * between(0, 40));
    for (size_t i = 0; i < m.size(); ++i) m.bytes[i] = static_cast<uint8_t>(engine());
    return m;
}

int32_t wild() {
    switch (between(0, 4)) {
        case 0: return INT32_MIN + between(0, 2);
        case 1: return INT32_MAX - between(0, 2);
        case 2: return static_cast<int32_t>(engine());
        case 3: return between(-1000, 1000);
        default: return between(-(1 << 30), 1 << 30);
    }
}

// A smooth mesh somewhere about the picture, turned, stretched, bent, and then spoilt in places.
std::vector<int32_t> mesh(int columns, int rows, const Plane &source) {
    std::vector<int32_t> nodes(static_cast<size_t>(columns) * rows * 2);
    std::uniform_real_distribution<double> any(-1, 1);
    const double reach = std::pow(4.0, any(engine)), bend = between(0, 2) ? 0.0 : 0.01;
    double m[4];
    for (double &v : m) v = any(engine) * reach;
    const double x0 = (0.5 + any(engine)) * source.width, y0 = (0.5 + any(engine)) * source.height;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            const double x = x0 + 16 * (m[0] * c + m[1] * r) + bend * 16 * c * r, y = y0 + 16 * (m[2] * c + m[3] * r) - bend * 16 * r * r;
            int32_t *n = &nodes[2 * (static_cast<size_t>(r) * columns + c)];
            n[0] = static_cast<int32_t>(std::clamp(x * 65536, -2147483647.0, 2147483647.0));
            n[1] = static_cast<int32_t>(std::clamp(y * 65536, -2147483647.0, 2147483647.0));
        }
    for (int spoilt = between(0, 3) ? 0 : between(1, columns * rows); spoilt > 0; --spoilt) {
        int32_t *n = &nodes[2 * static_cast<size_t>(between(0, columns * rows - 1))];
        if (between(0, 2)) n[between(0, 1)] = wild();
        else n[0] = n[1] = kOutside;
    }
    return nodes;
}

struct Picture {
    std::vector<Memory> planes;

    Picture(int w, int h, int pad) {
        for (int i = 0; i < 3; ++i) planes.emplace_back(i ? w / 2 : w, i ? h / 2 : h, pad);
    }
};

// A picture drawn over an earlier one, of which only what changed is drawn, is the picture drawn whole.
bool again_of(int number) {
    const int w = between(1, 300), h = between(1, 300), level = between(0, 2);
    const int full_w = (w << level) - between(0, (1 << level) - 1), full_h = (h << level) - between(0, (1 << level) - 1);
    // Pictures at full size tell what changes, what is read from is every 2^level-th pixel of them.
    Memory full[3] = {noise(full_w, full_h), noise((full_w + 1) / 2, (full_h + 1) / 2), noise((full_w + 1) / 2, (full_h + 1) / 2)};
    const auto smaller_of = [&](const Memory &m, int width, int height) {
        Memory out(width, height, 0);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                out.bytes[static_cast<size_t>(y) * width + x] =
                    m.bytes[static_cast<size_t>(std::min(y << level, m.height - 1)) * m.stride + std::min((x << level) + (1 << level) - 1, m.width - 1)];
        return out;
    };
    const auto read_from = [&] {
        std::vector<Memory> out;
        for (int i = 0; i < 3; ++i) out.push_back(smaller_of(full[i], i ? (w + 1) / 2 : w, i ? (h + 1) / 2 : h));
        return out;
    };
    Job job{};
    job.width = 2 * between(1, 100), job.height = 2 * between(1, 60), job.row1 = job.height;
    job.columns = (job.width + kCell - 1) / kCell + 1;
    const int rows = (job.height + kCell - 1) / kCell + 1;
    for (uint8_t &f : job.fill) f = static_cast<uint8_t>(engine());
    const std::vector<Memory> first = read_from();
    const std::vector<int32_t> nodes = mesh(job.columns, rows, first[0].plane());
    job.nodes = nodes.data();
    const Plane planes_of_full[3] = {full[0].plane(), full[1].plane(), full[2].plane()};
    const int columns = (full_w + kBlock - 1) / kBlock, blocks = columns * ((full_h + kBlock - 1) / kBlock);
    std::vector<int64_t> changed(static_cast<size_t>(blocks), 1);
    std::vector<Memory> before;
    for (int i = 0; i < 3; ++i) {
        before.emplace_back(full[i].width, full[i].height, full[i].stride - full[i].width);
        std::memcpy(before.back().bytes.get(), full[i].bytes.get(), full[i].size());
    }
    for (int spots = between(0, 6); spots > 0; --spots) {
        const int i = between(0, 2);
        Memory &m = full[i];
        m.bytes[static_cast<size_t>(between(0, m.height - 1)) * m.stride + between(0, m.width - 1)] ^= static_cast<uint8_t>(between(1, 255));
    }
    Bands now[3], then[3];
    const Plane old[3] = {before[0].plane(), before[1].plane(), before[2].plane()};
    for (int i = 0; i < 3; ++i) now[i] = {&planes_of_full[i], full[i].width, full[i].height}, then[i] = {&old[i], full[i].width, full[i].height};
    differences(now, then, changed.data(), 2);
    const std::vector<Memory> second = read_from();
    std::vector<uint8_t> wanted(static_cast<size_t>(job.columns - 1) * (rows - 1));
    for (uint8_t &each : wanted) each = between(0, 9) == 0;
    for (const Kernel *k = kernels(); k->name; ++k) {
        Picture whole(job.width, job.height, 0), again(job.width, job.height, 0);
        Plane sources[3];
        const auto draw = [&](const std::vector<Memory> &from, Picture &to) {
            for (int i = 0; i < 3; ++i) {
                sources[i] = from[i].plane();
                job.source[i] = {&sources[i], from[i].width, from[i].height};
                job.target[i] = {to.planes[i].bytes.get(), to.planes[i].stride};
            }
            k->warp(job);
        };
        job.again = nullptr;
        draw(second, whole);
        draw(first, again);
        std::vector<uint8_t> due = wanted;
        for (int r = 0; r < rows - 1; ++r)  // what is due is drawn, whatever is there
            for (int c = 0; c < job.columns - 1; ++c)
                if (due[static_cast<size_t>(r) * (job.columns - 1) + c]) again.planes[0].bytes[static_cast<size_t>(r) * kCell * again.planes[0].stride + c * kCell] ^= 1;
        int left = 0;
        const Again what{changed.data(), columns, blocks / columns, 1, level, due.data(), job.columns - 1, &left};
        job.again = &what;
        draw(second, again);
        for (int i = 0; i < 3; ++i)
            if (std::memcmp(whole.planes[i].bytes.get(), again.planes[i].bytes.get(), whole.planes[i].size()))
                return std::printf("round %d: %s drawn again differs in plane %d\n", number, k->name, i), false;
        if (left != static_cast<int>(std::count(due.begin(), due.end(), 0))) return std::printf("round %d: %s miscounts what it left\n", number, k->name), false;
    }
    return true;
}

bool round_of(int number) {
    const int w = between(0, 3) ? between(1, 300) : between(1, 20), h = between(0, 3) ? between(1, 300) : between(1, 20);
    const Memory y = noise(w, h), u = noise((w + 1) / 2, (h + 1) / 2), v = noise((w + 1) / 2, (h + 1) / 2);
    Job job{};
    const int cut = between(0, 1) ? 2 * between(0, (h - 1) / 2) : 0;  // rows of the first of two bands
    const Cut cuts[3] = {{y, cut}, {u, cut / 2}, {v, cut / 2}};
    for (int i = 0; i < 3; ++i) job.source[i] = cuts[i].plane();
    job.width = 2 * between(1, 100), job.height = 2 * between(1, 60);
    job.row0 = between(0, 1) ? 0 : 2 * between(0, job.height / 2 - 1);
    job.row1 = between(0, 1) ? job.height : 2 * between(job.row0 / 2 + 1, job.height / 2);
    job.columns = (job.width + kCell - 1) / kCell + 1;
    for (uint8_t &f : job.fill) f = static_cast<uint8_t>(engine());
    const std::vector<int32_t> nodes = mesh(job.columns, (job.height + kCell - 1) / kCell + 1, y.plane());
    job.nodes = nodes.data();
    const int pad = between(0, 40);
    std::vector<Picture> results;
    for (const Kernel *k = kernels(); k->name; ++k) {
        results.emplace_back(job.width, job.height, pad);
        for (int i = 0; i < 3; ++i) {
            const Memory &m = results.back().planes[i];
            std::memset(m.bytes.get(), 0xA5, m.size());
            job.target[i] = {m.bytes.get(), m.stride};
        }
        k->warp(job);
    }
    for (size_t k = 0; k < results.size(); ++k)
        for (int i = 0; i < 3; ++i) {
            const Memory &m = results[k].planes[i], &last = results.back().planes[i];
            const int s = i ? 1 : 0;
            if (std::memcmp(m.bytes.get(), last.bytes.get(), m.size())) return std::printf("round %d: %s differs in plane %d\n", number, kernels()[k].name, i), false;
            for (int row = 0; row < m.height; ++row)
                for (int x = 0; x < m.stride && static_cast<size_t>(row) * m.stride + x < m.size(); ++x)
                    if ((row < job.row0 >> s || row >= job.row1 >> s || x >= m.width) && m.bytes[static_cast<size_t>(row) * m.stride + x] != 0xA5)
                        return std::printf("round %d: %s wrote outside, plane %d row %d\n", number, kernels()[k].name, i, row), false;
        }
    return true;
}

}  // namespace

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 2000;
    for (int i = 0; i < rounds; ++i)
        if (!round_of(i) || !again_of(i)) return 1;
    std::printf("%d passed, 0 failed:", rounds);
    for (const Kernel *k = kernels(); k->name; ++k) std::printf(" %s", k->name);
    std::printf("\n");
    return 0;
}
