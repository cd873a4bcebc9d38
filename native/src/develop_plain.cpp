// Plain C++: for processors without a kernel of their own, and the one the others are compared with.
#include "develop_rows.h"

namespace panocam {
namespace {

struct Bytes {  // loops of fixed length, which compilers turn into whatever registers there are
    static constexpr int kCount = 16;
    struct V {
        uint8_t b[kCount];
    };

    template <class F>
    static V each(F f) {
        V made;
        for (int i = 0; i < kCount; ++i) made.b[i] = static_cast<uint8_t>(f(i));
        return made;
    }

    static V none() {
        return each([](int) { return 0; });
    }
    static V load(const uint8_t *p) {
        V v;
        std::memcpy(v.b, p, kCount);
        return v;
    }
    static void store(uint8_t *p, const V &v) { std::memcpy(p, v.b, kCount); }
    static V plus(const V &a, const V &b) {
        return each([&](int i) { return a.b[i] + b.b[i] > 255 ? 255 : a.b[i] + b.b[i]; });
    }
    static V less(const V &a, const V &b) {
        return each([&](int i) { return (a.b[i] > b.b[i] ? a.b[i] : b.b[i]) - b.b[i]; });
    }
    static V least(const V &a, const V &b) {
        return each([&](int i) { return a.b[i] < b.b[i] ? a.b[i] : b.b[i]; });
    }
    static V scaled(const V &v, int weight) {
        return each([&](int i) { return (v.b[i] * weight + 128) >> 8; });
    }
};

}  // namespace

void develop_plain(const Develop &job) { Walk<Bytes>(job).run(); }

}  // namespace panocam
