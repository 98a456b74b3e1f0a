// SPDX-License-Identifier: Apache-2.0

extension RowSession {
    /// The number of a text, by its keys (``TextKeys``).
    ///
    /// - Parameter text: The text.
    /// - Returns: The number; `nil` for a text that no row has.
    /// - Throws: ``RowReadingError``.
    package func number(ofText text: String) throws(RowReadingError) -> Int64? {
        let last = try statement("SELECT max(id) FROM texts")
        guard try last.next(), let newest = last.numberIfAny(0) else { return nil }
        // The newest generation has no stored keys, and at most 65,536 texts.
        let texts = try statement("SELECT id FROM texts WHERE id >= ?1 AND text = ?2")
            .bind(TextKeys.firstID(ofGenerationOf: newest)).bind(text, to: 2)
        if try texts.next() { return texts.number(0) }

        let hash = try keyHash()(text.utf8.span)
        var generation = TextKeys.generation(of: newest)
        while true {
            let older = try statement(TextKeys.olderPart).bind(TextKeys.partID(of: 0, generation))
            guard try older.next(), let next = older.numberIfAny(0) else { return nil }
            generation = TextKeys.generation(ofPart: next)
            let part = try statement(TextKeys.readPart).bind(TextKeys.partID(of: hash, generation))
            guard try part.next() else { continue }
            for key in PackedKeys(sorted: part.words(1)).words(ofHash: hash) {
                let search = try statement(TextKeys.search).bind(TextKeys.id(key, generation)).bind(text, to: 2)
                if try search.next() { return search.number(0) }
            }
        }
    }
}
