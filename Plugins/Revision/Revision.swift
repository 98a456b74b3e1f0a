// SPDX-License-Identifier: Apache-2.0
import PackagePlugin

/// Runs `scripts/revision` before each build, which writes version, commit and compiler into a Swift file of the executable.
///
/// The script leaves the file alone if nothing changed. No room imports the executable, so that a new commit recompiles nothing
/// else.
@main
struct Revision: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let package = context.package.directoryURL
        return [
            .prebuildCommand(
                displayName: "Revision of \(context.package.displayName)",
                executable: package.appending(path: "scripts/revision"),
                arguments: [
                    context.pluginWorkDirectoryURL.appending(path: "Revision.swift").path(percentEncoded: false),
                    try context.tool(named: "swiftc").url.path(percentEncoded: false),
                ],
                outputFilesDirectory: context.pluginWorkDirectoryURL)
        ]
    }
}
