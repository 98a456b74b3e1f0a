// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports
import Testing

/// 28 November 2026, 10:20:30 UTC.
let now: Int64 = 1_795_861_230

/// Reads a question of a service that keeps `user`, `team` and a label `model`.
func question(_ query: String, now: Int64 = now) throws(QuestionError) -> CostQuestion {
    try CostQuestion(
        query: query, context: QuestionContext(now: now, zone: .utc, dimensions: ["user", "team", "model"]))
}

/// A text as a URL has it.
func encoded(_ text: String) -> String {
    text.utf8.map { byte in
        let isPlain = (byte >= 48 && byte < 58) || (byte >= 97 && byte < 123) || (byte >= 65 && byte < 91)
        let digits = String(byte, radix: 16, uppercase: true)
        return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
    }.joined()
}
