// The loops themselves. Included by one file for each instruction set, so nothing here may have external linkage but the table.
#include <cmath>
#include <cstring>

#include "scene.h"

#if defined(_MSC_VER) && !defined(__clang__)
#define PANOCAM_RESTRICT __restrict
#else
#define PANOCAM_RESTRICT __restrict__
#endif

namespace panocam::scene {
namespace {

constexpr int kRun = 256;  // elements worked on at a time; a run's arrays stay in the first cache

template <class T> inline T least(T a, T b) { return a < b ? a : b; }
template <class T> inline T most(T a, T b) { return a > b ? a : b; }
inline float clamp(float v, float lo, float hi) { return least(most(v, lo), hi); }

// e^x for -30 <= x <= 0, to six digits: 2^n by the exponent's bits, the rest by a polynomial.
inline float decay(float x) {
    const float z = x * 1.44269504f;
    const int32_t n = static_cast<int32_t>(z - 0.5f);
    const float f = z - static_cast<float>(n);
    const float p = 1 + f * (0.69314718f + f * (0.24022651f + f * (0.05550411f + f * (0.00961813f + f * 0.00133336f))));
    const int32_t bits = (n + 127) << 23;
    float scale;
    std::memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

// Saturating sums of bytes, in the form that compilers know.
inline uint8_t grainy(uint8_t base, uint8_t more, uint8_t less) {
    const uint8_t sum = static_cast<uint8_t>(base + more), up = sum < base ? 255 : sum;
    return up > less ? static_cast<uint8_t>(up - less) : 0;
}

void grain(const uint8_t *base, const uint8_t *more, const uint8_t *less, uint8_t *out, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; ++i) out[i] = grainy(base[i], more[i], less[i]);
}

struct Towards {  // the way to one light, for a run of points
    float x[kRun], y[kRun], z[kRun], reach[kRun], power[kRun], hidden[kRun];
};

void look(const Shade &s, const Caster &light, ptrdiff_t first, int n, Towards &to) {
    for (int i = 0; i < n; ++i) {
        to.hidden[i] = 0;
        if (light.far != 0) {
            to.x[i] = light.at[0], to.y[i] = light.at[1], to.z[i] = light.at[2], to.reach[i] = 100, to.power[i] = light.power;
            continue;
        }
        const float vx = light.at[0] - s.x[first + i], vy = light.at[1] - s.y[first + i], vz = light.at[2] - s.z[first + i];
        const float reach = std::sqrt(vx * vx + vy * vy + vz * vz), x = vx / reach, y = vy / reach, z = vz / reach;
        const float facing = -(light.facing[0] * x + light.facing[1] * y + light.facing[2] * z);
        to.x[i] = x, to.y[i] = y, to.z[i] = z, to.reach[i] = reach;
        to.power[i] = light.power * most(facing, 0.f) * most(z, 0.15f) / (reach * reach + 0.12f);
    }
}

void hide(const Shade &s, const float (&segment)[7], float soft, ptrdiff_t first, int n, Towards &to) {
    const float ax = segment[3] - segment[0], ay = segment[4] - segment[1], az = segment[5] - segment[2], r = segment[6];
    const float aa = most(ax * ax + ay * ay + az * az, 1e-6f);
    for (int i = 0; i < n; ++i) {
        const float wx = s.x[first + i] - segment[0], wy = s.y[first + i] - segment[1], wz = s.z[first + i] - segment[2];
        const float ab = ax * to.x[i] + ay * to.y[i] + az * to.z[i];
        const float wa = wx * ax + wy * ay + wz * az, wt = wx * to.x[i] + wy * to.y[i] + wz * to.z[i];
        const float along = clamp((wa - ab * wt) / most(aa - ab * ab, 1e-6f), 0.f, 1.f);
        const float t = least(most(along * ab - wt, 0.f), to.reach[i]);
        const float gx = wx + to.x[i] * t - along * ax, gy = wy + to.y[i] * t - along * ay, gz = wz + to.z[i] * t - along * az;
        const float d = std::sqrt(gx * gx + gy * gy + gz * gz), blur = most(soft * t, 0.02f);
        const float x = clamp((r - d) / (2 * blur) + 0.5f, 0.f, 1.f);
        to.hidden[i] = most(to.hidden[i], x * x * (3 - 2 * x) * least(1.f, r / blur));
    }
}

void shade(const Shade &s, float *factor) {
    Towards to;
    float lost[kRun], total[kRun];
    for (ptrdiff_t first = 0; first < s.points; first += kRun) {
        const int n = static_cast<int>(least<ptrdiff_t>(kRun, s.points - first));
        float *out = factor + first;
        for (int i = 0; i < n; ++i) lost[i] = 0, total[i] = s.ambient;
        for (int k = 0; k < s.light_count; ++k) {
            look(s, s.lights[k], first, n, to);
            for (int j = 0; j < s.segment_count; ++j) hide(s, s.segments[j], s.lights[k].soft, first, n, to);
            for (int i = 0; i < n; ++i) lost[i] += to.power[i] * to.hidden[i], total[i] += to.power[i];
        }
        for (int i = 0; i < n; ++i) out[i] = 1 - s.depth * s.lit[first + i] * lost[i] / most(total[i], 1e-4f);
        for (int k = 0; k < s.contact_count; ++k) {
            const float x = s.contact[k][0], y = s.contact[k][1], up = s.contact[k][2], size = s.contact[k][3] * (1 + 4 * up);
            const float weight = 0.55f / (1 + 9 * up), narrow = 1 / (size * size);
            for (int i = 0; i < n; ++i) {
                const float dx = s.x[first + i] - x, dy = s.y[first + i] - y, dz = s.z[first + i] * 1.5f;
                out[i] *= 1 - weight * decay(-least((dx * dx + dy * dy + dz * dz) * narrow, 20.f));
            }
        }
    }
}

// Copies element i of a run to place k of the hits.
template <class Run>
inline void take(const Run &run, int i, int64_t at, const Hits &to, ptrdiff_t k) {
    to.at[k] = at, to.inside[k] = run.inside[i], to.t[k] = run.t[i];
    for (int j = 0; j < 3; ++j) to.normal[j][k] = run.normal[j][i], to.local[j][k] = run.local[j][i];
}

struct Found {
    float inside[kRun], t[kRun], normal[3][kRun], local[3][kRun];
};

ptrdiff_t capsule(const Capsule &c, const Rays &rays, int64_t first, float beside, const Hits &hits, ptrdiff_t done) {
    const float *m = c.to_unit, ox = c.eye[0], oy = c.eye[1], oz = c.eye[2], rim = ox * ox + oy * oy - 1;
    Found found;
    for (ptrdiff_t begin = 0; begin < rays.count; begin += kRun) {
        const int n = static_cast<int>(least<ptrdiff_t>(kRun, rays.count - begin));
        for (int i = 0; i < n; ++i) {
            const float rx = rays.x[begin + i], ry = rays.y[begin + i], rz = rays.z[begin + i];
            const float dx = m[0] * rx + m[1] * ry + m[2] * rz, dy = m[3] * rx + m[4] * ry + m[5] * rz, dz = m[6] * rx + m[7] * ry + m[8] * rz;
            const float a = most(dx * dx + dy * dy, 1e-9f), b = dx * ox + dy * oy;
            // closest approach to the axis: how far outside or inside the outline
            const float gap = oz - clamp(oz - b / a * dz, -c.half, c.half), pass = -(b + dz * gap) / (dz * dz + a);
            const float wx = ox + pass * dx, wy = oy + pass * dy, wz = gap + pass * dz;
            const float miss = std::sqrt(wx * wx + wy * wy + wz * wz) + 1e-6f;
            const float sx = m[0] * wx + m[3] * wy + m[6] * wz, sy = m[1] * wx + m[4] * wy + m[7] * wz, sz = m[2] * wx + m[5] * wy + m[8] * wz;
            const float steep = std::sqrt(sx * sx + sy * sy + sz * sz);
            found.inside[i] = (1 - miss) * miss * c.scale / (most(pass, 0.05f) * steep + 1e-9f);
            // where it enters
            const float wall = -(b + std::sqrt(most(b * b - a * rim, 0.f))) / a;
            const float s = clamp(oz + wall * dz, -c.half, c.half), e = oz - s, go = b + dz * e, whole = a + dz * dz;
            const float t = -(go + std::sqrt(most(go * go - whole * (rim + e * e), 0.f))) / whole;
            const float lx = ox + t * dx, ly = oy + t * dy, lz = e + t * dz;
            const float nx = m[0] * lx + m[3] * ly + m[6] * lz, ny = m[1] * lx + m[4] * ly + m[7] * lz, nz = m[2] * lx + m[5] * ly + m[8] * lz;
            const float size = 1 / std::sqrt(nx * nx + ny * ny + nz * nz + 1e-12f);
            found.t[i] = t;
            found.local[0][i] = lx, found.local[1][i] = ly, found.local[2][i] = lz + s;
            found.normal[0][i] = nx * size, found.normal[1][i] = ny * size, found.normal[2][i] = nz * size;
        }
        for (int i = 0; i < n; ++i)
            if (found.inside[i] > -beside) take(found, i, first + begin + i, hits, done++);
    }
    return done;
}

struct Ways {  // a run of rays in a block's frame
    float d[3][kRun];
};

void turn(const Block &b, const Rays &rays, ptrdiff_t begin, int n, Ways &ways) {
    for (int k = 0; k < 3; ++k) {
        const float *row = b.frame + 3 * k;
        for (int i = 0; i < n; ++i) ways.d[k][i] = row[0] * rays.x[begin + i] + row[1] * rays.y[begin + i] + row[2] * rays.z[begin + i];
    }
}

ptrdiff_t block(const Block &b, const Rays &rays, int width, float beside, float *run, float *last, const Hits &hits) {
    Ways ways;
    const int height = static_cast<int>(rays.count / width);
    for (ptrdiff_t begin = 0; begin < rays.count; begin += kRun) {
        const int n = static_cast<int>(least<ptrdiff_t>(kRun, rays.count - begin));
        float leave[kRun], front[kRun];
        turn(b, rays, begin, n, ways);
        for (int i = 0; i < n; ++i) leave[i] = 1e6f, front[i] = -1e6f;
        for (int f = 0; f < b.face_count; ++f) {
            const float *face = b.faces[f], far = face[3] - (face[0] * b.origin[0] + face[1] * b.origin[1] + face[2] * b.origin[2]);
            for (int i = 0; i < n; ++i) {
                const float given = face[0] * ways.d[0][i] + face[1] * ways.d[1][i] + face[2] * ways.d[2][i];
                const float speed = std::fabs(given) < 1e-6f ? 1e-6f : given, at = far / speed;
                leave[i] = speed < 0 ? leave[i] : least(leave[i], at);
                front[i] = speed < 0 ? most(front[i], at) : front[i];
            }
        }
        for (int i = 0; i < n; ++i) run[begin + i] = leave[i] - front[i], last[begin + i] = front[i];
    }
    // inside: how long a ray runs within, by how fast that changes over the cells
    ptrdiff_t done = 0;
    Found found;
    int64_t which[kRun];
    int waiting = 0;
    const auto normals = [&] {
        float x[kRun], y[kRun], z[kRun], n[3][kRun];
        for (int i = 0; i < waiting; ++i) x[i] = rays.x[which[i]], y[i] = rays.y[which[i]], z[i] = rays.z[which[i]];
        turn(b, {x, y, z, waiting}, 0, waiting, ways);
        for (int i = 0; i < waiting; ++i) n[0][i] = n[1][i] = n[2][i] = 0;
        for (int f = 0; f < b.face_count; ++f) {
            const float *face = b.faces[f], far = face[3] - (face[0] * b.origin[0] + face[1] * b.origin[1] + face[2] * b.origin[2]);
            for (int i = 0; i < waiting; ++i) {
                const float given = face[0] * ways.d[0][i] + face[1] * ways.d[1][i] + face[2] * ways.d[2][i];
                const float speed = std::fabs(given) < 1e-6f ? 1e-6f : given, at = speed < 0 ? far / speed : -1e6f;
                const float weight = decay(least(most((at - found.t[i]) / b.bevel, -12.f), 0.f));
                n[0][i] += weight * face[0], n[1][i] += weight * face[1], n[2][i] += weight * face[2];
            }
        }
        for (int i = 0; i < waiting; ++i) {
            const float size = 1 / std::sqrt(n[0][i] * n[0][i] + n[1][i] * n[1][i] + n[2][i] * n[2][i] + 1e-9f);
            for (int k = 0; k < 3; ++k) {
                found.normal[k][i] = (b.frame[k] * n[0][i] + b.frame[3 + k] * n[1][i] + b.frame[6 + k] * n[2][i]) * size;
                found.local[k][i] = b.origin[k] + ways.d[k][i] * found.t[i];
            }
        }
        for (int i = 0; i < waiting; ++i) take(found, i, which[i], hits, done++);
        waiting = 0;
    };
    for (int r = 0; r < height; ++r) {
        const int up = most(r - 1, 0), down = least(r + 1, height - 1);
        for (int c = 0; c < width; ++c) {
            const int left = most(c - 1, 0), right = least(c + 1, width - 1);
            const float gy = (run[down * width + c] - run[up * width + c]) / static_cast<float>(down - up);
            const float gx = (run[r * width + right] - run[r * width + left]) / static_cast<float>(right - left);
            const ptrdiff_t at = r * static_cast<ptrdiff_t>(width) + c;
            const float inside = run[at] / most(std::sqrt(gx * gx + gy * gy), 1e-4f);
            if (!(inside > -beside)) continue;
            found.inside[waiting] = inside, found.t[waiting] = last[at], which[waiting] = at;
            if (++waiting == kRun) normals();
        }
    }
    normals();
    return done;
}

void mix(const Mix &m) {
    float *inside = m.out[0], *nearest = m.out[1];
    for (ptrdiff_t i = 0; i < m.cells; ++i) inside[i] = -m.beside, nearest[i] = m.far;
    for (ptrdiff_t k = 0; k < m.elements; ++k) {
        const int64_t i = m.cell[k];
        inside[i] = most(inside[i], m.inside[k]);
        if (m.inside[k] > 0) nearest[i] = least(nearest[i], m.t[k]);
    }
    for (int c = 2; c < 6; ++c) std::memset(m.out[c], 0, static_cast<size_t>(m.cells) * sizeof(float));
    float *total = m.total, *depth = m.total + m.cells;
    for (ptrdiff_t k = 0; k < m.elements; ++k) {
        const int64_t i = m.cell[k];
        const float cover = clamp(m.inside[k] + 0.5f, 0.f, 1.f);
        float weight = clamp((nearest[i] - m.t[k]) * m.seam + 1, 0.f, 1.f) * cover;
        weight += 1e-4f * clamp(m.inside[k] + m.beside + 0.01f, 0.f, 3.f);  // beside the figure there is nothing else
        total[i] += weight, depth[i] += weight * m.t[k];
        for (int c = 0; c < 4; ++c) m.out[2 + c][i] += weight * m.tone[c][k];
    }
    for (ptrdiff_t i = 0; i < m.cells; ++i) {
        const float whole = 1 / most(total[i], 1e-9f);
        for (int c = 2; c < 6; ++c) m.out[c][i] *= whole;
        if (!(nearest[i] < m.far)) nearest[i] = depth[i] > 0 ? depth[i] * whole : m.far;
    }
}

// Between which two values of n a pixel lies when each value stands for `step` pixels, and how far towards the second.
struct Between {
    int first, second;
    float part;
    Between(int pixel, float step, int n) {
        const float at = clamp((static_cast<float>(pixel) + 0.5f) / step - 0.5f, 0.f, static_cast<float>(n - 1));
        first = static_cast<int>(at), second = least(first + 1, n - 1), part = at - static_cast<float>(first);
    }
};

// Enlarges a row of a grid, of which `at` says where it lies, to pixels from..to.
struct Enlarge {
    const int32_t *PANOCAM_RESTRICT first;
    const float *PANOCAM_RESTRICT part;
    float *PANOCAM_RESTRICT mixed;
    int width;

    template <class T>
    void operator()(const T *PANOCAM_RESTRICT grid, const Between &at, int from, int to, float *PANOCAM_RESTRICT out) const {
        const T *PANOCAM_RESTRICT a = grid + static_cast<ptrdiff_t>(at.first) * width, *PANOCAM_RESTRICT b = grid + static_cast<ptrdiff_t>(at.second) * width;
        float *PANOCAM_RESTRICT row = mixed;
        const int begin = first[from], end = least(first[to - 1] + 2, width);
        for (int i = begin; i < end; ++i) row[i] = static_cast<float>(a[i]) + (static_cast<float>(b[i]) - static_cast<float>(a[i])) * at.part;
        row[end] = row[end - 1];
        const int32_t *PANOCAM_RESTRICT left = first;
        const float *PANOCAM_RESTRICT share = part;
        for (int i = from; i < to; ++i) {
            const float here = row[left[i]];
            out[i] = here + (row[left[i] + 1] - here) * share[i];
        }
    }
};

// under = under + (over with its noise - under) * alpha
void lay(uint8_t *PANOCAM_RESTRICT under, const float *PANOCAM_RESTRICT over, const float *PANOCAM_RESTRICT alpha, const uint8_t *PANOCAM_RESTRICT more,
         const uint8_t *PANOCAM_RESTRICT less, int from, int to) {
    for (int x = from; x < to; ++x) {
        const float top = most(least(over[x] + static_cast<float>(more[x]), 255.f) - static_cast<float>(less[x]), 0.f);
        const float below = static_cast<float>(under[x]);
        under[x] = static_cast<uint8_t>(static_cast<int32_t>(below + (top - below) * alpha[x] + 0.5f));
    }
}

void lay(uint8_t *PANOCAM_RESTRICT under, const float *PANOCAM_RESTRICT over, const float *PANOCAM_RESTRICT alpha, int from, int to) {
    for (int x = from; x < to; ++x) {
        const float below = static_cast<float>(under[x]);
        under[x] = static_cast<uint8_t>(static_cast<int32_t>(below + (over[x] - below) * alpha[x] + 0.5f));
    }
}

struct Row {  // what is known of a row of pixels: covered from `from` to `to`, by `alpha`
    int from = 0, to = 0;
    float *alpha;
};

class Composer {
  public:
    explicit Composer(const Compose &job) : c(job) {
        float *next = c.scratch;
        const auto row = [&] {
            float *mine = next;
            next += c.scratch_row;
            return mine;
        };
        part = row(), half_part = row(), mixed = row(), value = row() + 1, rows[0].alpha = row(), rows[1].alpha = row(), seen = row() + 1;
        first = reinterpret_cast<int32_t *>(row()), half_first = reinterpret_cast<int32_t *>(row());
        for (int x = 0; x < c.width; ++x) {
            const Between at(x, static_cast<float>(c.step), c.distance.width);
            first[x] = at.first, part[x] = at.part;
        }
        for (int x = 0; 2 * x < c.width; ++x) {
            const Between at(x, static_cast<float>(c.step) / 2, c.distance.width);
            half_first[x] = at.first, half_part[x] = at.part;
        }
    }

    void run() {
        for (int y = 0; y < c.height; y += 2) {
            for (int k = 0; k < 2; ++k) luma(y + k, rows[k]);
            chroma(y / 2);
        }
    }

  private:
    const Compose &c;
    float *part, *half_part, *mixed, *value, *seen;
    int32_t *first, *half_first;
    Row rows[2];

    void luma(int y, Row &row) {
        const Between at(y, static_cast<float>(c.step), c.distance.height);
        for (int x = 0; x < c.width; ++x) row.alpha[x] = 0;
        reach(at, row);
        if (row.from >= row.to) return;
        const Enlarge enlarge{first, part, mixed, c.distance.width};
        cover(at, row, enlarge);
        behind(y, at, row, enlarge);
        enlarge(c.tone[0], at, row.from, row.to, value);
        lay(0, y, row.alpha, row.from, row.to);
    }

    // Which pixels of a row the outline may touch, by the cells above and below it.
    void reach(const Between &at, Row &row) {
        const int n = c.distance.width;
        int begin = n, end = 0;
        for (int k = 0; k < c.frames; ++k) {
            const float *grid = c.outlines + static_cast<ptrdiff_t>(k) * n * c.distance.height;
            const float *a = grid + static_cast<ptrdiff_t>(at.first) * n, *b = grid + static_cast<ptrdiff_t>(at.second) * n;
            int i = 0, j = n;
            while (i < begin && a[i] <= -0.5f && b[i] <= -0.5f) ++i;
            while (j > end && a[j - 1] <= -0.5f && b[j - 1] <= -0.5f) --j;
            begin = least(begin, i), end = most(end, j);
        }
        row.from = most((begin - 1) * c.step, 0), row.to = least((end + 1) * c.step, c.width);
    }

    // How much of each pixel the figure covers: the mean over the moments of the exposure.
    void cover(const Between &at, const Row &row, const Enlarge &enlarge) {
        const ptrdiff_t grid = static_cast<ptrdiff_t>(c.distance.width) * c.distance.height;
        const float share = 1 / static_cast<float>(c.frames);
        float *PANOCAM_RESTRICT alpha = row.alpha;
        const float *PANOCAM_RESTRICT outline = value;
        for (int k = 0; k < c.frames; ++k) {
            enlarge(c.outlines + k * grid, at, row.from, row.to, value);
            for (int x = row.from; x < row.to; ++x) alpha[x] += clamp(outline[x] + 0.5f, 0.f, 1.f) * share;
        }
    }

    // Takes away what stands behind something, with an edge as soft as three by three pixels.
    void behind(int y, const Between &at, const Row &row, const Enlarge &enlarge) {
        enlarge(c.distance.data, at, row.from, row.to, value);
        const uint16_t *PANOCAM_RESTRICT lines[3];
        for (int k = 0; k < 3; ++k) lines[k] = c.wall + least(most(y + k - 1, 0), c.height - 1) * c.wall_stride;
        const float *PANOCAM_RESTRICT away = value;
        float *PANOCAM_RESTRICT count = seen, *PANOCAM_RESTRICT alpha = row.alpha;
        const uint16_t *PANOCAM_RESTRICT above = lines[0], *PANOCAM_RESTRICT here = lines[1], *PANOCAM_RESTRICT below = lines[2];
        for (int x = row.from; x < row.to; ++x) {
            const float limit = (away[x] - c.nearer) * 1000;
            count[x] = (static_cast<float>(above[x]) > limit ? 1.f : 0.f) + (static_cast<float>(here[x]) > limit ? 1.f : 0.f) +
                       (static_cast<float>(below[x]) > limit ? 1.f : 0.f);
        }
        count[row.from - 1] = count[row.from], count[row.to] = count[row.to - 1];
        for (int x = row.from; x < row.to; ++x) alpha[x] *= (count[x - 1] + count[x] + count[x + 1]) * (1 / 9.f);
    }

    void chroma(int y) {
        const bool none[2] = {rows[0].from >= rows[0].to, rows[1].from >= rows[1].to};
        if (none[0] && none[1]) return;
        const int from = none[0] ? rows[1].from : none[1] ? rows[0].from : least(rows[0].from, rows[1].from);
        const int to = none[0] ? rows[1].to : none[1] ? rows[0].to : most(rows[0].to, rows[1].to);
        const int begin = from / 2, end = least((to + 1) / 2, c.width / 2);
        if (begin >= end) return;
        const float *PANOCAM_RESTRICT upper = rows[0].alpha, *PANOCAM_RESTRICT lower = rows[1].alpha;
        float *PANOCAM_RESTRICT alpha = seen;
        for (int x = begin; x < end; ++x) alpha[x] = (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]) * 0.25f;
        const Between at(y, static_cast<float>(c.step) / 2, c.distance.height);
        const Enlarge enlarge{half_first, half_part, mixed, c.distance.width};
        for (int i = 1; i < 3; ++i) {
            enlarge(c.tone[i], at, begin, end, value);
            lay(i, y, alpha, begin, end);
        }
    }

    void lay(int i, int y, const float *alpha, int from, int to) {
        const auto &grain = c.grain[i];
        uint8_t *under = c.planes[i].data + y * c.planes[i].stride;
        if (grain.more) scene::lay(under, value, alpha, grain.more + y * grain.more_stride, grain.less + y * grain.less_stride, from, to);
        else scene::lay(under, value, alpha, from, to);
    }
};

void compose(const Compose &job) { Composer(job).run(); }

}  // namespace

extern const Ops PANOCAM_OPS;
const Ops PANOCAM_OPS{grain, shade, capsule, block, mix, compose};

}  // namespace panocam::scene
