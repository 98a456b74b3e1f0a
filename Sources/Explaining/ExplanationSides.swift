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
            "this span proves that the sender's \(whole) leaves \(part) out: there are more of them than \(whole)")
        add(
            .besideByTotal, "beside_by_total",
            "this span proves that the sender's \(whole) leaves \(part) out: only so does its total add up")
        add(
            .insideByTotal, "inside_by_total",
            "the total of this span adds up with the \(part) inside the \(whole)")
        if side.contains(.besideByDefinition) {
            add(
                .isMoved, "beside_by_definition",
                "its provider excludes \(part) from the \(whole), and neither key nor total says otherwise")
        } else if !side.contains(.isMovable) {
            add(
                .isMoved, "beside_by_twin",
                "another span of this call has a \(whole) that is larger by exactly the \(part), so that these are "
                    + "added to it")
        } else {
            add(
                .isMoved, "moved_beside",
                "other spans of this sender prove that its \(whole) leaves \(part) out, so that this part is added"
            )
        }
        add(
            .isContradicted, "contradicted",
            "other spans of this sender prove that its \(whole) leaves \(part) out, and others that it does not, so they are "
                + "counted inside it")
        return findings
    }
}
