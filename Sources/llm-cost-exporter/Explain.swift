// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ingest

/// `explain`: what was decided about every span of some bodies, and why.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read OTLP bodies from files and tell of each span how it was counted and priced, and why.",
        discussion: """
            For a figure that looks wrong. Each span comes with what it was taken for and by which dialect, its tokens as \
            reported and as billed, what became of it and in whose favour, how its model was found and every line of its \
            cost; at the end stand the totals of each model and how many spans had which outcome.

            Bodies are those that 'replay' reads, and all of them are decided together, as if they had come at the same \
            time. Prompts and answers are never shown; of a span's name, which may carry text of users, only 80 characters.
            """)

    @OptionGroup var file: ConfigFileFlag

    @Option(help: "'text' for people, or 'json' for programs, one object a line.")
    var format = ExplanationFormat.text

    @Argument(help: "Files with OTLP bodies, or '-'.")
    var files: [String]

    func run() throws {
        let loaded = try Loaded(file)
        let assembly = Assembly(loaded, clock: nil, explains: true)
        let failures = RecordedBodies.ingest(files, into: assembly)
        assembly.pipeline.settleAll(arrivalNanoseconds: nil)
        if let explanation = assembly.explainer?.explanation {
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
