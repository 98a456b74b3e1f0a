// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import Ingest
import Pricing
import TestData

/// A number of generated bodies taken by one world.
package struct FuzzRun {
    /// Decides every body and price file.
    package let seed: UInt64
    package let bodies: Int
    /// How many bodies are taken between two checks of the counters.
    package let checkEvery: Int

    package init(seed: UInt64, bodies: Int, checkEvery: Int) {
        self.seed = seed
        self.bodies = bodies
        self.checkEvery = checkEvery
    }

    /// Takes the bodies; every eighth as OTLP/JSON.
    ///
    /// - Parameter progress: Called with each body and its number before the run takes it, to record a body that traps.
    /// - Returns: How many spans there were.
    /// - Throws: ``FuzzFailure`` when a counter is wrong.
    package func run(progress: (Int, [UInt8]) -> Void = { _, _ in }) throws -> Int {
        let labels: [ModelLabel] = [.response, .request, .book]
        let world = try FuzzWorld(modelLabel: labels[Int(seed % 3)])
        var generator = BodyGenerator(WireVocabulary(), seed: seed)
        var writer = JSONRequestWriter(seed: seed)
        var spans = 0
        for number in 1...max(bodies, 1) {
            var body = generator.body(at: world.now)
            let isJSON = number.isMultiple(of: 8)
            if isJSON { body = writer.convert(body) }
            progress(number, body)
            try world.take(body, spans: generator.spans, nameless: generator.nameless, isJSON: isJSON)
            spans += generator.spans + generator.nameless
            if number.isMultiple(of: checkEvery) || number == bodies { try world.check() }
        }
        return spans
    }

    /// Reads price files, and prices calls by those that are taken.
    ///
    /// - Parameters:
    ///   - files: How many.
    ///   - seed: The same files for the same seed.
    /// - Returns: How many were taken.
    /// - Throws: ``PricingError`` when there is no book to lay them over.
    package static func priceFiles(_ files: Int, seed: UInt64) throws -> Int {
        var generator = PriceFileGenerator(seed: seed)
        let embedded = try PriceBook.embedded()
        var taken = 0
        for _ in 0..<files {
            guard let file = try? PriceFile(generator.text(), file: "generated.yaml"),
                let book = try? embedded.with([file])
            else { continue }
            taken += 1
            for _ in 0..<20 { _ = book.price(generator.question(to: book)) }
        }
        return taken
    }
}
