// SPDX-License-Identifier: Apache-2.0

/// The number of connections and event loops of each listener, so that all of them fit under the limit on open files.
package struct ConnectionPlan: Sendable, Equatable {
    /// The file descriptors that the process may use.
    package struct Descriptors: Sendable, Equatable {
        /// The most descriptors that may be open at once.
        package var limit: Int
        /// The descriptors that are open before the listeners start.
        package var open: Int

        package init(limit: Int, open: Int) {
            (self.limit, self.open) = (limit, open)
        }
    }

    /// The most connections of the OTLP listener.
    package let otlp: Int
    /// The most connections of the web listener.
    package let web: Int
    /// The number of event loops of the OTLP listener; the web listener has one of its own.
    package let otlpLoops: Int

    /// The most connections of both listeners.
    package var total: Int { otlp + web }

    /// The number of connections that a listener may briefly have beyond its limit: those just accepted, and those that gave
    /// way (``Connection/Use``) and are not closed yet.
    static let margin = 4

    /// An event loop of NIO holds an epoll, an event and a timer descriptor.
    private static let descriptorsPerLoop = 3
    /// Two listening sockets, signals, and the files that a reload or a scrape opens.
    private static let ownDescriptors = 12
    /// The smallest number of connections with which the service starts.
    private static let leastConnections = 4

    /// Divides the connections that the settings ask for, or as many as the limit on open files allows.
    ///
    /// The web listener gets ``HTTPAPIConfiguration/webConnections``, at most a quarter of all; the OTLP listener gets the
    /// rest.
    ///
    /// - Parameters:
    ///   - configuration: Settings, already validated.
    ///   - descriptors: The file descriptors of the process; `nil` where they set no limit.
    ///   - cores: The number of processor cores that event loops may use.
    /// - Throws: ``HTTPAPIError/tooFewDescriptors(limit:needed:)``.
    package init(
        _ configuration: HTTPAPIConfiguration, descriptors: Descriptors?, cores: Int
    ) throws(HTTPAPIError) {
        var (total, loops) = (configuration.maxConnections, max(1, cores))
        if let descriptors {
            // Few descriptors are better spent on connections than on loops.
            loops = min(loops, max(1, descriptors.limit / 64))
            let reserve =
                descriptors.open + (loops + 1) * Self.descriptorsPerLoop + Self.ownDescriptors + 2 * Self.margin
            guard descriptors.limit - reserve >= Self.leastConnections else {
                throw .tooFewDescriptors(limit: descriptors.limit, needed: reserve + Self.leastConnections)
            }
            total = min(total, descriptors.limit - reserve)
        }
        web = min(configuration.webConnections, max(1, total / 4))
        otlp = total - web
        otlpLoops = loops
    }
}
