// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The provider's id of an answer: the one thing that two spans made of one call have in common.
enum ResponseID {
    /// How an id begins.
    private enum Manner {
        /// A provider's, with a number of its own for each interface; 0 for none that is known.
        case scheme(UInt8)
        /// One that a framework gave to its own run: LangChain does so where a streamed answer had none
        /// (`langchain-ai/langchain`: libs/core/langchain_core/messages/utils.py, `lc_run-`; before that `run-`).
        case notTheProviders
    }

    /// Reads an id.
    ///
    /// - Parameters:
    ///   - place: The id.
    ///   - body: The bytes.
    ///   - salt: A secret of the process: ids are chosen outside.
    /// - Returns: A hash that is equal for equal ids and never 0, and the number of the scheme, 0 for none that is known;
    ///   `nil` for an id that is no provider's, and for words that say that there is none.
    static func read(_ place: ByteRange, in body: Span<UInt8>, salt: UInt64) -> (hash: UInt64, scheme: UInt8)? {
        let place = body.unquoted(place)
        guard place.length > 0, case .scheme(let scheme) = manner(of: place, in: body) else { return nil }
        if scheme == 0, AbsentWords.hold(place, in: body) { return nil }
        let hash = body.hash(at: Int(place.offset), length: Int(place.length), salt: salt)
        return (hash == 0 ? 1 : hash, scheme)
    }

    /// Four bytes tell the manners apart, which is quicker than comparing texts.
    @inline(__always)
    private static func manner(of place: ByteRange, in body: Span<UInt8>) -> Manner {
        guard place.length >= 12 else { return .scheme(0) }
        let start = Int(place.offset)
        switch UInt32(truncatingIfNeeded: body.littleEndian64(at: start)).byteSwapped {
        case 0x6368_6174: return .scheme(1)  // chatcmpl-: OpenAI chat completions, and whoever speaks like them
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
