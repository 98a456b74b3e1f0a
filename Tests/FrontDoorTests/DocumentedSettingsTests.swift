// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestSupport
import Testing

@testable import llm_cost_exporter

/// `docs/settings.md` has a row for each setting, with its default and range, and no other.
@Suite struct DocumentedSettingsTests {
    private let page: MarkdownPage
    private let rows: [(key: String, cells: [String])]
    private let known = Dictionary(uniqueKeysWithValues: SettingsFile.all.map { ($0.name, $0.setting) })

    init() throws {
        page = try MarkdownPage("docs/settings.md")
        rows = try page.rows(by: "key").map { (try #require(MarkdownPage.code(in: $0[0]).first), $0) }
    }

    @Test func `each setting has a row, and each row is a setting`() {
        let found = Set(rows.compactMap { setting(of: $0.key)?.name })
        #expect(Set(known.keys).subtracting(found) == [])
        #expect(rows.filter { setting(of: $0.key) == nil }.map(\.key) == [])
        #expect(Set(rows.map(\.key)).count == rows.count)
        let limits = rows.map(\.key).filter { $0.hasPrefix("limits.values.") }.map { String($0.dropFirst(14)) }
        #expect(Set(limits) == Set(Vocabulary.allCases.map(\.rawValue)))
    }

    @Test func `rows say of each setting whether a reload changes it`() {
        for row in rows {
            #expect(row.cells[0].contains("**r**") == (setting(of: row.key)?.setting.takeOver != nil), "\(row.key)")
        }
    }

    @Test func `defaults are those of the code`() throws {
        var compared = 0
        for row in rows {
            // Other cells describe the default or refer to a section.
            guard let value = Self.onlyCode(in: row.cells[1]), let (_, setting) = setting(of: row.key) else { continue }
            compared += 1
            if row.key.hasPrefix("limits.values.") {
                let limit = Vocabulary(rawValue: String(row.key.dropFirst(14)))?.defaultLimit
                #expect(Int(value) == limit, "\(row.key)")
                continue
            }
            var settings = Settings()
            try SettingsFile.apply(Self.document(row.key, value), file: "docs/settings.md", to: &settings)
            #expect(!setting.differs(Settings(), settings), "\(row.key)")
        }
        #expect(compared >= 45)
    }

    @Test func `ranges are those of the code`() {
        var compared = 0
        for row in rows {
            guard let range = Self.range(in: row.cells[2]) else { continue }
            compared += 1
            #expect(accepts(row.key, range.lowerBound) && accepts(row.key, range.upperBound), "\(row.key)")
            #expect(!accepts(row.key, range.lowerBound - 1) && !accepts(row.key, range.upperBound + 1), "\(row.key)")
        }
        #expect(compared > 15)
    }

    @Test func `the file with every default has every key and changes none`() throws {
        let block = try #require(page.blocks.first { $0.heading == "A file with every default" })
        var settings = Settings()
        try SettingsFile.apply(block.text, file: "docs/settings.md", to: &settings)
        // These have no default of their own: they follow from the machine or the address, or are a default for each value.
        let derived = ["otlp.max_inflight_bytes", "limits.values", "web.pages", "traces.quiet"]
        #expect(known.filter { $0.value.differs(Settings(), settings) && !derived.contains($0.key) }.map(\.key) == [])
        #expect(
            settings.valueLimits == Dictionary(uniqueKeysWithValues: Vocabulary.allCases.map { ($0, $0.defaultLimit) }))
        let words = Set(block.text.split { $0 == "\n" || $0 == " " || $0 == "{" }.map(String.init))
        for row in rows where !row.key.hasPrefix("prices.reported_cost.") {
            #expect(words.contains(row.key.split(separator: ".").last.map { "\($0):" } ?? ""), "\(row.key)")
        }
    }

    /// The setting that a row belongs to: the key itself, or the one whose value has the key.
    private func setting(of key: String) -> (name: String, setting: Setting)? {
        known.first { key == $0.key || key.hasPrefix($0.key + ".") }.map { ($0.key, $0.value) }
    }

    private func accepts(_ key: String, _ value: Int) -> Bool {
        var settings = Settings()
        return (try? SettingsFile.apply(Self.document(key, "\(value)"), file: "docs/settings.md", to: &settings)) != nil
    }

    /// A settings file with one key.
    private static func document(_ key: String, _ value: String) -> String {
        let parts = key.split(separator: ".")
        return parts.map { "{\($0): " }.joined() + value + String(repeating: "}", count: parts.count)
    }

    private static func onlyCode(in cell: String) -> String? {
        let code = MarkdownPage.code(in: cell)
        return code.count == 1 && cell == "`\(code[0])`" ? code[0] : nil
    }

    /// A range of whole numbers or bytes, such as `256 to 8,388,608` or `1 B to 1 GiB`.
    private static func range(in cell: String) -> ClosedRange<Int>? {
        let words = cell.prefix { $0 != ";" }.split(separator: " ").map(String.init)
        guard let middle = words.firstIndex(of: "to"), let lower = number(words[..<middle]),
            let upper = number(words[(middle + 1)...]), lower <= upper
        else { return nil }
        return lower...upper
    }

    private static func number(_ words: ArraySlice<String>) -> Int? {
        guard let first = words.first, let number = Int(first.replacing(",", with: "")) else { return nil }
        guard words.count > 1 else { return number }
        let units = ["B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
        return words.count == 2 ? units[words.last ?? ""].map { number << $0 } : nil
    }
}
