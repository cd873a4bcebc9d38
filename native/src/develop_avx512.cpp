// AVX-512: 64 bytes at a time.
#include <immintrin.h>

#include "develop_rows.h"

namespace panocam {
namespace {

struct Bytes64 {
    using V = __m512i;
    static constexpr int kCount = 64;

    static V none() { return _mm512_setzero_si512(); }
    static V load(const uint8_t *p) { return _mm512_loadu_si512(p); }
    static void store(uint8_t *p, V v) { _mm512_storeu_si512(p, v); }
    static V plus(V a, V b) { return _mm512_adds_epu8(a, b); }
    static V less(V a, V b) { return _mm512_subs_epu8(a, b); }
    static V least(V a, V b) { return _mm512_min_epu8(a, b); }
    static V scaled(V v, int weight) {
        const V w = _mm512_set1_epi16(static_cast<short>(weight)), half = _mm512_set1_epi16(128), zero = none();
        const V low = _mm512_srli_epi16(_mm512_add_epi16(_mm512_mullo_epi16(_mm512_unpacklo_epi8(v, zero), w), half), 8);
        const V high = _mm512_srli_epi16(_mm512_add_epi16(_mm512_mullo_epi16(_mm512_unpackhi_epi8(v, zero), w), half), 8);
        return _mm512_packus_epi16(low, high);
    }
};

}  // namespace

void develop_avx512(const Develop &job) { Walk<Bytes64>(job).run(); }

}  // namespace panocam
