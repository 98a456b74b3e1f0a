// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The flag that names the settings file.
struct ConfigFileFlag: ParsableArguments {
    @Option(
        name: .customLong("config.file"), help: .served("A YAML file with settings.", "config.file", "none", "file"))
    var path: String?

    /// The settings file that the flag or else the environment names.
    var value: FlagValue? { FlagValue(path, of: "config.file") }
}
