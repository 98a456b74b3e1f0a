// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import llm_cost_exporter

/// `docs/commands.md` has a row for each command and flag, and no other.
@Suite struct DocumentedFlagsTests {
    /// What the argument parser knows of a command.
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable { var name: String }

            var names: [Name]?
        }

        var commandName: String
        var arguments: [Argument]?
        var subcommands: [Command]?

        /// The flags that only this command or some commands have.
        var flags: Set<String> {
            let names = (arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)
            return Set(names).subtracting(["help", "h", "version"])
        }
    }

    private struct Dump: Decodable { var command: Command }

    private let commands: [String: Command]
    private let page: MarkdownPage

    init() throws {
        page = try MarkdownPage("docs/commands.md")
        let dump = try run(Repository.service, ["--experimental-dump-help"])
        let root = try JSONDecoder().decode(Dump.self, from: Data(dump.output)).command
        let all = (root.subcommands ?? []).filter { $0.commandName != "help" }
        commands = Dictionary(uniqueKeysWithValues: all.map { ($0.commandName, $0) })
    }

    @Test func `each command has a row`() {
        let rows = page.tables.first?.rows ?? []
        #expect(Set(rows.compactMap { MarkdownPage.code(in: $0[0]).first }) == Set(commands.keys))
    }

    @Test(arguments: ["prices", "ledger"])
    func `each command of a group has a row`(group: String) {
        let looks = page.tables.filter { $0.heading == group && $0.header.first == "command" }.flatMap(\.rows)
        let names = looks.compactMap { MarkdownPage.code(in: $0[0]).first?.split(separator: " ").dropFirst().first }
        #expect(Set(names.map(String.init)) == Set((commands[group]?.subcommands ?? []).map(\.commandName)))
    }

    @Test(
        arguments: [
            "replay", "report", "top", "trace", "export", "reprice", "import", "price", "metrics", "check-config",
            "doctor",
        ])
    func `each flag of a command has a row`(command: String) {
        #expect(Self.flags(in: page, under: command) == commands[command]?.flags)
    }

    @Test func `each flag of explain has a row`() throws {
        #expect(
            try Self.flags(in: MarkdownPage("docs/troubleshooting.md"), under: "explain") == commands["explain"]?.flags)
    }

    @Test(arguments: ["prices", "ledger"])
    func `each flag of a command of a group has a row that names the command`(group: String) throws {
        let table = try #require(page.tables.first { $0.heading == group && $0.header.first == "flag" })
        for command in commands[group]?.subcommands ?? [] {
            let rows = table.rows.filter {
                $0[1] == "all" || MarkdownPage.code(in: $0[1]).contains(command.commandName)
            }
            #expect(Set(rows.flatMap { Self.flags(in: $0[0]) }) == command.flags, "\(group) \(command.commandName)")
        }
    }

    @Test func `each flag of serve has a variable, and the help of the bare command tells both with the default`()
        throws
    {
        #expect(Set(FlagEnvironment.flags) == commands["serve"]?.flags)
        let help = try run(Repository.service, ["--help"])
        #expect(help.status == 0)
        let words = help.text.split { $0.isWhitespace }.joined(separator: " ")
        for row in page.rows(by: "flag of `serve`") {
            let flag = try #require(Self.flags(in: row[0]).first)
            let standard = MarkdownPage.code(in: row[2]).first { !["true", "false"].contains($0) } ?? ""
            let text = try #require(words.ranges(of: "--\(flag) ").last.map { words[$0.upperBound...] }, "\(flag)")
            let variable = try #require(
                text.firstRange(of: "Environment: \(FlagEnvironment.name(of: flag))."), "\(flag)")
            let own = text[..<variable.upperBound]
            #expect(own.contains("Default: \(standard)") && !own.contains(" --"), "\(flag)")
        }
        for line in ["USAGE: llm-cost-exporter [serve] [<flags of serve>]", "SUBCOMMANDS:", "EXIT CODES:"] {
            #expect(help.text.contains(line))
        }
        #expect(try run(Repository.service, ["help"]).text == help.text)
        #expect(try run(Repository.service, ["-h"]).text == help.text)
    }

    @Test func `the exit codes of the page are those of the help`() throws {
        let help = try run(Repository.service, ["--help"]).text
        let listed = try #require(help.split(separator: "EXIT CODES:").last).split(separator: "\n")
            .compactMap { Int($0.drop { $0 == " " }.prefix { $0.isNumber }) }
        #expect(page.rows(by: "code").compactMap { Int($0[0]) } == listed)
        #expect(
            listed == [
                0, 1, Int(ExitStatus.unreadable), 64, Int(ExitStatus.noService), Int(ExitStatus.outputFailed),
                Int(ExitStatus.readerGone),
            ])
    }

    @Test func `each flag of serve has a row with its variable, its default and its setting`() throws {
        let rows = page.rows(by: "flag of `serve`")
        #expect(Set(rows.flatMap { Self.flags(in: $0[0]) }) == commands["serve"]?.flags)
        let settings = try MarkdownPage("docs/settings.md").rows(by: "key")
        for row in rows {
            let flag = try #require(Self.flags(in: row[0]).first)
            #expect(MarkdownPage.code(in: row[1]) == [FlagEnvironment.name(of: flag)], "\(flag)")
            guard flag != "config.file" else { continue }
            let key = flag == "prices" ? "prices.files" : flag.replacing("-", with: "_")
            #expect(MarkdownPage.code(in: row[3]).first == key, "\(flag)")
            let setting = try #require(settings.first { MarkdownPage.code(in: $0[0]).first == key }, "\(flag)")
            #expect(row[2] == setting[1] || setting[1] == "`false`" && row[2].hasPrefix("off"), "\(flag)")
        }
    }

    private static func flags(in page: MarkdownPage, under heading: String) -> Set<String> {
        let tables = page.tables.filter { $0.heading == heading && $0.header.first == "flag" }
        return Set(tables.flatMap(\.rows).flatMap { flags(in: $0[0]) })
    }

    /// The flags in a cell, without the signs before them and the placeholder behind.
    private static func flags(in cell: String) -> [String] {
        MarkdownPage.code(in: cell).compactMap { code in
            code.hasPrefix("--") ? String(code.dropFirst(2).prefix { $0 != " " }) : nil
        }
    }
}
