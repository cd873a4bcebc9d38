// What a loop over the pixels or numbers of a row is declared as.
#pragma once

// The inner loops stand alone and are not inlined, so that the compiler believes that their rows are different memory; they count in
// ptrdiff_t, because an int could wrap around, and then neighbours would not be neighbours.
#if defined(_MSC_VER)
#define PANOCAM_ROW __declspec(noinline) void
#else
#define PANOCAM_ROW __attribute__((noinline)) void
#endif
