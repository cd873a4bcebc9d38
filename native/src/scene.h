// The heavy loops of the simulated world. Each does what the NumPy function of the same name in panocam/scene does, where the formulas
// are derived; here they are written so that a compiler turns them into vectors, and compiled once for each instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace panocam::scene {

struct Caster {  // a light that throws shadows; `at` is a direction if far
    float at[3], far, power, soft, facing[3];
};

struct Shade {
    const float *x, *y, *z;  // points
    const float *lit;        // how much of the direct light reaches them
    ptrdiff_t points;
    const Caster *lights;
    int light_count;
    const float (*segments)[7];
    int segment_count;
    const float (*contact)[4];
    int contact_count;
    float ambient, depth;
};

struct Capsule {  // to_unit by rows, the eye in unit space, half its length there, cells of the picture per radian
    float to_unit[9], eye[3], half, scale;
};

struct Hits {  // arrays to be filled: which rays count, and for them what panocam.scene.rays.Hits says
    int64_t *at;
    float *inside, *t, *normal[3], *local[3];
};

struct Rays {
    const float *x, *y, *z;
    ptrdiff_t count;
};

struct Block {
    float origin[3], frame[9];  // the eye in its own frame; rows are its axes
    const float (*faces)[4];
    int face_count;
    float bevel;
};

struct Mix {
    const int64_t *cell;
    const float *inside, *t, *tone[4];
    ptrdiff_t elements, cells;
    float beside, seam, far;
    float *out[6];
    float *total;  // cells, zeroed
};

struct Grid {  // values on every `step`-th pixel
    const float *data;
    int width, height;
};

struct Plane {
    uint8_t *data;
    ptrdiff_t stride;
};

struct Compose {
    Plane planes[3];          // at the rectangle's corner
    const uint16_t *wall;     // millimetres to the still world, at the rectangle's corner
    ptrdiff_t wall_stride;
    int width, height, step;  // of the rectangle inside the picture
    const float *outlines;    // `frames` grids, one after another
    int frames;
    Grid distance;            // metres
    const uint8_t *tone[3];   // Y, U, V on the grid
    struct {
        const uint8_t *more, *less;
        ptrdiff_t more_stride, less_stride;
    } grain[3];               // noise at the rectangle's corner, or null
    float nearer;             // metres by which the figure counts as nearer
    float *scratch;           // kScratchRows rows, each long enough for a row of the grid or of pixels and three more
    ptrdiff_t scratch_row;
};

constexpr int kScratchRows = 9;

struct Ops {
    void (*grain)(const uint8_t *base, const uint8_t *more, const uint8_t *less, uint8_t *out, ptrdiff_t count);
    void (*shade)(const Shade &, float *factor);
    ptrdiff_t (*capsule)(const Capsule &, const Rays &, int64_t first, float beside, const Hits &, ptrdiff_t done);
    ptrdiff_t (*block)(const Block &, const Rays &, int width, float beside, float *run, float *last, const Hits &);
    void (*mix)(const Mix &);
    void (*compose)(const Compose &);
};

extern const Ops ops_plain, ops_avx2, ops_avx512;

const Ops &ops();  // the best for this processor

}  // namespace panocam::scene
