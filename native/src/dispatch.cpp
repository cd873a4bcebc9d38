// Which kernels this processor can run.
#include "develop.h"
#include "warp.h"

#if defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
#include <immintrin.h>
#include <intrin.h>
#endif

namespace panocam {
namespace {

#if defined(__x86_64__) || defined(__i386__)

bool has_avx2() { return __builtin_cpu_supports("avx2"); }

bool has_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

#elif defined(_M_X64) || defined(_M_IX86)

bool enabled(unsigned ebx_bits, unsigned long long xcr_bits) {
    int regs[4];
    __cpuid(regs, 0);
    if (regs[0] < 7) return false;
    __cpuid(regs, 1);
    if (!(regs[2] & (1 << 27)) || (_xgetbv(0) & xcr_bits) != xcr_bits) return false;  // OSXSAVE, state saved by the system
    __cpuidex(regs, 7, 0);
    return (static_cast<unsigned>(regs[1]) & ebx_bits) == ebx_bits;
}

bool has_avx2() { return enabled(1u << 5, 0x6); }
bool has_avx512() { return enabled(1u << 16 | 1u << 17 | 1u << 30 | 1u << 31, 0xe6); }

#endif

struct Tables {
    Kernel warps[4] = {};
    DevelopKernel developers[4] = {};
    int n = 0;

    Tables() {
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
        if (has_avx512()) add("avx512", warp_avx512, develop_avx512);
        if (has_avx2()) add("avx2", warp_avx2, develop_avx2);
#elif defined(__aarch64__) || defined(_M_ARM64)
        add("neon", warp_neon, develop_neon);
#endif
        add("c++", warp_plain, develop_plain);
    }

    void add(const char *name, Warp warp, Developer developer) {
        warps[n] = {name, warp};
        developers[n++] = {name, developer};
    }
};

const Tables &tables() {
    static const Tables all;
    return all;
}

}  // namespace

const Kernel *kernels() { return tables().warps; }

const DevelopKernel *develop_kernels() { return tables().developers; }

}  // namespace panocam
