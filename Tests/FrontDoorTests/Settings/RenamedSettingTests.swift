// SPDX-License-Identifier: Apache-2.0
import Billing
import Foundation
import TestSupport
import Testing

@testable import llm_cost_exporter

/// Old names of settings: read for one version, with a warning.
@Suite struct RenamedSettingTests {
    private static func read(_ text: String) throws -> Settings {
        var settings = Settings()
        try SettingsFile.apply(text, file: "settings.yaml", to: &settings)
        return settings
    }

    @Test func `an old name sets the same setting, and the warning names line and new name`() throws {
        let settings = try Self.read("billing:\n  max_waiting: 512\n  links: 4096\n")
        #expect(settings.billing.rememberedParents == 4_096)
        #expect(
            settings.oldNames.map(\.description) == [
                "settings.yaml:3: billing.links has a new name; write billing.remembered_parents, the next version "
                    + "refuses the old name"
            ])
    }

    @Test func `the new name needs no warning`() throws {
        let settings = try Self.read("billing: {remembered_parents: 4096}")
        #expect(settings.billing.rememberedParents == 4_096)
        #expect(settings.oldNames == [])
    }

    @Test(arguments: ["links: 4096\n  remembered_parents: 8192", "remembered_parents: 8192\n  links: 4096"])
    func `both names are an error that says which one to keep`(lines: String) throws {
        let line = lines.hasPrefix("links") ? 2 : 3
        let error = #expect(throws: SettingsError.self) { try Self.read("billing:\n  " + lines) }
        #expect(
            error.map { "\($0)" }
                == "settings.yaml:\(line): billing.links and billing.remembered_parents are one setting; keep "
                + "billing.remembered_parents")
    }

    @Test func `values under an old name are checked like those under the new one`() {
        #expect(throws: (any Error).self) { try Self.read("billing: {links: 1023}") }
        #expect(throws: (any Error).self) { try Self.read("billing: {links: many}") }
    }

    @Test(arguments: ["links", "linkz"])
    func `an old name is neither a key of other sections nor a suggestion`(key: String) throws {
        let section = key == "links" ? "log" : "billing"
        let error = #expect(throws: (any Error).self) { try Self.read("\(section): {\(key): 4096}") }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("unknown key '\(key)'"))
        #expect(!message.contains("did you mean"))
    }

    @Test func `each new name is a setting, no old name is, and the changelog lists both`() throws {
        let names = Set(SettingsFile.all.map(\.name))
        let changes = try String(contentsOf: Repository.root.appending(path: "CHANGELOG.md"), encoding: .utf8)
        for setting in RenamedSetting.all {
            let (old, new) = ("\(setting.section).\(setting.oldKey)", "\(setting.section).\(setting.newKey)")
            #expect(names.contains(new) && !names.contains(old), "\(new)")
            let row = changes.split(separator: "\n").first { $0.contains("| setting |") && $0.contains("`\(old)`") }
            #expect(row?.contains("`\(new)`") ?? false, "\(old)")
        }
    }

    @Test func `check-config accepts an old name and prints the warning`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "settings.yaml")
        try "billing: {links: 4096}".write(to: file, atomically: true, encoding: .utf8)
        let result = try run(Repository.service, ["check-config", "--config.file", file.path])
        #expect(result.status == 0)
        let warning = "  warning: \(file.path):1: billing.links has a new name; write billing.remembered_parents"
        #expect(String(decoding: result.output, as: UTF8.self).contains("settings: ok\n" + warning))
    }
}
