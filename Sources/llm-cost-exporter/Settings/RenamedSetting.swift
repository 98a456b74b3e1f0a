// SPDX-License-Identifier: Apache-2.0
import Documents
import Logging

/// A setting with a new name.
///
/// Settings files may use the old name for one version, with a warning.
struct RenamedSetting: Sendable, Equatable {
    /// The section that has the setting, under both names.
    let section: String
    let oldKey: String
    let newKey: String

    /// The renamed settings of this version.
    static let all = [
        RenamedSetting(section: "billing", oldKey: "links", newKey: "remembered_parents")
    ]

    /// Looks for the setting whose old name a line has.
    ///
    /// - Parameters:
    ///   - entry: The line, whose key is no key of this version.
    ///   - entries: All lines of the section.
    ///   - section: The section.
    ///   - keys: The keys of the section in this version.
    ///   - renamed: The settings whose old names are accepted.
    /// - Returns: The use of the old name.
    /// - Throws: An error for a key that is no old name either, and ``SettingsError/invalid(_:_:)`` for a setting that is given
    ///   under both names.
    static func use(
        of entry: DocumentNode.Entry, among entries: [DocumentNode.Entry], in section: String, keys: [String],
        renamed: [RenamedSetting] = all
    ) throws -> OldNameUse {
        guard let setting = renamed.first(where: { $0.section == section && $0.oldKey == entry.key }) else {
            // Without the old names, which are no suggestions for a misspelt key.
            throw SettingsFile.unknownKey(entry, in: section, known: keys)
        }
        let use = OldNameUse(setting: setting, position: entry.keyPosition)
        guard !entries.contains(where: { $0.key == setting.newKey }) else {
            throw SettingsError.invalid(
                .file(use.position), "\(use.oldName) and \(use.newName) are one setting; keep \(use.newName)")
        }
        return use
    }
}

/// A line of a settings file that has the old name of a setting.
struct OldNameUse: Sendable, Equatable, CustomStringConvertible {
    let setting: RenamedSetting
    let position: DocumentPosition

    var oldName: String { "\(setting.section).\(setting.oldKey)" }
    var newName: String { "\(setting.section).\(setting.newKey)" }

    /// A sentence with file and line, for the output of a command.
    var description: String {
        "\(position): \(oldName) has a new name; write \(newName), the next version refuses the old name"
    }

    /// Writes a warning with both names to the log.
    func log(to logger: Logger) {
        logger.warning(
            "a setting has a new name; the next version refuses the old name",
            metadata: ["old": "\(oldName)", "new": "\(newName)", "position": "\(position)"])
    }
}
