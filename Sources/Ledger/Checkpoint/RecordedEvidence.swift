// SPDX-License-Identifier: Apache-2.0
package import Billing
import GenAI

/// What one sender proved, in a checkpoint: with texts in place of symbols.
package struct RecordedEvidence: Sendable, Equatable {
    package var sender: EvidentSender
    package var proofs: RecordedProofs
    package var provider: String
    package var operation: String

    /// Takes what a sender proved.
    init(_ sender: EvidentSender, _ proofs: RecordedProofs, _ symbols: SymbolTable) {
        (self.sender, self.proofs) = (sender, proofs)
        (provider, operation) = (symbols.text(of: sender.provider), symbols.text(of: sender.operation))
        // Numbers of symbols end with the process.
        (self.sender.provider, self.sender.operation) = (.absent, .absent)
    }

    /// The sender by the symbols of this process.
    func sender(_ symbols: SymbolTable) -> EvidentSender {
        var own = sender
        own.provider = symbols.symbol(for: provider, in: .provider)
        own.operation = symbols.symbol(for: operation, in: .operation)
        return own
    }

    func write(_ bytes: inout RecordBytes) {
        bytes.append(sender.resource)
        bytes.append(sender.scope)
        var word = UInt64(sender.counting)
        if sender.isStream { word |= 1 << 8 }
        word |= UInt64(proofs.cache) << 16
        word |= UInt64(proofs.reasoning) << 24
        word |= UInt64(proofs.firstPair) << 32
        bytes.append(word)
        bytes.append(provider)
        bytes.append(operation)
    }

    init(_ content: inout RecordReader) throws(MalformedRecord) {
        sender = EvidentSender()
        sender.resource = try content.word()
        sender.scope = try content.word()
        let word = try content.word()
        sender.counting = UInt8(truncatingIfNeeded: word)
        sender.isStream = word >> 8 & 1 == 1
        proofs = RecordedProofs(
            cache: UInt8(truncatingIfNeeded: word >> 16), reasoning: UInt8(truncatingIfNeeded: word >> 24),
            firstPair: UInt16(truncatingIfNeeded: word >> 32))
        provider = try content.text()
        operation = try content.text()
    }
}
