// SPDX-License-Identifier: Apache-2.0
import Ingest
import Pricing
import Reports

/// The calls of recorded bodies, for a report.
struct RecordedCalls: ReportSource {
    let files: [String]
    let loaded: Loaded
    let zone: ZoneClock

    func add(to builder: ReportBuilder) throws -> Int {
        for note in loaded.clockNotes { StandardError.write("note: \(note)\n") }
        var guest = Guest()
        guest.sinksWithTexts = { [zone] texts in [ReportedCalls(builder, texts: texts, zone: zone)] }
        let assembly = Assembly(loaded, clock: nil, guests: [guest])
        let failures = RecordedBodies.ingest(files, into: assembly)
        assembly.pipeline.settleAll(arrivalNanoseconds: nil)
        return failures
    }
}
