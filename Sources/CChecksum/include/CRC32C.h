// SPDX-License-Identifier: Apache-2.0
#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// The CRC-32C (Castagnoli) of some bytes, by the instructions of the CPU if it has them.
///
/// @param bytes The bytes; may be null only if `count` is 0.
/// @param count Number of bytes.
/// @return The checksum; 0 for no bytes.
/// @see RFC 3720, appendix B.4.
uint32_t llm_crc32c(const uint8_t *bytes, size_t count);

/// The same checksum without such instructions.
uint32_t llm_crc32c_portable(const uint8_t *bytes, size_t count);

#endif
