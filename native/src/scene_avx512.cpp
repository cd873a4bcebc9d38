// The simulated world's loops for this instruction set: the compiler flags make the difference.
#define PANOCAM_OPS ops_avx512
#include "scene_ops.inl"
