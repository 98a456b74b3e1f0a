// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 by folding, after Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel,
// 2009). libdeflate 1.14 folds vectors of 16 bytes, so only the wider ones are here. On ARM it uses the instructions that the
// CPU has for checksums.
//
// The checksum takes the bytes as a polynomial over GF(2), the lowest bit of the first byte as its highest coefficient, and
// depends only on the remainder by
//
//     P = x^32 + x^26 + x^23 + x^22 + x^16 + x^12 + x^11 + x^10 + x^8 + x^7 + x^5 + x^4 + x^2 + x + 1.
//
// So 16 bytes V may be taken out, and V * x^2048 mod P added to the 16 bytes one block (2048 bits) behind them: the remainder
// stays the same. V is F * x^64 + L with F its first 8 bytes and L its last 8, so that
//
//     V * x^2048 = F * (x^2112 mod P) + L * (x^2048 mod P)   (mod P).
//
// Each of the two products has fewer than 128 coefficients, so it needs no further reduction. The CPU sees the coefficients in
// reverse: bit i of a register of 64 bits is x^(63-i), and bit i of a product of 128 bits x^(127-i). The product of two registers
// ends at bit 126, one place from there, which multiplies it by x. The constants have one power less for it:
//
//     LLM_CRC32_FOLD_FIRST = x^2111 mod P,   LLM_CRC32_FOLD_LAST = x^2047 mod P,   bit i for x^(63-i).
//
// When less than a block remains, libdeflate takes the checksum of the block that everything was folded into, and of the rest.
#include "CChecksum.h"

#include <libdeflate.h>

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

enum { block = LLM_CRC32_BLOCK };

// A checksum starts with a remainder of all ones, the same as inverting the first 32 bits. libdeflate inverts the remainder that
// it is given, so one of all ones makes it start with zero.
static uint32_t finish(const void *folded, const uint8_t *rest, size_t count) {
    return libdeflate_crc32(libdeflate_crc32(0xFFFFFFFF, folded, block), rest, count);
}

__attribute__((target("avx2,vpclmulqdq")))
static uint32_t crc32_of_32(const uint8_t *bytes, size_t count) {
    enum { width = 32, ways = block / width };
    const __m256i constants =
        _mm256_broadcastsi128_si256(_mm_set_epi64x(LLM_CRC32_FOLD_LAST, LLM_CRC32_FOLD_FIRST));
    __m256i folded[ways];
    memcpy(folded, bytes, block);
    folded[0] = _mm256_xor_si256(folded[0], _mm256_zextsi128_si256(_mm_cvtsi32_si128(-1)));
    for (bytes += block, count -= block; count >= block; bytes += block, count -= block) {
        for (int way = 0; way < ways; way++) {
            __m256i next;
            memcpy(&next, bytes + way * width, width);
            const __m256i first = _mm256_clmulepi64_epi128(folded[way], constants, 0x00);
            const __m256i last = _mm256_clmulepi64_epi128(folded[way], constants, 0x11);
            folded[way] = _mm256_xor_si256(_mm256_xor_si256(first, last), next);
        }
    }
    return finish(folded, bytes, count);
}

__attribute__((target("avx512f,vpclmulqdq")))
static uint32_t crc32_of_64(const uint8_t *bytes, size_t count) {
    enum { width = 64, ways = block / width };
    const __m512i constants = _mm512_broadcast_i32x4(_mm_set_epi64x(LLM_CRC32_FOLD_LAST, LLM_CRC32_FOLD_FIRST));
    __m512i folded[ways];
    memcpy(folded, bytes, block);
    folded[0] = _mm512_xor_si512(folded[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128(-1)));
    for (bytes += block, count -= block; count >= block; bytes += block, count -= block) {
        for (int way = 0; way < ways; way++) {
            __m512i next;
            memcpy(&next, bytes + way * width, width);
            const __m512i first = _mm512_clmulepi64_epi128(folded[way], constants, 0x00);
            const __m512i last = _mm512_clmulepi64_epi128(folded[way], constants, 0x11);
            folded[way] = _mm512_xor_si512(_mm512_xor_si512(first, last), next);
        }
    }
    return finish(folded, bytes, count);
}

size_t llm_crc32_widest(void) {
    if (!__builtin_cpu_supports("vpclmulqdq")) return 0;
    if (__builtin_cpu_supports("avx512f")) return 64;
    return __builtin_cpu_supports("avx2") ? 32 : 0;
}

uint32_t llm_crc32_of_width(size_t width, const uint8_t *bytes, size_t count) {
    // With fewer than two blocks there is nothing to fold.
    if (width >= 32 && count >= 2 * block) return width >= 64 ? crc32_of_64(bytes, count) : crc32_of_32(bytes, count);
    return libdeflate_crc32(0, bytes, count);
}
#else
size_t llm_crc32_widest(void) { return 0; }

uint32_t llm_crc32_of_width(size_t width, const uint8_t *bytes, size_t count) {
    (void)width;
    return libdeflate_crc32(0, bytes, count);
}
#endif

uint32_t llm_crc32(const uint8_t *bytes, size_t count) {
    return llm_crc32_of_width(llm_crc32_widest(), bytes, count);
}
