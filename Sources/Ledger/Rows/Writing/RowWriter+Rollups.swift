// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP

extension RowWriter {
    private struct Key: WordKey {
        let dimension: Int64
        let quarter: Int64
        let value: Int64
        let line: Int64

        func hash(_ salt: UInt64) -> UInt64 {
            let place = mix64(UInt64(bitPattern: quarter) ^ salt, UInt64(bitPattern: dimension) ^ 0xA076_1D64_78BD_642F)
            return mix64(UInt64(bitPattern: value) ^ place, UInt64(bitPattern: line) ^ 0xE703_7ED1_A0B4_28DB)
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.dimension, left.quarter, left.value, left.line)
                < (right.dimension, right.quarter, right.value, right.line)
        }
    }

    /// Adds what was summed up to the roll-ups: each sum to all calls, and to its value of each dimension.
    mutating func writeRollups(_ database: Database) throws {
        var keys = KeyTable<Key>()
        var rows: [RollupSum] = []
        func add(_ sum: RollupSum, _ key: Key) {
            let (index, isNew) = keys.number(of: key)
            if isNew { rows.append(sum) } else { rows[index].add(sum) }
        }
        func add(_ sums: [RollupSum], _ sumKeys: [RollupKey]) {
            for (sum, key) in zip(sums, sumKeys) {
                add(sum, Key(dimension: RowDimension.all, quarter: key.quarter, value: 0, line: key.line))
                for (place, index) in words.sets.rolled.enumerated() {
                    let value = words.sets.groups[Int(key.group)][place]
                    add(
                        sum,
                        Key(
                            dimension: words.sets.dimensions[index].id, quarter: key.quarter, value: value,
                            line: key.line))
                }
            }
        }
        add(sums.rollups, sums.rollupKeys)
        add(sums.machines, sums.machineRollupKeys)
        guard !rows.isEmpty else { return }
        writtenRollups &+= UInt64(rows.count)
        let statement = try BoundStatement(database, SpanColumns.upsertRollup)
        for index in rows.indices.sorted(by: { keys.keys[$0] < keys.keys[$1] }) {
            try write(keys.keys[index], rows[index], statement)
        }
    }

    private func write(_ key: Key, _ sum: RollupSum, _ statement: BoundStatement) throws {
        statement.bind(1, key.dimension)
        statement.bind(2, key.quarter)
        statement.bind(3, key.value)
        statement.bind(4, key.line)
        statement.bind(5, sum.calls)
        statement.bind(6, sum.failed)
        statement.bind(7, sum.unpriced)
        statement.bind(8, sum.estimated)
        statement.bind(9, sum.streamed)
        var parameter: Int32 = 10
        func bind(_ value: Int64) {
            statement.bind(parameter, value)
            parameter += 1
        }
        for index in sum.tokens.indices { bind(sum.tokens[index]) }
        for index in sum.units.indices { bind(sum.units[index]) }
        bind(sum.duration)
        let (cost, saved) = (RowMoney(femtodollars: sum.cost), RowMoney(femtodollars: sum.saved))
        bind(cost.micros)
        bind(cost.rest)
        bind(saved.micros)
        bind(saved.rest)
        try statement.run()
    }
}
