// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The help of the bare command, which serves: its own, and the flags of `serve`.
enum BareHelp {
    /// The whole text.
    static var text: String {
        let own = sections(of: CostExporter.helpMessage())
        let serve = sections(of: CostExporter.helpMessage(for: Serve.self))
        func section(_ title: String, _ sections: [String]) -> String? { sections.first { $0.hasPrefix(title) } }
        // The options that the bare command has itself follow in its own section.
        let flags = section("OPTIONS:", serve)?.split(separator: "\n  --version").first.map { String($0) }
        return [
            section("OVERVIEW:", own), usage,
            section("SUBCOMMANDS:", own)?.replacing("serve (default)", with: "serve          "),
            flags?.replacing("OPTIONS:", with: "FLAGS OF serve:"), section("OPTIONS:", own), environment, exitCodes,
            "See 'llm-cost-exporter help <subcommand>' for the flags of a subcommand.",
        ].compactMap(\.self).joined(separator: "\n\n")
    }

    private static func sections(of help: String) -> [String] {
        help.split(separator: "\n\n").map { section in
            section.split(separator: "\n").map(String.init).joined(separator: "\n")
        }
    }

    private static let usage = """
        USAGE: llm-cost-exporter [serve] [<flags of serve>]
               llm-cost-exporter <subcommand> [<arguments>]
        """

    private static let environment = """
        A flag wins over its environment variable, and both win over the settings
        file. 'llm-cost-exporter check-config FILE' checks all of them.
        """

    private static let exitCodes = """
        EXIT CODES:
          0                       Success; for serve, a shutdown by a signal.
          1                       A mistake in settings, price files or input; an
                                  address that is taken; for prices find, show and
                                  list, a name that is unknown; for doctor,
                                  something that is wrong; for ledger check,
                                  something that does not agree.
          2                       For ledger check, the folder cannot be read.
          64                      A wrong command line: an unknown command or
                                  flag, a missing argument, or a value that the
                                  flag does not accept.
          69                      For doctor, no service at the address.
          74                      Standard output or the file of --output cannot
                                  be written.
          141                     The reader of standard output is gone.
        """
}
