// SPDX-License-Identifier: Apache-2.0
#ifndef C_CHECKSUM_H
#define C_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "CRC32C.h"

/// The CRC-32 of gzip, the fastest way that this CPU has: two to four times the speed of libdeflate 1.14 where the CPU multiplies
/// vectors of 32 or 64 bytes without carries (VPCLMULQDQ), and libdeflate's own everywhere else.
///
/// @param bytes The bytes; may be null only if `count` is 0.
/// @param count Number of bytes.
/// @return The checksum as the trailer of a gzip member states it; 0 for no bytes.
/// @see RFC 1952, section 8.
uint32_t llm_crc32(const uint8_t *bytes, size_t count);

/// Size in bytes of the largest vectors that this CPU multiplies without carries and the operating system keeps: 64, 32, or 0
/// if it has none that this file uses.
size_t llm_crc32_widest(void);

/// The same checksum, made with vectors of a given size.
///
/// @param width 64, 32, or 0 for libdeflate's own; at most `llm_crc32_widest()`.
uint32_t llm_crc32_of_width(size_t width, const uint8_t *bytes, size_t count);

/// Constants by which 128 bits move on by one block; `crc32.c` derives them.
#define LLM_CRC32_FOLD_FIRST 0x7CC8E1E700000000ULL
#define LLM_CRC32_FOLD_LAST 0x03F9F86300000000ULL

/// Number of bytes that are folded at once, at each width.
#define LLM_CRC32_BLOCK 256

#endif
