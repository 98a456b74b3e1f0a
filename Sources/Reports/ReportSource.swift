// SPDX-License-Identifier: Apache-2.0

/// Where a report has its calls from: recorded bodies, or any store of calls that is added later.
package protocol ReportSource {
    /// Adds all calls to a report; says what could not be read on standard error.
    ///
    /// - Parameter builder: Gets the calls.
    /// - Returns: The number of inputs that could not be read.
    /// - Throws: When nothing can be read at all.
    func add(to builder: ReportBuilder) throws -> Int
}
