// SPDX-License-Identifier: Apache-2.0

/// A source of calls for a report, such as recorded bodies.
package protocol ReportSource {
    /// Adds all calls to a report, and says on standard error which inputs could not be read.
    ///
    /// - Parameter builder: Gets the calls.
    /// - Returns: The number of inputs that could not be read.
    /// - Throws: When nothing can be read at all.
    func add(to builder: ReportBuilder) throws -> Int
}
