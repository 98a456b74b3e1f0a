// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Explaining
import Ingest

/// `explain`: what was decided about every span of some bodies, and why.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read OTLP bodies from files and explain how each span was counted and priced.",
        discussion: """
            Use it when a figure looks wrong. For each span it prints the dialect that read the span, the span's role, its \
            tokens as reported and as billed, its outcome and the spans that caused it, how the price book matched the \
            model, and each line of the cost. Totals by model and by outcome follow.

            It reads the same files as 'replay', and decides all spans together, as if they had arrived at the same time. \
            It never prints prompts or answers. It cuts span names, which may contain text of users, to 80 characters.

            The exit code is 0 if all files were read, and 1 if one of them or one of the bodies was not: the explanation is \
            that of the others, and the file that --output names is not written.
            """)

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var prices: OwnPricesFlag

    @Option(help: "'text' for people, or 'json' for programs, one object per line.")
    var format = ExplanationFormat.text

    @Flag(help: "Print the totals alone, by model and by outcome.")
    var totals = false

    @OptionGroup var result: OutputFileFlag

    @Argument(help: "Files with OTLP bodies, or '-'.")
    var files: [String]

    func run() throws {
        try result.begin()
        let loaded = try Loaded(file, prices: prices)
        let assembly = Assembly(loaded, clock: nil, explains: true)
        let failures = RecordedBodies.ingest(files, into: assembly)
        assembly.pipeline.settleAll(arrivalNanoseconds: nil)
        if var explanation = assembly.explainer?.explanation {
            if totals { explanation.spans = [] }
            let text =
                switch format {
                case .text: ExplanationText.text(of: explanation)
                case .json: ExplanationJSON.text(of: explanation)
                }
            StandardOutput.write(text.utf8)
        }
        if failures > 0 { throw ExitCode.failure }
    }
}

/// How an explanation is written.
enum ExplanationFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}
