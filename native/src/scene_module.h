// Adds the simulated world's loops to the Python module.
#pragma once

#include <nanobind/nanobind.h>

namespace panocam::scene {

void bind(nanobind::module_ &m);

}  // namespace panocam::scene
