// Where the nodes of an unrolled tile lie in the source picture: one direction a node, through the lens.
#pragma once

#include <cstddef>
#include <cstdint>

#include "warp.h"

namespace panocam {

constexpr int kTerms = 8;

// A rotationally symmetric lens: a direction at the angle t from the axis lands focal * t * odd(t^2) / even(t^2) pixels from the centre,
// two power series; beyond half the field it goes on along the tangent (pixels a radian).
struct Optics {
    float odd[kTerms], even[kTerms];
    float half, focal, tangent, cx, cy;
};

// A column lies so far right and so far forward, a row so far down, along axes (rows: right, down, forward) that are directions in the
// camera's frame, whose z is the lens's axis.
struct Grid {
    const double *right, *forward, *down;
    bool curved;  // else all columns lie equally far forward, and there is one number for them
    int width, height;
    double axes[3][3];
};

// Fills nodes, (x, y) each in 16.16 fixed point, of a grid of width x height; where neither a node nor a neighbour looks into the field
// both are kOutside. When ringed, the grid is one node larger on every side than the nodes, and half of each cell's bend moves from its
// middle to its corners. Returns the most source pixels, on the longer axis, between two of every fourth node and the next; 0 if none is seen.
double trace(const Grid &grid, const Optics &lens, bool ringed, int32_t *nodes);

}  // namespace panocam
