// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What the service says to a user whose command line, variables or files are wrong: a sentence that names the remedy.
@Suite struct WrongBeginningTests {
    /// One wrong beginning.
    struct Row: Sendable, CustomTestStringConvertible {
        /// What is wrong.
        let what: String
        /// The files of a folder, by name.
        var files: [String: String] = [:]
        /// Variables, as `NAME=value`.
        var variables: [String] = []
        /// The command line; a word that is the name of a file, or begins with `./`, is a path in the folder.
        let words: [String]
        /// The exit code.
        var status: Int32 = 1
        /// The whole line that is printed; `./` is the folder.
        let says: String

        var testDescription: String { what }
    }

    private static let check = ["check-config", "settings.yaml"]

    private static func setting(_ what: String, _ text: String, _ says: String) -> Row {
        Row(what: what, files: ["settings.yaml": text], words: check, says: "Error: ./settings.yaml:" + says)
    }

    static let commandLines: [Row] = [
        Row(
            what: "a misspelt flag", words: ["--otlp.listen-adress", ":4318"], status: 64,
            says: "Error: Unknown option '--otlp.listen-adress'. Did you mean '--otlp.listen-address'?"),
        Row(
            what: "the flag of another program", words: ["serve", "--config", "settings.yaml"], status: 64,
            says: "Error: Unknown option '--config'. Did you mean '--config.file'?"),
        Row(
            what: "a flag that there is twice", words: ["--port", "4318"], status: 64,
            says: "Error: Unknown option '--port'. Did you mean '--otlp.listen-address' or '--web.listen-address'?"),
        Row(
            what: "a wrong subcommand", words: ["serv"], status: 64,
            says: "Error: there is no command 'serv'; did you mean 'serve'?"),
        Row(
            what: "the subcommand of another program", words: ["validate", "settings.yaml"], status: 64,
            says: "Error: there is no command 'validate'; did you mean 'check-config'?"),
        Row(
            what: "a wrong subcommand of a subcommand", words: ["prices", "fnd", "gpt-4o"], status: 64,
            says: "Error: there is no command 'prices fnd'; did you mean 'prices find'?"),
        Row(
            what: "no subcommand at all", words: ["quux"], status: 64,
            says: "Error: there is no command 'quux'; the commands are serve, replay, explain, report, top, trace, "
                + "export, reprice, import, price, prices, metrics, check-config, doctor, ledger, version"),
        Row(
            what: "a settings file without its flag", words: ["my.yaml"], status: 64,
            says: "Error: there is no command 'my.yaml'; to serve with this settings file, write --config.file my.yaml"),
        Row(
            what: "a settings file behind its command", words: ["serve", "my.yaml"], status: 64,
            says: "Error: 'serve' takes no file as an argument; write --config.file my.yaml"),
        Row(
            what: "a settings file twice", files: ["settings.yaml": ""],
            words: check + ["--config.file", "settings.yaml"], status: 64,
            says: "Error: give the settings file once, as an argument or with --config.file"),
        Row(
            what: "an address without a port", words: ["--otlp.listen-address", "localhost"], status: 64,
            says: "Error: --otlp.listen-address: listen address 'localhost': the port is missing; write host:port, or "
                + ":port for all interfaces"),
        Row(
            what: "a wrong value of a flag", words: ["--log.level", "loud"], status: 64,
            says: "Error: --log.level: must be one of debug, info, warn, error, not 'loud'"),
        Row(
            what: "a path that is none", words: ["--web.telemetry-path", "metrics"], status: 64,
            says:
                "Error: --web.telemetry-path: web.telemetry_path: must begin with '/' and contain no spaces, '?', '#' or "
                + "'%', not 'metrics'"),
        Row(
            what: "a price file that is missing", words: ["--prices", "./none.yaml"],
            says: "Error: --prices: the price file ./none.yaml does not exist; give the path of a YAML or JSON file"),
        Row(
            what: "a settings file that is missing", words: ["--config.file", "./none.yaml"],
            says: "Error: ./none.yaml: the settings file does not exist; give --config.file the path of a YAML file"),
        Row(
            what: "a folder instead of a settings file", words: ["check-config", "./"],
            says: "Error: ./: the settings file is a directory; give check-config the path of a YAML file"),
    ]

    static let variables: [Row] = [
        Row(
            what: "a misspelt variable", variables: ["LLM_COST_EXPORTER_LOG_LEVL=debug"], words: ["check-config"],
            status: 0,
            says: "  warning: LLM_COST_EXPORTER_LOG_LEVL is not read; did you mean LLM_COST_EXPORTER_LOG_LEVEL?"),
        Row(
            what: "a variable for a setting that has none", variables: ["LLM_COST_EXPORTER_BILLING_SETTLE=5s"],
            words: ["check-config"], status: 0,
            says:
                "  warning: LLM_COST_EXPORTER_BILLING_SETTLE is not read; billing.settle has no variable; write it into "
                + "the settings file"),
        Row(
            what: "a port of a listener in a variable", variables: ["LLM_COST_EXPORTER_WEB_PORT=9464"],
            words: ["check-config"], status: 0,
            says: "  warning: LLM_COST_EXPORTER_WEB_PORT is not read; set LLM_COST_EXPORTER_OTLP_LISTEN_ADDRESS or "
                + "LLM_COST_EXPORTER_WEB_LISTEN_ADDRESS to an address such as :9464"),
        Row(
            what: "a port in a variable", variables: ["LLM_COST_EXPORTER_PORT=9464"], words: ["check-config"],
            status: 0,
            says: "  warning: LLM_COST_EXPORTER_PORT is not read; set LLM_COST_EXPORTER_OTLP_LISTEN_ADDRESS or "
                + "LLM_COST_EXPORTER_WEB_LISTEN_ADDRESS to an address such as :9464"),
        Row(
            what: "a wrong value of a variable", variables: ["LLM_COST_EXPORTER_WEB_ENABLE_LIFECYCLE=yes"],
            words: ["check-config"],
            says: "Error: LLM_COST_EXPORTER_WEB_ENABLE_LIFECYCLE: must be true or false, not 'yes'"),
        Row(
            what: "a missing file in a variable", variables: ["LLM_COST_EXPORTER_CONFIG_FILE=/nowhere.yaml"],
            words: ["check-config"],
            says:
                "Error: /nowhere.yaml: the settings file does not exist; set LLM_COST_EXPORTER_CONFIG_FILE to the path of "
                + "a YAML file"),
    ]

    static let settings: [Row] = [
        setting(
            "a misspelt key", "otlp:\n  max_body_byte: 1MiB",
            "2: unknown key 'max_body_byte'; did you mean 'max_body_bytes'?"),
        setting(
            "a key written flat", "otlp.workers: 3",
            "1: unknown key 'otlp.workers'; keys are nested: write 'otlp:' and below it, indented, 'workers: 3'"),
        setting(
            "a key in a wrong section", "web:\n  workers: 3",
            "2: unknown key 'workers'; 'workers' belongs below 'otlp:'"),
        setting("a wrong type of value", "otlp: {workers: many}", "1: 'workers' must be a whole number, not 'many'"),
        setting(
            "a duration without a unit", "billing: {settle: 10}",
            "1: 'settle' must be a duration such as 500ms, 10s, 1h30m or 30d, not '10'"),
        setting(
            "a time zone of odd minutes", "tz: \"+01:59\"",
            "1: 'tz' must differ from UTC by whole quarters of an hour, such as +05:45, not '+01:59'"),
        setting(
            "a label without its mapping", "labels: [team]",
            "1: 'labels' must be a list of mappings such as {name: team, from: [span.team, resource.team]}, not 'team'"),
        setting(
            "labels as a mapping", "labels: {team: resource.service.name}",
            "1: 'labels' must be a list such as [{name: team, from: [resource.service.name]}], not a mapping"),
        setting(
            "a label's source without its list", "labels: [{name: team, from: resource.team}]",
            "1: 'from' must be a list of attributes such as [resource.team], not 'resource.team'"),
        setting(
            "a value that a terminal would obey", "tz: \"\\e[31mred\\r\\nUTC\"",
            "1: 'tz' must be UTC, an offset such as +08:00 or a time zone such as America/New_York, not "
                + "'\\u001B[31mred\\r\\nUTC'"),
        setting("a word for true", "reload: {watch: yes}", "1: 'watch' must be true or false, not 'yes'"),
        setting(
            "a duplicate key", "log:\n  level: info\n  level: debug",
            "2: 'level' occurs twice in one mapping; remove one of them"),
        setting(
            "a tab", "otlp:\n\tworkers: 3",
            "2: not valid YAML or JSON at column 1: found character that cannot start any token; indent with spaces, "
                + "since a tab cannot indent YAML"),
        setting(
            "two keys on a line", "log: level: info",
            "1: not valid YAML or JSON at column 11: mapping values are not allowed in this context; put the second key "
                + "on a line of its own and indent it, or quote a text that has a colon and a space"),
        setting(
            "limits that contradict each other", "otlp:\n  max_inflated_bytes: 1MiB",
            "2: otlp.max_inflated_bytes: must be at least otlp.max_body_bytes (20971520), not 1048576"),
        setting(
            "a provider that there is not", "prices:\n  reported_cost:\n    providers: {opnai: reported}",
            "3: 'opnai' in prices.reported_cost.providers: no provider of the price book has this id; did you mean "
                + "'openai'?"),
        setting(
            "a price file that is missing", "prices:\n  files: [none.yaml]",
            "2: the price file ./none.yaml does not exist; give the path of a YAML or JSON file, relative to the settings "
                + "file"),
        Row(
            what: "an empty settings file", files: ["settings.yaml": "# nothing\n"], words: check, status: 0,
            says: "  warning: ./settings.yaml: the file has no settings, so that each has its default"),
    ]

    static let priceFiles: [Row] = [
        Row(
            what: "LiteLLM's list", files: ["prices.yaml": #"{"gpt-4o": {"litellm_provider": "openai"}}"#],
            words: ["prices", "check", "prices.yaml"],
            says:
                "Error: ./prices.yaml:1: the document must be a price file in the format pricebook/1, not LiteLLM's list "
                + "of prices; the embedded book has these prices, so leave the file out"),
        Row(
            what: "settings as a price file", files: ["prices.yaml": "otlp: {workers: 3}"],
            words: ["check-config", "--prices", "prices.yaml"],
            says: "Error: ./prices.yaml:1: the document must be a price file in the format pricebook/1, not a settings "
                + "file; name it with --config.file, and the price files in it under prices.files"),
    ]

    @Test(arguments: commandLines + variables + settings + priceFiles)
    func `a wrong beginning is answered by a sentence with the remedy`(row: Row) throws {
        let folder = try TemporaryFolder()
        for (name, text) in row.files {
            try text.write(to: folder.url.appending(path: name), atomically: true, encoding: .utf8)
        }
        let words = row.words.map { word in
            row.files[word] == nil && !word.hasPrefix("./")
                ? word : folder.url.path + "/" + (word.hasPrefix("./") ? String(word.dropFirst(2)) : word)
        }
        let result = try run(URL(filePath: "/usr/bin/env"), row.variables + [Repository.service.path] + words)
        let printed = (result.text + result.log).replacing(folder.url.path + "/", with: "./")
        #expect(result.status == row.status, "\(printed)")
        #expect(printed.split(separator: "\n").contains { $0 == row.says }, "\(printed)")
    }

    @Test func `an error about a file without permission names the user and the remedy`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "settings.yaml").path
        let script = """
            umask 777; : > "$1"; program="$0"; shift
            test "$(id -u)" != 0 || without="setpriv --bounding-set=-all --inh-caps=-all"
            exec $without "$program" check-config "$@"
            """
        let result = try run(URL(filePath: "/bin/sh"), ["-c", script, Repository.service.path, file, file])
        #expect(result.status == 1)
        #expect(
            result.log
                == "Error: \(file): the settings file is not readable by this process, whose user id is \(geteuid()); "
                + "permit it with chmod or chown, for its folders as well\n")
    }

    @Test func `text in another encoding is answered by the remedy`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "settings.yaml")
        try Data([0xFF, 0xFE, 0x6C, 0x00]).write(to: file)
        let result = try run(Repository.service, ["check-config", file.path])
        #expect(result.status == 1)
        #expect(result.log == "Error: \(file.path): the settings file is not UTF-8 text; save it as UTF-8\n")
    }

    @Test func `all mistakes are told at once, in flags, variables, settings and price files`() throws {
        let folder = try TemporaryFolder()
        let texts = [
            "settings.yaml": """
            otlp: {wokers: 3, max_body_bytes: 1}
            labels: [{name: 1a, from: [span.a]}, {name: a, from: [a]}]
            prices: {files: [prices.yaml, none.yaml], approximate: 1}
            shadow_books: [{name: old, files: [old.yaml]}]
            """,
            "prices.yaml": "format: pricebook/1\n",
            "old.yaml": """
            format: pricebook/1
            models:
              - {id: a/b, provider: a, names: [b], prices: [{rates: {input: cheap}}]}
              - {id: a/c, provider: a, names: [c], price: []}
            """,
        ]
        for (name, text) in texts {
            try text.write(to: folder.url.appending(path: name), atomically: true, encoding: .utf8)
        }
        let file = folder.url.appending(path: "settings.yaml").path
        let result = try run(
            URL(filePath: "/usr/bin/env"),
            ["LLM_COST_EXPORTER_LOG_FORMAT=xml", Repository.service.path, "check-config", file])
        #expect(result.status == 1)
        let lines = result.log.replacing(folder.url.path + "/", with: "").split(separator: "\n")
        let beginnings = [
            "Error: settings.yaml:1: unknown key 'wokers'; did you mean 'workers'?",
            "Error: settings.yaml:2: 'name' must be a label name", "Error: settings.yaml:2: 'from' must be span.KEY",
            "Error: settings.yaml:3: 'approximate' must be true or false",
            "Error: LLM_COST_EXPORTER_LOG_FORMAT: must be one of logfmt, json, not 'xml'",
            "Error: settings.yaml:3: the price file none.yaml does not exist",
            "Error: old.yaml:3: ", "Error: old.yaml:4: unknown key 'price'; did you mean 'prices'?",
        ]
        #expect(lines.count == beginnings.count, "\(result.log)")
        for (line, beginning) in zip(lines, beginnings) { #expect(line.hasPrefix(beginning)) }
    }

    @Test func `the log warns of a misspelt variable, and not of those that Kubernetes sets`() throws {
        let host = "LLM_COST_EXPORTER_SERVICE_HOST=10.0.0.1 LLM_COST_EXPORTER_SERVICE_PORT_METRICS=9464 "
        let port = "LLM_COST_EXPORTER_PORT=tcp://10.0.0.1:4318 LLM_COST_EXPORTER_PORT_4318_TCP_ADDR=10.0.0.1 "
        let folder = try TemporaryFolder()
        let log = folder.url.appending(path: "log").path
        let service = try ServiceUnderTest(
            shell: host + port + #"LLM_COST_EXPORTER_LOG_FORMT=json exec "$0" "$@" 2>"\#(log)""#)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        let told = lines.filter { $0.contains("LLM_COST_EXPORTER") }
        #expect(told.count == 1, "\(told)")
        #expect(
            told.first?.hasSuffix(
                #"level=warn msg="an environment variable is not read" remedy="did you mean "#
                    + #"LLM_COST_EXPORTER_LOG_FORMAT?" variable=LLM_COST_EXPORTER_LOG_FORMT"#) == true, "\(told)")
    }
}
