// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Sixteen bytes, which Swift sees as `SIMD16<UInt8>`.
typedef uint8_t llm_bytes16 __attribute__((ext_vector_type(16)));

/// Finds two values among sixteen bytes: bit i of the result is set if byte i equals one of them.
///
/// Swift can compare vectors and cannot turn the result into bits; each x86-64 CPU has an instruction for that.
static inline __attribute__((always_inline)) uint32_t llm_positions16(llm_bytes16 bytes, uint8_t one, uint8_t other) {
#if defined(__SSE2__)
    const __m128i vector = (__m128i)bytes;
    const __m128i isOne = _mm_cmpeq_epi8(vector, _mm_set1_epi8((char)one));
    const __m128i isOther = _mm_cmpeq_epi8(vector, _mm_set1_epi8((char)other));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(isOne, isOther));
#else
    // 0xFF for each such byte, 0 for the others. The product brings one bit of each of eight bytes into the uppermost byte.
    typedef uint64_t words __attribute__((ext_vector_type(2)));
    const words marks = (words)((bytes == one) | (bytes == other)) & 0x0101010101010101ULL;
    const words bits = (marks * 0x0102040810204080ULL) >> 56;
    return (uint32_t)(bits[0] | bits[1] << 8);
#endif
}
