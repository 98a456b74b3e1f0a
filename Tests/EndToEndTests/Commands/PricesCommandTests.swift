// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The commands that look into price books, with price files of the tests' own.
@Suite struct PricesCommandTests {
    /// A provider with two models, an alias and a tenant; no model of the embedded book has to do with it.
    private static let first = """
        format: pricebook/1
        version: house-1
        providers: {acme: {aliases: [acme-ai], hosts: [api.acme.test]}}
        models:
          - id: acme/m-large
            provider: acme
            names: [m-large, m-large-2026]
            prices:
              - rates: {input: "2", output: "8", cache_read: "0.2"}
                above: [{over: 1000, rates: {input: "4"}}]
                fees: {web_search: "0.01"}
              - {from: 2026-06-01, until: 2027-01-01, rates: {input: "1.5", output: "6"}}
              - {tz: Europe/Berlin, windows: [{days: [6, 7], hours: ["22:00-06:00"]}], rates: {input: "1", output: "4"}}
            variants: [{when: {tier: batch}, rates: {input: "1"}}]
            multipliers: [{when: {data_residency: eu}, by: "1.1"}]
          - {id: acme/m-hosted, provider: acme, names: [m-hosted], hosted: {mode: busy_time, gpu_hour: "3.6"}}
        aliases: [{provider: acme, name: prod, to: acme/m-large}]
        tenants:
          gold:
            match: {resource: {tenant.id: gold}}
            models: [{id: acme/m-gold, names: [m-gold], prices: [{rates: {input: "9", output: "9"}}]}]
        """
    private static let second = first.replacing("{input: \"2\"", with: "{input: \"3\"").replacing(
        "m-hosted", with: "m-host2")

    private let folder: PriceFolder

    init() throws {
        folder = try PriceFolder(prices: Self.first)
        try folder.write(Self.second, "second.yaml")
        try folder.write("format: pricebook/1\nmodels: [{id: acme/x, prices: [{tz: Europe/Berln}]}]", "broken.yaml")
    }

    @Test func `list shows each model with the rates of the moment asked for, and whose it is`() throws {
        let listed = try prices("list", "--prices", "prices.yaml", "--provider", "acme-ai", "--at", "2027-02-01")
        #expect(
            listed.text == """
                id             input  output  cached
                acme/m-gold    9      9       -       tenant gold
                acme/m-hosted  -      -       -       price file, hosted, busy_time
                acme/m-large   2      8       0.2     price file

                """)
        let lines = try prices(
            "list", "--prices", "prices.yaml", "--provider", "ACME", "--at", "2027-02-01", "--format", "json"
        ).objects
        #expect(lines.map { $0["id"] as? String } == ["acme/m-gold", "acme/m-hosted", "acme/m-large"])
        #expect(lines.map { $0["tenant"] as? String } == ["gold", "", ""])
        #expect(lines.map { $0["input"] as? String } == ["9", nil, "2"])
        #expect(lines[0]["cache_read"] is NSNull)
        #expect(lines[2]["names"] as? [String] == ["m-large", "m-large-2026"])
        #expect(lines[2]["override"] as? Bool == true)
    }

    @Test func `list has the whole book, and knows which providers there are`() throws {
        let all = try prices("list", "--format", "json").objects
        #expect(all.count > 1_000)
        #expect(all.allSatisfy { $0["override"] as? Bool == false && $0["id"] is String })
        let refused = try prices("list", "--prices", "prices.yaml", "--provider", "acmee")
        #expect(refused.status == 1)
        #expect(refused.text.isEmpty)
        #expect(refused.log == "acmee: no provider has this name; nearest is acme\n")
    }

    @Test func `show has the rates of the moment asked for, and every figure`() throws {
        let shown = try prices("show", "--prices", "prices.yaml", "--at", "2026-07-01", "acme/m-large")
        #expect(
            shown.text == """
                acme/m-large (price file)
                names: m-large, m-large-2026
                at 2026-07-01: input $1.5, output $6
                input                                       $2
                output                                      $8
                cache_read                                  $0.2
                input above 1000                            $4
                fee web_search                              $0.01
                input from 2026-06-01 until 2027-01-01      $1.5
                output from 2026-06-01 until 2027-01-01     $6
                input at 22:00-06:00 Europe/Berlin on 6,7   $1
                output at 22:00-06:00 Europe/Berlin on 6,7  $4
                tier=batch input                            $1
                data_residency=eu factor on all tokens      1.1

                """)
        let json = ["show", "--prices", "prices.yaml", "acme/m-large", "--format", "json"]
        let object = try prices(json + ["--at", "2027-02-01"]).objects.first
        #expect(object?["input"] as? String == "2")
        let figures = object?["figures"] as? [[String: String]] ?? []
        #expect(figures.count == 11)
        #expect(figures.first == ["subject": "input", "value": "2"])
        #expect(figures.last == ["subject": "data_residency=eu factor on all tokens", "value": "1.1"])
        let hosted = try prices("show", "--prices", "prices.yaml", "acme/m-hosted")
        #expect(hosted.text.hasSuffix("hosted busy_time an hour  $3.6\nan hour of a call         $3.6\n"))
    }

    @Test func `show names the nearest models of an id that there is not`() throws {
        let refused = try prices("show", "--prices", "prices.yaml", "acme/m-lrge")
        #expect(refused.status == 1)
        #expect(refused.text.isEmpty)
        #expect(refused.log.hasPrefix("acme/m-lrge: no model has this id; nearest are acme/m-large"))
    }

    @Test(arguments: [
        (["--provider", "acme", "M-Large"], "acme/m-large", "override"),
        (["--provider", "acme", "prod"], "acme/m-large", "override"),
        (["--server-address", "api.acme.test", "models/m-large-2026"], "acme/m-large", "override"),
    ])
    func `find tells how a name is matched`(_ arguments: [String], _ model: String, _ word: String) throws {
        let found = try prices(["find", "--prices", "prices.yaml"] + arguments)
        #expect(found.status == 0)
        #expect(found.text.hasPrefix("provider: acme\nspellings: '"))
        #expect(found.text.hasSuffix("matched: \(model), \(word)\n"))
        let object = try prices(["find", "--prices", "prices.yaml", "--format", "json"] + arguments).objects.first
        #expect(object?["model"] as? String == model)
        #expect(object?["matched"] as? String == word)
        #expect((object?["steps"] as? [String])?.joined(separator: "\n").appending("\n") == found.text)
    }

    @Test func `find tells of an alias what it stands for, and with which provider`() throws {
        let found = try prices("find", "--prices", "prices.yaml", "--provider", "acme", "prod")
        #expect(found.text.contains("\na price file has the name as an alias of acme/m-large\n"))
        let elsewhere = try prices("find", "--prices", "prices.yaml", "PROD")
        #expect(elsewhere.status == 1)
        #expect(
            elsewhere.text.contains(
                "\nthe name is an alias of acme/m-large if the provider is acme; try --provider acme\nnot matched: "))
    }

    @Test func `find of an unknown name ends with a price file to complete, which is one`() throws {
        let unknown = try prices("find", "--prices", "prices.yaml", "--provider", "acme", "m-lrge")
        #expect(unknown.status == 1)
        #expect(unknown.text.contains("not matched: unknown_model\nnearest: acme/m-large\n"))
        let object = try prices("find", "--prices", "prices.yaml", "--provider", "acme", "m-lrge", "--format", "json")
        #expect(object.status == 1)
        let stub = try #require(object.objects.first?["stub"] as? String)
        #expect(unknown.text.hasSuffix("a price file to complete:\n\n" + stub))
        try folder.write(stub.replacing("put: \"?\"", with: "put: \"7\""), "stub.yaml")
        let completed = try prices(
            "find", "--prices", "prices.yaml", "--prices", "stub.yaml", "--provider", "acme", "m-lrge")
        #expect(completed.status == 0)
        #expect(completed.text.hasSuffix("matched: acme/m-lrge, override\n"))
        #expect(try prices("find", " ").status == 64)
    }

    @Test func `check tells of good files what is in them, and of a bad one where and how to mend it`() throws {
        let checked = try prices("check", "prices.yaml", "second.yaml")
        #expect(checked.status == 0)
        #expect(checked.log == "")
        #expect(checked.text.contains("prices.yaml: ok, 3 models, 1 aliases, 1 tenants\n"))
        #expect(checked.text.contains("price book: ok, version "))
        let object = try prices("check", "prices.yaml", "--format", "json").objects.first
        let file = (object?["files"] as? [[String: Any]])?.first
        #expect(file?["version"] as? String == "house-1")
        #expect(file?["tenants"] as? Int == 1)
        #expect((object?["warnings"] as? [String])?.isEmpty == true)
        let broken = try prices("check", "prices.yaml", "broken.yaml")
        #expect(broken.status == 1)
        #expect(broken.text.isEmpty)
        #expect(broken.log.contains("broken.yaml:2: 'tz' must be UTC, an offset such as +08:00 or a time zone such as"))
        #expect(broken.log.contains("(did you mean Europe/Berlin?), not 'Europe/Berln'"))
        let missing = try prices("check", "missing.yaml")
        #expect(missing.status == 1)
        #expect(missing.log.contains("missing.yaml: the price file does not exist; give the path of"))
    }

    @Test func `check of the embedded book finds nothing that is wrong`() throws {
        let checked = try prices("check")
        #expect(checked.status == 0)
        #expect(checked.text.hasPrefix("price book: ok, version "))
    }

    @Test func `diff shows what changed, came and went`() throws {
        let text = try prices("diff", "prices.yaml", "second.yaml")
        #expect(
            text.text == """
                acme/m-host2   hosted busy_time an hour  -    ->  3.6
                acme/m-host2   an hour of a call         -    ->  3.6
                acme/m-hosted  hosted busy_time an hour  3.6  ->  -
                acme/m-hosted  an hour of a call         3.6  ->  -
                acme/m-large   input                     2    ->  3
                1 changed, 2 added, 2 removed

                """)
        #expect(try prices("diff", "prices.yaml", "prices.yaml").text == "0 changed, 0 added, 0 removed\n")
        let cut = try prices("diff", "prices.yaml", "second.yaml", "--limit", "1").text
        #expect(cut.split(separator: "\n").count == 3)
        #expect(cut.contains("\n… and more; --limit lists them\n1 changed, 2 added, 2 removed\n"))
        let object = try prices("diff", "prices.yaml", "second.yaml", "--format", "json").objects.first
        let changes = object?["changes"] as? [[String: Any]] ?? []
        #expect(object?["changed"] as? Int == 1)
        #expect(changes.count == 5)
        #expect(changes.last?["before"] as? String == "2")
        #expect(changes.first?["before"] is NSNull)
        let whole = try prices("diff", "embedded", "prices.yaml").text
        #expect(whole.hasSuffix("\n0 changed, 16 added, 0 removed\n"), "\(whole)")
        #expect(try prices("diff", "prices.yaml", "second.yaml", "--limit", "-1").status != 0)
    }

    private func prices(_ arguments: String...) throws -> ProgramResult { try prices(arguments) }

    /// Runs a command; arguments that end in `.yaml` are files of the folder.
    private func prices(_ arguments: [String]) throws -> ProgramResult {
        try run(Repository.service, ["prices"] + arguments.map { folder.path(of: $0) })
    }
}

extension ProgramResult {
    /// What was printed as one JSON object a line.
    var objects: [[String: Any]] {
        text.split(separator: "\n").map { line in
            (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
        }
    }
}
