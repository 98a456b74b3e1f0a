// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import Exposition
import Ingest

/// `replay`: what a service would show that had received these bodies and nothing else.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read OTLP bodies from files and print the resulting metrics.",
        discussion: """
            A file holds one body in protobuf or JSON, plain or gzip, or one JSON body per line; '-' is standard input. \
            The command reads no clock: it prices spans without a plausible time at the newest prices, and the same input \
            always prints the same bytes.

            The exit code is 0 if all files were read, and 1 if one of them or one of the bodies was not: the metrics are \
            those of the others, and the file that --output names is not written.
            """)

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var prices: OwnPricesFlag
    @OptionGroup var steps: StepFlags

    @OptionGroup var result: OutputFileFlag

    @Argument(help: "Files with OTLP bodies, or '-'.")
    var files: [String]

    func run() throws {
        try result.begin()
        var loaded = try Loaded(file, prices: prices)
        for note in loaded.clockNotes { StandardError.write("note: \(note)\n") }
        loaded.settings.page.isSorted = true
        loaded.settings.page.showsCreated = false
        let failures =
            if let step = steps.seconds {
                try SteppedReplay(seconds: step, labels: steps.labels).run(files, loaded)
            } else {
                printPage(loaded)
            }
        if failures > 0 { throw ExitCode.failure }
    }

    private func printPage(_ loaded: Loaded) -> Int {
        let assembly = Assembly(loaded, clock: nil)
        let failures = RecordedBodies.ingest(files, into: assembly)
        assembly.pipeline.settleAll(arrivalNanoseconds: nil)
        StandardOutput.write(assembly.page.render(.prometheusText))
        return failures
    }
}
