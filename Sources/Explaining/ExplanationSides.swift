// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What is known of whether a span's input includes its cached tokens, and its output the reasoning.
enum ExplanationSides {
    /// A finding: its word for programs and its sentence for people.
    struct Finding {
        let word: String
        let sentence: String
    }

    /// What a span proved, and what the proofs of other spans did with it.
    ///
    /// - Parameter sides: Of a counted call those that it was counted with.
    /// - Returns: None where nothing was proved.
    static func findings(of sides: UsageSides) -> [Finding] {
        findings(sides.cache, "cache", "cached tokens", "input")
            + findings(sides.reasoning, "reasoning", "reasoning", "output")
    }

    private static func findings(_ side: PartSide, _ word: String, _ part: String, _ whole: String) -> [Finding] {
        var findings: [Finding] = []
        func add(_ condition: PartSide, _ end: String, _ sentence: String) {
            if side.contains(condition) { findings.append(Finding(word: "\(word)_\(end)", sentence: sentence)) }
        }
        add(
            .besideByExcess, "beside_by_excess",
            "this span proves that the sender's \(whole) excludes \(part): the span has more \(part) than \(whole)")
        add(
            .besideByTotal, "beside_by_total",
            "this span proves that the sender's \(whole) excludes \(part): its total adds up only this way")
        add(
            .insideByTotal, "inside_by_total",
            "the total of this span adds up only if the \(whole) includes the \(part)")
        if side.contains(.besideByDefinition) {
            add(
                .isMoved, "beside_by_definition",
                "its provider excludes \(part) from the \(whole), and neither key nor total says otherwise")
        } else if !side.contains(.isMovable) {
            add(
                .isMoved, "beside_by_twin",
                "another span of this call has a \(whole) that is larger by exactly the \(part), so the service "
                    + "adds the \(part)")
        } else {
            add(
                .isMoved, "moved_beside",
                "other spans of this sender prove that its \(whole) excludes \(part), so the service adds the \(part)"
            )
        }
        add(
            .isContradicted, "contradicted",
            "other spans of this sender prove that its \(whole) excludes \(part), and others prove the contrary, so the "
                + "service counts the \(part) as included")
        return findings
    }
}
