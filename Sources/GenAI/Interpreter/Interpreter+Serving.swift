// SPDX-License-Identifier: Apache-2.0
import OTLP

/// What a few spans tell besides tokens: how and where the call was served, and what of it is billed by the piece.
extension Interpreter {
    /// The facts about how and where a call was served, as bits.
    @inline(__always)
    static var serving: FactBits { Fact.speed.bit | Fact.inferenceGeo.bit | Fact.cloudRegion.bit }

    /// Writes down how and where the call was served, which few spans tell.
    mutating func fillServing(_ call: inout ModelCall, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        call.inferenceGeo = inferenceGeos.symbol(at: facts.text(.inferenceGeo), in: body)
        if call.inferenceGeo == .absent {
            call.inferenceGeo = inferenceGeos.symbol(at: facts.text(.cloudRegion), in: body)
        }
        guard let speed = facts.text(.speed), body.holdsIgnoringCase(Self.fast, at: speed) else { return }
        // A provider with a fast mode reports it as the speed, in addition to a tier that still says `standard`.
        let tier = facts.text(.responseTier) ?? facts.text(.requestTier)
        guard DefaultTiers.names.contains(tier?.text(in: body).lowercased() ?? "") else { return }
        call.tier = tiers.symbol(at: speed, in: body)
    }

    /// Takes the region in which the sender itself runs, if nothing else tells the region of a call of Amazon's: its clients call
    /// the services of their own region unless they are told otherwise.
    @inline(never)
    mutating func fillRegion(
        _ call: inout ModelCall, of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) {
        guard call.inferenceGeo == .absent, let region = region(of: span),
            let provider = facts.text(.provider), Self.isOfAmazon(provider, body)
        else { return }
        call.inferenceGeo = inferenceGeos.symbol(at: region, in: body)
    }

    /// Whether a provider's name has one of Amazon's words in it.
    private static func isOfAmazon(_ range: ByteRange, _ body: Span<UInt8>) -> Bool {
        let name = range.text(in: body).lowercased()
        return ["aws", "amazon", "bedrock"].contains { name.contains($0) }
    }

    private static let fast = Array("fast".utf8)

    /// The facts about what is billed by the piece, as bits.
    @inline(__always)
    static var units: FactBits {
        Fact.webSearches.bit | Fact.fileSearches.bit | Fact.mapsSearches.bit | Fact.rerankSearches.bit
            | Fact.codeSessions.bit
    }

    /// Reads what is billed by the piece; returns whether every count was sound.
    static func readUnits(
        _ facts: borrowing SpanFacts, _ body: Span<UInt8>, into units: inout BilledUnits
    ) -> Bool {
        var areSound = true
        for unit in BilledUnits.Unit.allCases {
            guard let value = facts[unit.fact] else { continue }
            if let count = TokenCount.read(value, body: body), count <= BilledUnits.largest {
                units[unit] = count
            } else {
                areSound = false
            }
        }
        return areSound
    }
}
