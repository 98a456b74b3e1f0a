// SPDX-License-Identifier: Apache-2.0
import Synchronization
import TestData
import Testing

@testable import GenAI

/// Sets of values of dimensions: what is behind a number, and for how long.
@Suite struct DimensionTableTests {
    private final class Clock: Sendable {
        let nanoseconds = Atomic<UInt64>(0)
    }

    private static let rules = [
        DimensionRule(name: "user", sources: [.span("user.id"), .ancestor("user.id")]),
        DimensionRule(name: "session", sources: [.span("s"), .ancestor("s"), .ancestor("t")]),
        DimensionRule(name: "service", sources: [.resource("service.name")]),
    ]

    private static func limits(_ generations: Int, _ sets: Int, bytes: Int = 1 << 20) -> DimensionLimits {
        var limits = DimensionLimits()
        (limits.generations, limits.setsOfGeneration, limits.bytesOfGeneration) = (generations, sets, bytes)
        limits.leastNanoseconds = 100
        return limits
    }

    private typealias Value = DimensionTable.RecordedValue

    private static func value(_ name: String, own: UInt8, offer: UInt8 = .max, _ text: String) -> Value {
        Value(name: name, own: own, offer: offer, isHashed: false, text: text)
    }

    /// Random values of a set, in the order of the dimensions.
    private static func random(_ generator: inout SeededGenerator, of texts: Int) -> [Value] {
        var values: [Value] = []
        func text(_ name: String) -> String { "\(name) \(Int.random(in: 0..<texts, using: &generator))" }
        for (name, ancestor) in [("user", 1), ("session", 2), ("service", nil)] as [(String, UInt8?)] {
            switch Int.random(in: 0...3, using: &generator) {
            case 0: values.append(value(name, own: 0, text(name)))
            case 1: if let ancestor { values.append(value(name, own: 0, offer: ancestor, text(name))) }
            case 2:
                guard let ancestor else { break }
                values.append(value(name, own: 0, text(name)))
                values.append(value(name, own: .max, offer: ancestor, text(name) + "'"))
            default: break
            }
        }
        return values
    }

    @Test func `a number means its values as long as spans may refer to it, and nothing afterwards`() {
        for seed in 1...12 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let clock = Clock()
            // Some begin shortly before the numbers begin again.
            let first: UInt32 = seed % 3 == 0 ? 0x3FFF_FFFF - 40 : 1
            let table = DimensionTable(
                rules: Self.rules, limits: Self.limits(4, 16), firstNumber: first,
                monotonicNanoseconds: { clock.nanoseconds.load(ordering: .relaxed) })
            var given: [(set: DimensionSet, values: [Value], at: UInt64)] = []
            var left: UInt64 = 0
            var isRight = true
            for _ in 0..<500 {
                let now = clock.nanoseconds.add(.random(in: 0...3, using: &generator), ordering: .relaxed).newValue
                let values = Self.random(&generator, of: 40)
                let before = table.overflows
                let set = table.set(ofRecorded: values)
                left += table.overflows - before
                if values.isEmpty || table.overflows > before {
                    // Where there is no room, a session goes first.
                    let rest = values.filter { $0.name != "session" }
                    isRight = isRight && (set == table.nothing || table.recorded(set) == rest)
                    continue
                }
                given.append((set, values, now))
                isRight = isRight && table.recorded(set) == values
                isRight = isRight && set.offersToDescendants == values.contains { $0.offer != .max }
            }
            // A base may come with the last set, and sets whose sessions found no room.
            #expect(table.count <= 4 * (16 + 1 + 2))
            let now = clock.nanoseconds.load(ordering: .relaxed)
            for (set, values, time) in given {
                let found = table.recorded(set)
                isRight = isRight && (found == values || (found.isEmpty && now - time >= 50))
            }
            #expect(isRight, "seed \(seed)")
            #expect(table.overflows == left)
        }
    }

    @Test func `a full table counts what it leaves out, and takes sets again when the oldest may go`() {
        let clock = Clock()
        let table = DimensionTable(
            rules: Self.rules, limits: Self.limits(2, 4),
            monotonicNanoseconds: { clock.nanoseconds.load(ordering: .relaxed) })
        func set(_ user: Int) -> DimensionSet { table.set(ofRecorded: [Self.value("user", own: 0, "user \(user)")]) }
        let sets = (0..<8).map { set($0) }
        #expect(Set(sets.map(\.number)).count == 8)
        #expect(set(8) == table.nothing)
        #expect(table.overflows == 1)
        // Known ones keep their numbers.
        #expect(set(0) == sets[0])
        #expect(table.overflows == 1)
        clock.nanoseconds.store(100, ordering: .relaxed)
        #expect(set(8).number != 0)
        #expect(table.recorded(sets[0]).isEmpty && !table.recorded(sets[4]).isEmpty)
        // One that was forgotten, or is old, gets a new number.
        #expect(set(0).number > sets[7].number)
        #expect(table.isNew(set(4)) && !table.isNew(sets[4]))
    }

    @Test func `sets that differ in the session only have one base, in each generation`() {
        for seed in 1...10 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let table = DimensionTable(rules: Self.rules, limits: Self.limits(8, 64), monotonicNanoseconds: { 0 })
            var calls: [ModelCall] = []
            var kinds: [[String]] = []
            for _ in 0..<200 {
                let values = Self.random(&generator, of: 4)
                // Two sessions of one span are values like all others.
                guard values.count(where: { $0.name == "session" }) < 2 else { continue }
                var call = ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: 0, spanID: 0))
                call.dimensions = table.set(ofRecorded: values)
                #expect(table.recorded(call.dimensions) == values)
                calls.append(call)
                kinds.append(
                    values.map { "\($0.name) \($0.own) \($0.offer) \($0.name == "session" ? "" : $0.text)" })
            }
            var parts: [DimensionParts] = []
            var held = HeldDimensions()
            table.split(calls.span, by: &held, into: &parts)
            #expect(parts == calls.map { table.parts(of: $0.dimensions) })
            // Of the generation that the reader holds now.
            table.split(calls.span, by: &held, into: &parts)
            #expect(parts == calls.map { table.parts(of: $0.dimensions) })
            var kindsOfBases: [UInt32: Set<[String]>] = [:]
            for (parts, kind) in zip(parts, kinds) { kindsOfBases[parts.base, default: []].insert(kind) }
            #expect(kindsOfBases.values.allSatisfy { $0.count == 1 })
            #expect(kindsOfBases.count <= Set(kinds).count * 8)
        }
    }

    @Test func `a set's parts have its own values, each once`() {
        var withSession = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let table = DimensionTable(rules: Self.rules, limits: Self.limits(8, 64), monotonicNanoseconds: { 0 })
            for _ in 0..<100 {
                let set = table.set(ofRecorded: Self.random(&generator, of: 4))
                let parts = table.parts(of: set)
                var texts = table.values(ofNumber: parts.base).map(\.text)
                if parts.session != nil {
                    var session: [UInt8] = []
                    #expect(table.readSession(of: set, into: &session) == parts.base)
                    texts.append(String(decoding: session, as: UTF8.self))
                    withSession += 1
                }
                #expect(texts.sorted() == table.recorded(set).filter { $0.own != .max }.map(\.text).sorted())
            }
        }
        #expect(withSession > 100)
        #expect(DimensionTable(rules: Self.rules, monotonicNanoseconds: { 0 }).parts(of: .none) == DimensionParts())
    }

    @Test func `a session that finds no room is left out, and the other values stay`() {
        let table = DimensionTable(rules: Self.rules, limits: Self.limits(2, 8), monotonicNanoseconds: { 0 })
        func values(_ session: Int) -> [Value] {
            [
                Self.value("user", own: 0, offer: 1, "ada"), Self.value("session", own: 0, "s-\(session)"),
                Self.value("service", own: 0, "shop"),
            ]
        }
        var complete = 0
        for session in 0..<100 {
            let set = table.set(ofRecorded: values(session))
            let found = table.recorded(set)
            if found == values(session) { complete += 1 } else { #expect(found == [values(0)[0], values(0)[2]]) }
            #expect(set.offersToDescendants && set.seeksAncestors == (found != values(session)))
        }
        #expect(complete == 100 - Int(table.overflows) && complete >= 12)
        // What it has says more than what it would have with an ancestor's values and no session.
        let known = table.set(ofRecorded: values(1))
        let ancestor = table.set(ofRecorded: [Self.value("user", own: .max, offer: 0, "eve")])
        #expect(table.inherit(known, from: ancestor) == known)
    }

    @Test func `long values fill a generation as well`() {
        let clock = Clock()
        let table = DimensionTable(
            rules: Self.rules, limits: Self.limits(3, 1_000_000, bytes: 10_000),
            monotonicNanoseconds: { clock.nanoseconds.add(1_000, ordering: .relaxed).newValue })
        for user in 0..<1_000 {
            let text = "\(user) " + String(repeating: "x", count: 200)
            #expect(table.set(ofRecorded: [Self.value("user", own: 0, text)]).number != 0)
        }
        #expect(table.bytes <= 3 * 10_500)
        #expect(table.overflows == 0)
    }

    @Test func `inheriting takes the better of both values, and of equally good ones the nearer`() {
        for seed in 1...60 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let table = DimensionTable(rules: Self.rules, limits: Self.limits(3, 8), monotonicNanoseconds: { 0 })
            let mine = Self.random(&generator, of: 3)
            let own = table.set(ofRecorded: mine)
            var expected: [String: (rank: UInt8, text: String)] = [:]
            for value in mine where value.own != .max { expected[value.name] = (value.own, value.text) }
            var set = own
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let theirs = Self.random(&generator, of: 3)
                let ancestor = table.set(ofRecorded: theirs)
                guard !table.recorded(ancestor).isEmpty || theirs.isEmpty else { continue }
                let before = table.overflows
                let merged = table.inherit(set, from: ancestor)
                guard table.overflows == before else {
                    #expect(merged == set)
                    continue
                }
                set = merged
                for value in theirs where value.offer < expected[value.name]?.rank ?? .max {
                    expected[value.name] = (value.offer, value.text)
                }
            }
            let values = Dictionary(
                uniqueKeysWithValues: table.values(of: set).map { (table.rules[$0.rule].name, $0.text) })
            #expect(values == expected.mapValues(\.text), "seed \(seed)")
            // What it offers is still its own.
            let offers = table.recorded(set).filter { $0.offer != .max }.map(\.text)
            #expect(offers == mine.filter { $0.offer != .max }.map(\.text))
            let seeks = ["user": 1, "session": 1].contains { name, best in best < expected[name]?.rank ?? .max }
            #expect(set.seeksAncestors == seeks)
        }
    }

    @Test func `what was forgotten is not inherited, and does not inherit`() {
        let table = DimensionTable(rules: Self.rules, monotonicNanoseconds: { 0 })
        let gone = DimensionSet(number: 999, seeksAncestors: true, offersToDescendants: true)
        let user = table.set(ofRecorded: [Self.value("user", own: 0, offer: 1, "u")])
        #expect(table.inherit(user, from: gone) == user)
        #expect(table.inherit(gone, from: user) == gone)
        #expect(Self.texts(table, table.inherit(table.nothing, from: user)) == ["u"])
    }

    private static func texts(_ table: DimensionTable, _ set: DimensionSet) -> [String] {
        table.values(of: set).map(\.text)
    }

    @Test func `recorded sets fit other settings`() {
        let recorded = [
            Self.value("user", own: 0, offer: 1, "ada"), Self.value("session", own: 5, "s"),
            Self.value("other", own: 0, "x"),
        ]
        let plain = DimensionTable(rules: Self.rules, monotonicNanoseconds: { 0 })
        // A dimension that is gone is left out, and a source that is gone counts as the last.
        #expect(plain.recorded(plain.set(ofRecorded: recorded)).map(\.own) == [0, 2])
        let off = DimensionTable(rules: Self.rules, users: .off, monotonicNanoseconds: { 0 })
        #expect(Self.texts(off, off.set(ofRecorded: recorded)) == ["s"])
        let hashed = DimensionTable(
            rules: Self.rules, users: .hash, userKey: Array(0..<16), monotonicNanoseconds: { 0 })
        let again = hashed.recorded(hashed.set(ofRecorded: recorded))
        #expect(again[0].isHashed && again[0].text.utf8.count == 16)
        // A hash is not hashed again, whatever the settings are then.
        #expect(hashed.recorded(hashed.set(ofRecorded: again)) == again)
        #expect(Self.texts(plain, plain.set(ofRecorded: again)) == again.map(\.text))
    }

    @Test func `while a journal is read, the oldest sets go at once`() {
        let table = DimensionTable(rules: Self.rules, limits: Self.limits(2, 4), monotonicNanoseconds: { 0 })
        table.setReplaying(true)
        let sets = (0..<100).map { table.set(ofRecorded: [Self.value("user", own: 0, "user \($0)")]) }
        #expect(Self.texts(table, sets[99]) == ["user 99"])
        #expect(table.overflows == 0 && table.count <= 8)
        table.setReplaying(false)
        for user in 100..<120 { _ = table.set(ofRecorded: [Self.value("user", own: 0, "user \(user)")]) }
        #expect(table.overflows > 0)
    }
}
