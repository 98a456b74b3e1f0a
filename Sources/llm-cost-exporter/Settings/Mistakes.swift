// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Mistakes in flags, variables, settings and price files, gathered so that the user sees all of them at once.
struct Mistakes: Error, CustomStringConvertible {
    /// The largest number of mistakes that are kept.
    static let most = 100

    /// The mistakes in the order in which they were found.
    private(set) var all: [any Error] = []
    /// How many more there were.
    private(set) var untold = 0

    /// Whether there is none.
    var isEmpty: Bool { all.isEmpty }

    /// Adds a mistake; of ``Mistakes`` each.
    mutating func add(_ error: any Error) {
        if let several = error as? Mistakes {
            for one in several.all { add(one) }
            untold += several.untold
        } else if all.count < Self.most {
            all.append(error)
        } else {
            untold += 1
        }
    }

    /// Adds the error of a function, if it throws one.
    ///
    /// - Returns: The function's result; `nil` if it threw.
    @discardableResult
    mutating func collect<Result>(_ read: () throws -> Result) -> Result? {
        do {
            return try read()
        } catch {
            add(error)
            return nil
        }
    }

    /// Throws the mistakes, if there are any: one as itself.
    func check() throws {
        if all.count == 1, untold == 0 { throw all[0] }
        if !all.isEmpty { throw self }
    }

    /// One sentence for each mistake.
    var lines: [String] {
        all.map { "\($0)" } + (untold > 0 ? ["\(untold) more mistakes; correct these first"] : [])
    }

    var description: String { lines.joined(separator: "\n") }

    /// The sentences of any error, and the exit code of the process that ends with it.
    static func told(_ error: any Error) -> (lines: [String], exitCode: Int32)? {
        let several = error as? Mistakes
        let settings = several?.all.compactMap { $0 as? SettingsError } ?? [error as? SettingsError].compactMap(\.self)
        guard several != nil || !settings.isEmpty else { return nil }
        let isUsage = settings.contains(where: \.isCommandLine)
        return (several?.lines ?? ["\(error)"], (isUsage ? ExitCode.validationFailure : .failure).rawValue)
    }
}
