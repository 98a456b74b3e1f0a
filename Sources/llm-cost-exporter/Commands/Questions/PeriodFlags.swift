// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

/// The flags that name the period of a question, as its parameters over HTTP do.
struct PeriodFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Start of the period: 2026-11-28, 2026-11-28T10:00:00Z, Unix time, or relative such as now-7d and now/M.",
            valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the period, which does not belong to it (default now).", valueName: "time"))
    var to: String?

    @OptionGroup var zone: ZoneFlag

    /// The parameters, with another begin if the flag names none.
    func parameters(from usual: String? = nil) -> [(name: String, value: String)] {
        [("from", from ?? usual), ("to", to)].compactMap { name, value in value.map { (name, $0) } } + zone.parameters
    }

    /// The flags as words of a command, with another begin if the flag names none.
    func words(from usual: String) -> [String] {
        parameters(from: usual).flatMap { ["--\($0.name)", $0.value] }
    }
}

/// The flag that names the time zone of an answer.
struct ZoneFlag: ParsableArguments {
    @Option(
        name: .customLong("tz"),
        help: ArgumentHelp(
            "Time zone of days and months: UTC, +08:00 or a name such as Europe/Berlin (default the setting tz).",
            valueName: "zone"))
    var name: String?

    var parameters: [(name: String, value: String)] { name.map { [("tz", $0)] } ?? [] }
}
