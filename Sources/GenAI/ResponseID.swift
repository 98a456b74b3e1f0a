// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The provider's id of an answer: the one thing that two spans made of one call have in common.
enum ResponseID {
    /// How the ids of the interfaces begin; the number of a scheme is its place here, from 1.
    private static let schemes: [[UInt8]] = [
        "chatcmpl-",  // OpenAI chat completions, and whoever speaks like them
        "resp_",  // OpenAI responses
        "msg_",  // Anthropic messages
        "cmpl-",  // OpenAI completions
        "gen-",  // OpenRouter
        "msg_bdrk_",  // Anthropic messages by way of Amazon Bedrock
        "msg_vrtx_",  // Anthropic messages by way of Google Vertex AI
    ].map { Array($0.utf8) }

    /// How ids begin that a framework gives to its own runs, not a provider to an answer.
    ///
    /// LangChain puts them where a streamed answer had no id (`langchain-ai/langchain`: libs/core/langchain_core,
    /// `LC_ID_PREFIX`; before that `run-`).
    private static let ownNames: [[UInt8]] = ["lc_run-", "run-"].map { Array($0.utf8) }

    /// Reads an id.
    ///
    /// - Parameters:
    ///   - place: The id.
    ///   - body: The bytes.
    ///   - salt: A secret of the process: ids are chosen outside.
    /// - Returns: A hash that is equal for equal ids and never 0, and the number of the scheme, 0 for none that is known;
    ///   `nil` for an id that is no provider's.
    static func read(_ place: ByteRange, in body: Span<UInt8>, salt: UInt64) -> (hash: UInt64, scheme: UInt8)? {
        let place = body.unquoted(place)
        guard place.length > 0, !ownNames.contains(where: { body.begins(place, with: $0) }) else { return nil }
        var scheme: UInt8 = 0
        for (index, start) in schemes.enumerated() where body.begins(place, with: start) {
            scheme = UInt8(index + 1)
        }
        let hash = body.hash(at: Int(place.offset), length: Int(place.length), salt: salt)
        return (hash == 0 ? 1 : hash, scheme)
    }
}
