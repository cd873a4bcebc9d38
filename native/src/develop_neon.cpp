// NEON: 16 bytes at a time.
#include <arm_neon.h>

#include "develop_rows.h"

namespace panocam {
namespace {

struct Bytes16 {
    using V = uint8x16_t;
    static constexpr int kCount = 16;

    static V none() { return vdupq_n_u8(0); }
    static V load(const uint8_t *p) { return vld1q_u8(p); }
    static void store(uint8_t *p, V v) { vst1q_u8(p, v); }
    static V plus(V a, V b) { return vqaddq_u8(a, b); }
    static V less(V a, V b) { return vqsubq_u8(a, b); }
    static V least(V a, V b) { return vminq_u8(a, b); }
    static V scaled(V v, int weight) {
        const uint8x8_t w = vdup_n_u8(static_cast<uint8_t>(weight));
        return vcombine_u8(vrshrn_n_u16(vmull_u8(vget_low_u8(v), w), 8), vrshrn_n_u16(vmull_u8(vget_high_u8(v), w), 8));
    }
};

}  // namespace

void develop_neon(const Develop &job) { Walk<Bytes16>(job).run(); }

}  // namespace panocam
