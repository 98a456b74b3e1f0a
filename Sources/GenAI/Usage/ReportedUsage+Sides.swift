// SPDX-License-Identifier: Apache-2.0

/// Decides whether the counts of one span include cached tokens and reasoning, and records what proves it.
extension ReportedUsage {
    /// Decides whether the input excludes cached tokens, and notes what proves it.
    ///
    /// - Parameters:
    ///   - cached: Tokens read from the cache and written to it, above 0.
    ///   - input: The input as reported.
    ///   - output: The whole output.
    /// - Returns: Whether it excludes them.
    @inline(never)
    mutating func decideCacheSide(_ cached: Int64, _ input: Int64, _ output: Int64) -> Bool {
        // A provider that counts reasoning beside the output has it in the total as well.
        let reasoning = namesOutputParts ? 0 : tokens(.reasoning)
        let rest = states(.total) ? tokens(.total) - input - output : -1
        // A total that would also add up with reasoning instead of the cached tokens proves nothing.
        if (totalLeaves(cached, of: rest) && cached != reasoning) || totalLeaves(cached + reasoning, of: rest) {
            sides.cache.insert(.besideByTotal)
        } else if totalLeaves(0, of: rest) || (totalLeaves(reasoning, of: rest) && cached != reasoning) {
            if cached <= input {
                sides.cache.insert(.insideByTotal)
            } else if counting.contains(.cacheBesideInput) {
                sides.cache.insert(.totalIsPlainSum)
            }
        }
        guard cached <= input else {
            // Without any input the report has a gap, which proves nothing.
            if input > 0 { sides.cache.insert(.besideByExcess) } else { sides.cache = [] }
            return true
        }
        if sides.cache.contains(.besideByTotal) || totalLeaves(cached, of: rest) { return true }
        sides.cache.insert(.isMovable)
        return false
    }

    /// Decides whether the output excludes reasoning, and notes what proves it.
    ///
    /// - Parameters:
    ///   - reasoning: Tokens of reasoning, above 0.
    ///   - output: The output as reported.
    ///   - input: The whole input.
    /// - Returns: Whether it excludes it.
    @inline(never)
    mutating func decideReasoningSide(_ reasoning: Int64, _ output: Int64, _ input: Int64) -> Bool {
        let rest = states(.total) ? tokens(.total) - input - output : -1
        guard !namesOutputParts else { return rest == reasoning }
        if rest == reasoning {
            sides.reasoning.insert(.besideByTotal)
            return true
        }
        guard reasoning <= output else {
            // A provider that has reasoning inside the output sometimes miscounts it: that is no proof.
            guard counting.contains(.reasoningBesideOutput) else { return false }
            sides.reasoning.insert(.besideByExcess)
            if rest == 0 { sides.reasoning.insert(.totalIsPlainSum) }
            return true
        }
        sides.reasoning.insert(.isMovable)
        // A total that would also add up with the cached tokens instead of reasoning proves nothing.
        let isOpen = sides.cache.isEmpty && input - tokens(.input) == reasoning
        if rest == 0, !isOpen { sides.reasoning.insert(.insideByTotal) }
        guard counting.contains(.reasoningByDefinition) else { return false }
        sides.reasoning.insert(.besideByDefinition)
        guard rest != 0 else { return false }
        sides.reasoning.insert(.isMoved)
        return true
    }

    /// Whether a total has exactly so many tokens above input and output, not counting those that the input excludes by name.
    @inline(__always)
    private mutating func totalLeaves(_ tokens: Int64, of rest: Int64) -> Bool {
        rest == tokens || (rest >= 0 && states(.inputBeside) && rest == tokens + self.tokens(.inputBeside))
    }
}
