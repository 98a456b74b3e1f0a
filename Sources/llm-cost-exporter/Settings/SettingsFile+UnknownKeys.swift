// SPDX-License-Identifier: Apache-2.0
import Documents
import Notation

// What an unknown key of the settings file was meant to be.
extension SettingsFile {
    /// The error for a key that the settings do not have.
    ///
    /// - Parameters:
    ///   - entry: The key with its value.
    ///   - section: The section that has it; `nil` at the top level.
    ///   - known: The keys that may stand there.
    /// - Returns: An error that says how to write the key, or names the nearest one.
    static func unknownKey(_ entry: DocumentNode.Entry, in section: String?, known: [String]) -> any Error {
        guard let hint = nesting(of: entry, in: section, known: known) ?? otherSection(of: entry.key, in: section)
        else {
            return DocumentError.unknownKey(entry.keyPosition, key: entry.key, known: known)
        }
        return SettingsError.invalid(.file(entry.keyPosition), "unknown key '\(entry.key)'; \(hint)")
    }

    /// How to write a key with dots.
    private static func nesting(of entry: DocumentNode.Entry, in section: String?, known: [String]) -> String? {
        guard entry.key.contains(".") else { return nil }
        // As written for flags.
        let key = String(entry.key.map { $0 == "-" ? "_" : $0 })
        if let section, key.hasPrefix(section + "."), known.contains(String(key.dropFirst(section.count + 1))) {
            return "write '\(key.dropFirst(section.count + 1))', since '\(section)' stands above it"
        }
        guard let name = fullName(nearestTo: (section.map { $0 + "." } ?? "") + key) else { return nil }
        let parts = name.split(separator: ".").dropFirst(section == nil ? 0 : 1).map(String.init)
        guard let last = parts.last, parts.count > 1 else { return nil }
        var value = ""
        if case .scalar(let text, _) = entry.value.content { value = " " + text.prefix(40) }
        let lines = parts.dropLast().map { "'\($0):'" } + ["'\(last):\(value)'"]
        return "keys are nested: write " + lines.joined(separator: " and below it, indented, ")
    }

    /// The key of a whole name that is right or nearly right; the names below a key count as right.
    private static func fullName(nearestTo name: String) -> String? {
        let names = all.map(\.name)
        if names.contains(where: { name == $0 || name.hasPrefix($0 + ".") }) { return name }
        return EditDistance.nearest(to: name, among: names.sorted(), atMost: max(2, name.utf8.count / 6))
    }

    /// The sections that have a key, if it stands in a wrong one.
    private static func otherSection(of key: String, in section: String?) -> String? {
        let sections = all.map(\.name).filter { $0.hasSuffix("." + key) }.map { $0.dropLast(key.count + 1) }.sorted()
        guard !sections.isEmpty, !sections.contains(where: { $0 == section ?? "" }) else { return nil }
        return "'\(key)' belongs below " + sections.map { "'\($0):'" }.joined(separator: " or ")
    }
}
