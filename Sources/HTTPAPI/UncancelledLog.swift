// SPDX-License-Identifier: Apache-2.0
import Logging

/// The framework's log lines without those of a cancelled task.
///
/// A server that is cancelled calls that an error of its own. Whoever cancelled it knows the reason and tells it.
struct UncancelledLog: LogHandler {
    private var base: any LogHandler

    init(_ base: any LogHandler) { self.base = base }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        guard !Task.isCancelled else { return }
        base.log(event: event)
    }
}
