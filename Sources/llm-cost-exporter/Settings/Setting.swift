// SPDX-License-Identifier: Apache-2.0
import Documents

/// One key of the settings file: how its value is read, and whether it can change while the service runs.
///
/// Each key is either fixed or live, so that a reload can report for every changed key whether it took effect.
struct Setting: Sendable {
    /// Reads the value into settings.
    let read: @Sendable (DocumentNode, inout Settings) throws -> Void
    /// Whether two settings have different values.
    let differs: @Sendable (Settings, Settings) -> Bool
    /// Copies the value into other settings; `nil` for a key that takes effect at the next start only.
    let takeOver: (@Sendable (_ from: Settings, _ to: inout Settings) -> Void)?

    /// A key that takes effect at the next start only.
    static func fixed<Value: Equatable & SendableMetatype>(
        _ path: any WritableKeyPath<Settings, Value> & Sendable,
        _ read: @escaping @Sendable (DocumentNode) throws -> Value
    ) -> Setting {
        Setting(
            read: { $1[keyPath: path] = try read($0) }, differs: { $0[keyPath: path] != $1[keyPath: path] },
            takeOver: nil)
    }

    /// A key that takes effect at a reload.
    static func live<Value: Equatable & SendableMetatype>(
        _ path: any WritableKeyPath<Settings, Value> & Sendable,
        _ read: @escaping @Sendable (DocumentNode) throws -> Value
    ) -> Setting {
        Setting(
            read: { $1[keyPath: path] = try read($0) }, differs: { $0[keyPath: path] != $1[keyPath: path] },
            takeOver: { $1[keyPath: path] = $0[keyPath: path] })
    }
}
