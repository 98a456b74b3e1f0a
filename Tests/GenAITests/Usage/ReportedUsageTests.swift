// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct ReportedUsageTests {
    /// A report and the classes it comes to.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var report: ReportedUsage
        var classes: [TokenClass: Int64]
        var anomalies: UsageAnomalies = []

        var testDescription: String { name }

        init(
            _ name: String, _ classes: [TokenClass: Int64], anomalies: UsageAnomalies = [],
            _ fill: (inout ReportedUsage) -> Void
        ) {
            self.name = name
            self.classes = classes
            self.anomalies = anomalies
            report = ReportedUsage()
            fill(&report)
        }
    }

    static let rows = [
        Row("plain", [.input: 77, .output: 19]) {
            $0[.input] = 77
            $0[.output] = 19
        },
        Row("cache and reasoning inside", [.input: 86, .cacheRead: 1920, .output: 108, .reasoning: 192]) {
            $0[.input] = 2006
            $0[.output] = 300
            $0[.cacheRead] = 1920
            $0[.reasoning] = 192
        },
        Row(
            "more cache than input", [.input: 25, .cacheRead: 4096, .cacheWrite: 1000, .output: 12],
            anomalies: .exclusiveCache
        ) {
            $0[.input] = 25
            $0[.output] = 12
            $0[.cacheRead] = 4096
            $0[.cacheWrite] = 1000
        },
        Row("as much cache as input is inside", [.cacheRead: 100]) {
            $0[.input] = 100
            $0[.cacheRead] = 100
        },
        Row("an emitter known to leave cache out", [.input: 500, .cacheRead: 100, .output: 5]) {
            $0[.input] = 500
            $0[.output] = 5
            $0[.cacheRead] = 100
            $0.inputExcludesCache = true
        },
        Row("a total that only adds up with the cache beside", [.input: 500, .cacheRead: 100, .output: 5]) {
            $0[.input] = 500
            $0[.output] = 5
            $0[.cacheRead] = 100
            $0[.total] = 605
        },
        Row("a total of input and output", [.input: 400, .cacheRead: 100, .output: 5]) {
            $0[.input] = 500
            $0[.output] = 5
            $0[.cacheRead] = 100
            $0[.total] = 505
        },
        Row("cache alone", [.cacheRead: 40], anomalies: .exclusiveCache) { $0[.cacheRead] = 40 },
        Row("writes by lifetime", [.input: 10, .cacheWrite: 30, .cacheWrite1h: 60, .output: 1]) {
            $0[.input] = 100
            $0[.output] = 1
            $0[.cacheWrite] = 90
            $0[.cacheWrite5m] = 30
            $0[.cacheWrite1h] = 60
        },
        Row("a split that is less than the whole", [.cacheWrite: 70, .cacheWrite1h: 20, .input: 10]) {
            $0[.input] = 100
            $0[.cacheWrite] = 90
            $0[.cacheWrite1h] = 20
        },
        Row("writes by lifetime without their whole", [.input: 10, .cacheWrite: 30, .cacheWrite1h: 60]) {
            $0[.input] = 100
            $0[.cacheWrite5m] = 30
            $0[.cacheWrite1h] = 60
        },
        Row(
            "a split that is more than the whole", [.cacheWrite: 0, .cacheWrite1h: 60, .input: 40],
            anomalies: .clampedPart
        ) {
            $0[.input] = 100
            $0[.cacheWrite] = 50
            $0[.cacheWrite1h] = 60
        },
        Row("reasoning larger than output", [.input: 5, .reasoning: 10], anomalies: .clampedPart) {
            $0[.input] = 5
            $0[.output] = 10
            $0[.reasoning] = 12
        },
        Row("a total that proves reasoning beside the output", [.input: 32, .output: 9, .reasoning: 102]) {
            $0[.input] = 32
            $0[.output] = 9
            $0[.reasoning] = 102
            $0[.total] = 143
        },
        Row(
            "modalities with cached parts",
            [
                .input: 55, .inputAudio: 20, .inputImage: 5, .cacheRead: 10, .cacheReadAudio: 10, .output: 3,
                .outputAudio: 7,
            ]
        ) {
            $0[.input] = 100
            $0[.output] = 10
            $0[.cacheRead] = 20
            $0[.cacheReadAudio] = 10
            $0[.inputAudio] = 30
            $0[.inputImage] = 5
            $0[.outputAudio] = 7
        },
        Row("a total above its parts", [.input: 100, .output: 10], anomalies: .totalExceedsParts) {
            $0[.input] = 100
            $0[.output] = 10
            $0[.total] = 150
        },
        Row("a total that has tokens beside the input", [.input: 140, .output: 10]) {
            $0[.input] = 100
            $0[.inputBeside] = 40
            $0[.output] = 10
            $0[.total] = 150
        },
        Row("a total that has reasoning which the emitter hides", [.input: 100, .output: 10, .reasoning: 40]) {
            $0[.input] = 100
            $0[.output] = 10
            $0[.total] = 150
            $0.hidesReasoning = true
        },
        Row("a total below its parts", [.input: 100, .output: 10]) {
            $0[.input] = 100
            $0[.output] = 10
            $0[.total] = 90
        },
        Row("zeros are usage", [:]) {
            $0[.input] = 0
            $0[.output] = 0
        },
    ]

    @Test(arguments: rows)
    func `each token is in the one class it is billed at`(row: Row) {
        let (usage, anomalies) = row.report.classified()
        for tokenClass in TokenClass.allCases {
            #expect(usage[tokenClass] == row.classes[tokenClass] ?? 0, "\(tokenClass)")
        }
        #expect(anomalies == row.anomalies)
        #expect(row.report.isPresent)
    }

    @Test func `nothing said is no usage`() {
        #expect(!ReportedUsage().isPresent)
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `classes are never negative and add up to what was sent`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func count() -> Int64? { Bool.random(using: &random) ? Int64.random(in: 0...1000, using: &random) : nil }
        var report = ReportedUsage()
        report[.input] = count()
        report[.output] = count()
        report[.cacheRead] = count()
        report[.cacheWrite] = count()
        report[.cacheWrite1h] = count()
        report[.reasoning] = count()
        report[.inputAudio] = count()
        report[.cacheReadAudio] = count()
        report[.outputImage] = count()
        report.inputExcludesCache = Bool.random(using: &random)
        let (usage, anomalies) = report.classified()
        for tokenClass in TokenClass.allCases { #expect(usage[tokenClass] >= 0) }
        let cached = (report[.cacheRead] ?? 0) + max(report[.cacheWrite] ?? 0, report[.cacheWrite1h] ?? 0)
        let isExclusive = report.inputExcludesCache || anomalies.contains(.exclusiveCache)
        #expect(usage.totalInput == (report[.input] ?? 0) + (isExclusive ? cached : 0))
        #expect(usage.totalOutput == report[.output] ?? 0)
    }
}
