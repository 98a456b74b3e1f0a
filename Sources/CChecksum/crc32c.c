// SPDX-License-Identifier: Apache-2.0
//
// CRC-32C in the reflected form: the polynomial is 0x1EDC6F41, its reverse 0x82F63B78. CPUs of x86-64 have an instruction for it
// since SSE 4.2, ARMv8 has an optional one.
#include "CRC32C.h"

#include <string.h>

uint32_t llm_crc32c_portable(const uint8_t *bytes, size_t count) {
    uint32_t rest = 0xFFFFFFFF;
    for (size_t index = 0; index < count; index++) {
        rest ^= bytes[index];
        for (int bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (0x82F63B78 & -(rest & 1));
    }
    return ~rest;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2")))
static uint32_t of_instructions(const uint8_t *bytes, size_t count) {
    uint64_t rest = 0xFFFFFFFF;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t next;
        memcpy(&next, bytes, 8);
        rest = _mm_crc32_u64(rest, next);
    }
    uint32_t last = (uint32_t)rest;
    for (; count > 0; bytes++, count--) last = _mm_crc32_u8(last, *bytes);
    return ~last;
}

uint32_t llm_crc32c(const uint8_t *bytes, size_t count) {
    return __builtin_cpu_supports("sse4.2") ? of_instructions(bytes, count) : llm_crc32c_portable(bytes, count);
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

uint32_t llm_crc32c(const uint8_t *bytes, size_t count) {
    uint32_t rest = 0xFFFFFFFF;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t next;
        memcpy(&next, bytes, 8);
        rest = __crc32cd(rest, next);
    }
    for (; count > 0; bytes++, count--) rest = __crc32cb(rest, *bytes);
    return ~rest;
}
#else
uint32_t llm_crc32c(const uint8_t *bytes, size_t count) { return llm_crc32c_portable(bytes, count); }
#endif
