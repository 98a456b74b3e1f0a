// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What was waited for did not come about in time.
package struct DeadlinePassed: Error, CustomStringConvertible {
    package var description: String
}

/// Asks again and again until there is an answer.
///
/// - Parameters:
///   - what: What is waited for, for the error.
///   - deadline: How long to wait; only a failing test waits that long.
///   - attempt: Gives the answer, or `nil` when it is too early.
/// - Returns: The first answer that is not `nil`.
/// - Throws: ``DeadlinePassed``, or what `attempt` throws.
@discardableResult
package func poll<Answer>(
    for what: @autoclosure () -> String, deadline: Duration = .seconds(120), _ attempt: () throws -> Answer?
) throws -> Answer {
    let clock = ContinuousClock()
    let end = clock.now + deadline
    while true {
        if let answer = try attempt() { return answer }
        guard clock.now < end else { throw DeadlinePassed(description: "waited \(deadline) for \(what())") }
        Thread.sleep(forTimeInterval: 0.01)
    }
}
