// SPDX-License-Identifier: Apache-2.0
import CDeflate

/// Compresses answers with gzip.
package enum Gzip {
    /// Compresses an answer into one gzip member.
    ///
    /// It uses the fastest level: an exposition shrinks to a twentieth at any level, and is rendered again for each scrape.
    ///
    /// - Parameter bytes: The answer.
    /// - Returns: The member, or `nil` when there is no memory for it.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard let compressor = unsafe libdeflate_alloc_compressor(1) else { return nil }
        defer { unsafe libdeflate_free_compressor(compressor) }
        let bound = unsafe libdeflate_gzip_compress_bound(compressor, bytes.count)
        let compressed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = unsafe bytes.withUnsafeBytes { input in
                unsafe libdeflate_gzip_compress(
                    compressor, input.baseAddress, input.count, output.baseAddress, bound)
            }
        }
        return compressed.isEmpty ? nil : compressed
    }
}
