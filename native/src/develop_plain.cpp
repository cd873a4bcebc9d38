// Plain C++: for processors without a kernel of their own, and the one the others are compared with.
#include "develop_rows.h"

namespace panocam {
namespace {

struct Byte {
    using V = uint8_t;
    static constexpr int kCount = 1;

    static V none() { return 0; }
    static V load(const uint8_t *p) { return *p; }
    static void store(uint8_t *p, V v) { *p = v; }
    static V plus(V a, V b) { return a + b > 255 ? 255 : static_cast<V>(a + b); }
    static V less(V a, V b) { return a > b ? static_cast<V>(a - b) : 0; }
    static V least(V a, V b) { return a < b ? a : b; }
    static V scaled(V v, int weight) { return static_cast<V>((v * weight + 128) >> 8); }
};

}  // namespace

void develop_plain(const Develop &job) { Walk<Byte>(job).run(); }

}  // namespace panocam
