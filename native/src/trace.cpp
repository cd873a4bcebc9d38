#include "trace.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "row.h"

namespace panocam {
namespace {

constexpr float kOne = 65536, kHeld = 32000;  // pixels that fixed point surely holds
constexpr int kSample = 4;

// The angle of (across, along) from the axis, 0..pi, within 2e-7: the polynomial of atanf in Cephes (S. Moshier, 1989), without branches.
inline float angle(float across, float along) {
    const float far = std::fabs(along), low = std::min(across, far), high = std::max(across, far);
    const bool wide = low > 0.41421356f * high;  // tan(pi / 8)
    const float above = wide ? low - high : low, below = wide ? low + high : high;
    const float t = above / below, q = t * t;
    float a = (((8.05374449538e-2f * q - 1.38776856032e-1f) * q + 1.99777106478e-1f) * q - 3.33329491539e-1f) * q * t + t;
    a += wide ? 0.785398163f : 0.0f;
    a = across > far ? 1.57079633f - a : a;
    return along < 0 ? 3.14159265f - a : a;
}

inline float series(const float (&k)[kTerms], float q) {
    return ((((((k[7] * q + k[6]) * q + k[5]) * q + k[4]) * q + k[3]) * q + k[2]) * q + k[1]) * q + k[0];
}

inline float radius(float t, const Optics &lens) {
    const float inside = std::min(t, lens.half), q = inside * inside;
    return inside * series(lens.odd, q) / series(lens.even, q) * lens.focal + std::max(t - lens.half, 0.0f) * lens.tangent;
}

struct Row {
    std::vector<float> x, y, z;

    explicit Row(ptrdiff_t width) : x(static_cast<size_t>(width)), y(x), z(x) {}
};

// Straight: r = f t to the rim and beyond, an equidistant lens.
template <bool Straight>
PANOCAM_ROW project(const float *__restrict cx, const float *__restrict cy, const float *__restrict cz, const float (&part)[3], const Optics lens,
                    ptrdiff_t width, float *__restrict u, float *__restrict v, float *__restrict theta) {
    const float px = part[0], py = part[1], pz = part[2];
    for (ptrdiff_t c = 0; c < width; ++c) {
        const float x = cx[c] + px, y = cy[c] + py, z = cz[c] + pz;
        const float across = std::sqrt(x * x + y * y + 1e-24f), t = angle(across, z);
        const float stretch = (Straight ? t * lens.focal : radius(t, lens)) / across;
        u[c] = x * stretch + lens.cx;
        v[c] = y * stretch + lens.cy;
        theta[c] = t;
    }
}

inline int32_t fixed(float pixels) { return static_cast<int32_t>(std::min(std::max(pixels, -kHeld), kHeld) * kOne); }

PANOCAM_ROW store(const float *__restrict u, const float *__restrict v, ptrdiff_t width, int32_t *__restrict node) {
    for (ptrdiff_t c = 0; c < width; ++c) {
        node[2 * c] = fixed(u[c]);
        node[2 * c + 1] = fixed(v[c]);
    }
}

// A chord misses a curve by an eighth of its second difference, all to one side; shifted by half of that it misses equally to both.
PANOCAM_ROW balance(const float *__restrict above, const float *__restrict here, const float *__restrict below, ptrdiff_t width, float *__restrict out) {
    for (ptrdiff_t c = 0; c < width; ++c)
        out[c] = here[c] - ((below[c] - here[c]) - (here[c] - above[c]) + (here[c + 1] - here[c]) - (here[c] - here[c - 1])) / 16;
}

PANOCAM_ROW within(const float *__restrict theta, float half, ptrdiff_t width, uint8_t *__restrict seen) {
    for (ptrdiff_t c = 0; c < width; ++c) seen[c] = theta[c] <= half;
}

double densest(const int32_t *nodes, const uint8_t *seen, int width, int height, int right, int down) {
    float most = 0;
    for (int r = 0; r + down < height; r += kSample) {
        for (int c = 0; c + right < width; c += kSample) {
            const ptrdiff_t here = static_cast<ptrdiff_t>(r) * width + c, there = here + static_cast<ptrdiff_t>(down) * width + right;
            if (!seen[here] || !seen[there]) continue;
            const float x = static_cast<float>(nodes[2 * there] - nodes[2 * here]), y = static_cast<float>(nodes[2 * there + 1] - nodes[2 * here + 1]);
            most = std::max(most, x * x + y * y);
        }
    }
    return std::sqrt(static_cast<double>(most)) / kOne;
}

// Nodes of which neither they nor a neighbour are seen become blind.
void blind(int32_t *nodes, const uint8_t *seen, int width, int height) {
    std::vector<uint8_t> column(static_cast<size_t>(width) + 2);  // whether any of three rows is seen, with a blind column at either end
    for (int r = 0; r < height; ++r) {
        const uint8_t *here = seen + static_cast<ptrdiff_t>(r) * width, *above = r ? here - width : here, *below = r + 1 < height ? here + width : here;
        for (int c = 0; c < width; ++c) column[static_cast<size_t>(c) + 1] = above[c] | here[c] | below[c];
        int32_t *row = nodes + 2 * static_cast<ptrdiff_t>(r) * width;
        for (int c = 0; c < width; ++c) {
            const uint8_t *three = column.data() + c;
            if (!(three[0] | three[1] | three[2])) row[2 * c] = row[2 * c + 1] = kOutside;
        }
    }
}

}  // namespace

double trace(const Grid &grid, const Optics &lens, bool ringed, int32_t *nodes) {
    const ptrdiff_t ring = ringed ? 1 : 0, width = grid.width - 2 * ring, height = grid.height - 2 * ring;
    Row columns(grid.width), balanced(width);
    const bool straight = lens.tangent == lens.focal && std::all_of(lens.odd + 1, lens.odd + kTerms, [](float k) { return k == 0; }) &&
                          std::all_of(lens.even + 1, lens.even + kTerms, [](float k) { return k == 0; });
    const auto draw = straight ? project<true> : project<false>;
    const auto &[right, down, forward] = grid.axes;
    for (ptrdiff_t c = 0; c < grid.width; ++c) {
        const auto part = [&](int i) { return static_cast<float>(grid.right[c] * right[i] + grid.forward[grid.curved ? c : 0] * forward[i]); };
        columns.x[static_cast<size_t>(c)] = part(0), columns.y[static_cast<size_t>(c)] = part(1), columns.z[static_cast<size_t>(c)] = part(2);
    }
    std::vector<uint8_t> seen(static_cast<size_t>(width * height));
    std::vector<Row> rows(3, Row(grid.width));  // u, v and theta of the last three
    for (ptrdiff_t r = 0; r < grid.height; ++r) {
        Row &last = rows[static_cast<size_t>(r % 3)];
        const auto part = [&](int i) { return static_cast<float>(grid.down[r] * down[i]); };
        draw(columns.x.data(), columns.y.data(), columns.z.data(), {part(0), part(1), part(2)}, lens, grid.width, last.x.data(), last.y.data(), last.z.data());
        const ptrdiff_t done = r - 2 * ring;  // the row of nodes that has all its neighbours now
        if (done < 0) continue;
        const Row &above = rows[static_cast<size_t>(done % 3)], &here = rows[static_cast<size_t>((done + ring) % 3)];
        if (ringed) {
            balance(above.x.data() + 1, here.x.data() + 1, last.x.data() + 1, width, balanced.x.data());
            balance(above.y.data() + 1, here.y.data() + 1, last.y.data() + 1, width, balanced.y.data());
        }
        const Row &kept = ringed ? balanced : here;
        store(kept.x.data(), kept.y.data(), width, nodes + 2 * done * width);
        within(here.z.data() + ring, lens.half, width, seen.data() + done * width);
    }
    const int w = static_cast<int>(width), h = static_cast<int>(height);
    const double most = std::max(densest(nodes, seen.data(), w, h, 0, 1), densest(nodes, seen.data(), w, h, 1, 0));
    if (std::find(seen.begin(), seen.end(), 0) != seen.end()) blind(nodes, seen.data(), w, h);
    return most;
}

}  // namespace panocam
