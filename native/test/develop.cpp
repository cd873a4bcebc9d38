// Stand-alone check of the kernels that adjust pictures, to be run under a sanitizer or an emulator: all stages in any combination, tiny and
// odd pictures, padded rows, several pictures on one state. All kernels must write the same bytes and states, and nothing beside the picture.
// Usage: develop_fuzz [rounds].
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "develop.h"

using namespace panocam;

namespace {

constexpr uint8_t kMark = 0xA5;

std::mt19937 engine(21);

int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); }
float around(float middle, float reach) { return std::uniform_real_distribution<float>(middle - reach, middle + reach)(engine); }

struct Memory {  // exactly as large as the plane needs, so that a sanitizer sees every byte read beyond it
    int width, height, stride;
    std::unique_ptr<uint8_t[]> bytes;

    Memory(int w, int h, int pad) : width(w), height(h), stride(w + pad), bytes(new uint8_t[size()]) { std::memset(bytes.get(), kMark, size()); }
    size_t size() const { return static_cast<size_t>(stride) * (height - 1) + width; }
};

// Flat parts, slopes, edges and noise: what the stages tell apart.
void draw(Memory &m) {
    const int level = between(0, 255), slope = between(-3, 3), edge = between(0, m.width), noise = between(0, 3) * between(0, 80);
    for (int y = 0; y < m.height; ++y)
        for (int x = 0; x < m.width; ++x) {
            const int value = level + slope * (x + y) / 4 + (x > edge ? 70 : 0) + (noise ? between(-noise, noise) : 0);
            m.bytes[static_cast<size_t>(y) * m.stride + x] = static_cast<uint8_t>(std::clamp(value, 0, 255));
        }
}

struct Result {
    std::vector<Memory> planes;
    std::vector<std::vector<int16_t>> states;
};

bool same(const Result &a, const Result &b, const char *name, int number) {
    for (size_t i = 0; i < 3; ++i) {
        if (std::memcmp(a.planes[i].bytes.get(), b.planes[i].bytes.get(), a.planes[i].size()))
            return std::printf("round %d: %s differs in plane %zu\n", number, name, i), false;
        if (a.states[i] != b.states[i]) return std::printf("round %d: %s differs in state %zu\n", number, name, i), false;
        const Memory &m = a.planes[i];
        for (int row = 0; row + 1 < m.height; ++row)
            for (int x = m.width; x < m.stride; ++x)
                if (m.bytes[static_cast<size_t>(row) * m.stride + x] != kMark)
                    return std::printf("round %d: %s wrote outside, plane %zu row %d\n", number, name, i, row), false;
    }
    return true;
}

bool round_of(int number) {
    const int w = between(0, 3) ? between(1, 300) : between(1, 20), h = between(0, 3) ? between(1, 100) : between(1, 20), pad = between(0, 40);
    const int floor = between(0, 1) * 16, pictures = between(1, 3);
    int32_t temporal[8], spatial[6], sharpen[2] = {between(-4096, 16384), between(0, 255)};
    for (int i = 0; i < 2; ++i) {
        const int threshold = between(0, 4000), reach = between(0, 24);
        const int32_t t[4] = {between(0, 32767), threshold, between(-std::min(threshold, 127 * 64), 4000), between(1, 14)};
        const int32_t s[3] = {reach, between(-reach, 24 - reach), between(0, 255)};
        std::copy(t, t + 4, temporal + 4 * i), std::copy(s, s + 3, spatial + 3 * i);
    }
    float matrix[9];
    for (int i = 0; i < 9; ++i) matrix[i] = around(i % 4 ? 0.f : 1.f, i == 0 ? 0.f : 0.3f);
    uint8_t lut[256];
    for (uint8_t &value : lut) value = static_cast<uint8_t>(engine());
    Develop job{};
    job.grid_columns = (w + kLumaCell - 1) / kLumaCell, job.grid_rows = (h + kLumaCell - 1) / kLumaCell;
    const size_t cells = static_cast<size_t>(job.grid_columns) * job.grid_rows;
    std::vector<float> grid(4 * cells);
    for (size_t i = 0; i < grid.size(); ++i) {
        const float middle[] = {1.f, 0.f, 0.f, 1.f}, reach[] = {0.9f, 60.f, 0.004f, 0.9f};
        grid[i] = around(middle[i / cells], reach[i / cells]);
    }
    const bool over_time = between(0, 1);
    job.temporal = over_time ? temporal : nullptr, job.spatial = between(0, 1) ? spatial : nullptr, job.sharpen = between(0, 1) ? sharpen : nullptr;
    job.matrix = between(0, 1) ? matrix : nullptr, job.lut = between(0, 1) ? lut : nullptr, job.grid = between(0, 1) ? grid.data() : nullptr;
    job.floor = floor, job.top = floor ? 235 : 255;
    job.scratch_row = (4 * static_cast<ptrdiff_t>(w) + 1024 + 63) / 64 * 64;
    std::vector<uint8_t> scratch(static_cast<size_t>(job.scratch_row) * kScratchRows + 64);
    job.scratch = scratch.data() + (64 - reinterpret_cast<uintptr_t>(scratch.data()) % 64) % 64;
    std::vector<Memory> sources;
    for (int i = 0; i < 3 * pictures; ++i) {
        sources.emplace_back(i % 3 ? (w + 1) / 2 : w, i % 3 ? (h + 1) / 2 : h, pad);
        draw(sources.back());
    }
    std::vector<Result> results;
    for (const DevelopKernel *k = develop_kernels(); k->name; ++k) {
        results.emplace_back();
        Result &to = results.back();
        for (int i = 0; i < 3; ++i) {
            const Memory &first = sources[static_cast<size_t>(i)];
            to.planes.emplace_back(first.width, first.height, pad);
            to.states.emplace_back(static_cast<size_t>(first.width) * first.height);
            for (int y = 0; y < first.height; ++y)
                for (int x = 0; x < first.width; ++x)
                    to.states.back()[static_cast<size_t>(y) * first.width + x] = static_cast<int16_t>(first.bytes[static_cast<size_t>(y) * first.stride + x] << 7);
        }
        for (int picture = 0; picture < pictures; ++picture) {
            for (int i = 0; i < 3; ++i) {
                const Memory &source = sources[static_cast<size_t>(3 * picture + i)], &target = to.planes[static_cast<size_t>(i)];
                job.source[i] = {source.bytes.get(), source.stride, source.width, source.height};
                job.target[i] = {target.bytes.get(), target.stride};
                job.state[i] = over_time ? to.states[static_cast<size_t>(i)].data() : nullptr;
            }
            k->develop(job);
        }
    }
    for (size_t k = 0; k < results.size(); ++k)
        if (!same(results[k], results.back(), develop_kernels()[k].name, number)) return false;
    return true;
}

}  // namespace

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 500;
    for (int i = 0; i < rounds; ++i)
        if (!round_of(i)) return 1;
    std::printf("%d passed, 0 failed:", rounds);
    for (const DevelopKernel *k = develop_kernels(); k->name; ++k) std::printf(" %s", k->name);
    std::printf("\n");
    return 0;
}
