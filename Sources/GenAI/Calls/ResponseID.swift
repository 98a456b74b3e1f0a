// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads the provider's id of an answer: two spans of one call have it in common.
enum ResponseID {
    /// How an id begins.
    private enum Manner {
        /// A provider's, with a number for each interface; 0 for an unknown one.
        case scheme(UInt8)
        /// One that a framework gave to its own run, as LangChain does if a streamed answer had none
        /// (`langchain-ai/langchain`: libs/core/langchain_core/messages/utils.py, `lc_run-`; before that `run-`).
        case notTheProviders
    }

    /// Reads an id.
    ///
    /// - Parameters:
    ///   - range: The id.
    ///   - body: The bytes.
    ///   - salt: A secret of the process, since senders choose the ids.
    /// - Returns: A hash that is equal for equal ids and never 0, and the number of the scheme, 0 for an unknown one; `nil` for
    ///   an id that is not a provider's, and for a placeholder such as `unknown`.
    static func read(_ range: ByteRange, in body: Span<UInt8>, salt: UInt64) -> (hash: UInt64, scheme: UInt8)? {
        let range = body.unquoted(range)
        guard range.length > 0, case .scheme(let scheme) = manner(of: range, in: body) else { return nil }
        if scheme == 0, AbsentWords.hold(range, in: body) { return nil }
        let hash = body.hash(at: Int(range.offset), length: Int(range.length), salt: salt)
        return (hash == 0 ? 1 : hash, scheme)
    }

    /// Four bytes tell the manners apart, which is quicker than comparing texts.
    @inline(__always)
    private static func manner(of range: ByteRange, in body: Span<UInt8>) -> Manner {
        guard range.length >= 12 else { return .scheme(0) }
        let start = Int(range.offset)
        switch UInt32(truncatingIfNeeded: body.littleEndian64(at: start)).byteSwapped {
        case 0x6368_6174: return .scheme(1)  // chatcmpl-: OpenAI chat completions, and compatible APIs
        case 0x7265_7370: return .scheme(2)  // resp_: OpenAI responses
        case 0x6D73_675F:  // msg_: Anthropic messages
            switch body[start + 4] {
            case UInt8(ascii: "b"): return .scheme(4)  // msg_bdrk_: by way of Amazon Bedrock
            case UInt8(ascii: "v"): return .scheme(5)  // msg_vrtx_: by way of Google Vertex AI
            default: return .scheme(3)
            }
        case 0x636D_706C: return .scheme(6)  // cmpl-: OpenAI completions
        case 0x6765_6E2D: return .scheme(7)  // gen-: OpenRouter
        case 0x6C63_5F72, 0x7275_6E2D: return .notTheProviders  // lc_run-, run-
        default: return .scheme(0)
        }
    }
}
