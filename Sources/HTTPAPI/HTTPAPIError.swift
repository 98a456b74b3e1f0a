// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with the doors before or while they open.
package enum HTTPAPIError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An address that cannot be read.
    case badAddress(text: String, reason: String)
    /// A setting outside its range; the key is the one in the configuration file.
    case badSetting(key: String, reason: String)
    /// An address that could not be bound.
    case cannotListen(door: DoorName, address: String, reason: String)

    package var description: String {
        switch self {
        case .badAddress(let text, let reason): "listen address '\(text)': \(reason)"
        case .badSetting(let key, let reason): "\(key): \(reason)"
        case .cannotListen(let door, let address, let reason):
            "cannot listen on \(address): \(reason); free it or choose another with --\(door.rawValue).listen-address"
        }
    }
}
