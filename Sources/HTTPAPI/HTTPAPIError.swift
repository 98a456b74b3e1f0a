// SPDX-License-Identifier: Apache-2.0

/// The errors that keep a listener from opening.
package enum HTTPAPIError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An address that cannot be read.
    case badAddress(text: String, reason: String)
    /// A setting outside its range; the key is the one in the configuration file.
    case badSetting(key: String, reason: String)
    /// An address that could not be bound.
    case cannotListen(listener: ListenerName, address: String, reason: String)
    /// A limit on open files that leaves too few for connections.
    case tooFewDescriptors(limit: Int, needed: Int)

    /// The key in the configuration file, for a setting outside its range.
    package var key: String? {
        guard case .badSetting(let key, _) = self else { return nil }
        return key
    }

    package var description: String {
        switch self {
        case .badAddress(let text, let reason): "listen address '\(text)': \(reason)"
        case .badSetting(let key, let reason): "\(key): \(reason)"
        case .tooFewDescriptors(let limit, let needed):
            "the limit on open files is \(limit), and at least \(needed) are needed; raise the hard limit (ulimit -Hn)"
        case .cannotListen(let listener, let address, let reason):
            "cannot listen on \(address): \(reason); \(PortAdvice.remedy(for: listener, address: address))"
        }
    }
}
