// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Logging
import Notation
import Overview
import Synchronization

/// Logs each service, each scope whose usage is not read, and each model without a price once, when it first arrives.
///
/// The rooms remember arrivals; the settler asks for new ones a few times a second, so that no body waits for the log.
final class Notices: Sendable {
    /// The largest number of models without a price that are logged, below the number of lines of a kind in a minute.
    static let mostModels = 50

    private let assembly: Assembly
    private let lastSpans: LastSpans
    private let logger: Logger
    private let toldModels = Mutex(0)
    /// The largest number of models that are logged at a time, since finding the nearest names takes long.
    private let modelsAtATime = 10

    /// Starts with nothing logged.
    init(_ assembly: Assembly, _ lastSpans: LastSpans, logger: Logger) {
        self.assembly = assembly
        self.lastSpans = lastSpans
        self.logger = logger
    }

    /// Logs the arrivals since the last call.
    func tell() {
        for scope in assembly.metrics.unread.takeNew() {
            logger.warning(
                "spans carry token counts under keys that the service does not read, so these tokens are not counted; name the keys under attributes in the settings",
                metadata: ["scope": "\(scope.name)", "keys": "\(scope.keys.joined(separator: ", "))"])
        }
        tellServices()
        if logger.logLevel <= .info { tellModels() }
    }

    private func tellServices() {
        for first in lastSpans.takeNew() {
            guard first.service != OverflowValue.text else {
                logger.info(
                    "a service has no room of its own and counts as __overflow__; first spans of such services are not logged",
                    metadata: [
                        "most_services": "\(LastSpans.mostServices)", "longest_name": "\(LastSpans.longestName) bytes",
                    ])
                continue
            }
            logger.info(
                "first spans of a service",
                metadata: [
                    "service": "\(first.service)", "scope": "\(first.scope)", "dialect": "\(first.dialect ?? "none")",
                ])
        }
    }

    private func tellModels() {
        let told = toldModels.withLock { $0 }
        guard told <= Self.mostModels else { return }
        let new = assembly.takeNewUnpriced(most: min(modelsAtATime, Self.mostModels + 1 - told))
        guard !new.isEmpty else { return }
        toldModels.withLock { $0 += new.count }
        for (number, model) in new.enumerated() {
            guard told + number < Self.mostModels else {
                logger.info(
                    "further models without a price are not logged; /api/v1/unpriced lists them",
                    metadata: ["logged": "\(Self.mostModels)"])
                return
            }
            var fields: Logger.Metadata = [
                "model": "\(model.model)", "provider": "\(model.provider)", "reason": "\(model.reason)",
                "list": "/api/v1/unpriced",
            ]
            if !model.closest.isEmpty { fields["nearest"] = "\(model.closest.joined(separator: ", "))" }
            logger.info(
                "calls of a model have no price; 'prices find' shows why, and prints a price file to complete",
                metadata: fields)
        }
    }
}
