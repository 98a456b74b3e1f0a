// SPDX-License-Identifier: Apache-2.0
import Documents

/// One key of the settings file: how its value is read, and whether it can change while the service runs.
///
/// A key that is added says which of the two it is, so that a reload can tell of every key what becomes of it.
struct Setting: Sendable {
    /// Reads the value into settings.
    let read: @Sendable (DocumentNode, inout Settings) throws -> Void
    /// Whether two settings have different values.
    let differs: @Sendable (Settings, Settings) -> Bool
    /// Takes the value over into other settings; `nil` for a key that takes effect at the next start only.
    let takeOver: (@Sendable (_ from: Settings, _ to: inout Settings) -> Void)?

    /// A key that needs a restart to change: something was built, opened or sized by it.
    static func fixed<Value: Equatable & SendableMetatype>(
        _ path: any WritableKeyPath<Settings, Value> & Sendable,
        _ read: @escaping @Sendable (DocumentNode) throws -> Value
    ) -> Setting {
        Setting(
            read: { $1[keyPath: path] = try read($0) }, differs: { $0[keyPath: path] != $1[keyPath: path] },
            takeOver: nil)
    }

    /// A key that a reload brings into force.
    static func live<Value: Equatable & SendableMetatype>(
        _ path: any WritableKeyPath<Settings, Value> & Sendable,
        _ read: @escaping @Sendable (DocumentNode) throws -> Value
    ) -> Setting {
        Setting(
            read: { $1[keyPath: path] = try read($0) }, differs: { $0[keyPath: path] != $1[keyPath: path] },
            takeOver: { $1[keyPath: path] = $0[keyPath: path] })
    }
}
