// AVX2: 32 bytes at a time.
#include <immintrin.h>

#include "develop_rows.h"

namespace panocam {
namespace {

struct Bytes32 {
    using V = __m256i;
    static constexpr int kCount = 32;

    static V none() { return _mm256_setzero_si256(); }
    static V load(const uint8_t *p) { return _mm256_loadu_si256(reinterpret_cast<const V *>(p)); }
    static void store(uint8_t *p, V v) { _mm256_storeu_si256(reinterpret_cast<V *>(p), v); }
    static V plus(V a, V b) { return _mm256_adds_epu8(a, b); }
    static V less(V a, V b) { return _mm256_subs_epu8(a, b); }
    static V least(V a, V b) { return _mm256_min_epu8(a, b); }
    static V scaled(V v, int weight) {
        const V w = _mm256_set1_epi16(static_cast<short>(weight)), half = _mm256_set1_epi16(128), zero = none();
        const V low = _mm256_srli_epi16(_mm256_add_epi16(_mm256_mullo_epi16(_mm256_unpacklo_epi8(v, zero), w), half), 8);
        const V high = _mm256_srli_epi16(_mm256_add_epi16(_mm256_mullo_epi16(_mm256_unpackhi_epi8(v, zero), w), half), 8);
        return _mm256_packus_epi16(low, high);
    }
};

}  // namespace

void develop_avx2(const Develop &job) { Walk<Bytes32>(job).run(); }

}  // namespace panocam
