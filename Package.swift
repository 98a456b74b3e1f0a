// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// Targets are listed in the order in which data flows; Sources/README.md is the map.
let package = Package(
    name: "llm-cost-exporter",
    products: [
        .executable(name: "llm-cost-exporter", targets: ["llm-cost-exporter"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "Notation", swiftSettings: settings),

        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .target(name: "CChecksum", dependencies: ["CDeflate"], cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "Compression", dependencies: ["CChecksum", "CDeflate"], swiftSettings: settings),

        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .target(name: "COTLP", dependencies: ["CProtobufC"]),
        .systemLibrary(name: "CVector"),
        .target(name: "OTLP", dependencies: ["COTLP", "CVector", "Notation"], swiftSettings: settings),

        .systemLibrary(name: "CMemory"),
        .target(name: "GenAI", dependencies: ["CMemory", "Notation", "OTLP"], swiftSettings: settings),
        .target(name: "Billing", dependencies: ["CMemory", "GenAI", "OTLP"], swiftSettings: settings),

        .target(name: "Documents", dependencies: ["Notation", yams], swiftSettings: settings),
        .target(name: "CPriceBook", exclude: ["pricebook.json"]),
        .target(
            name: "Pricing", dependencies: ["CPriceBook", "Documents", "GenAI", "Notation", "OTLP"],
            swiftSettings: settings),

        .target(name: "Aggregation", dependencies: ["Notation"], swiftSettings: settings),
        .target(name: "Exposition", dependencies: ["Aggregation"], swiftSettings: settings),

        .target(
            name: "Ingest", dependencies: ["Billing", "Compression", "GenAI", "OTLP", "Pricing"],
            swiftSettings: settings),
        .target(
            name: "CallMetrics",
            dependencies: [
                "Aggregation", "Billing", "CMemory", "Exposition", "GenAI", "Ingest", "Notation", "OTLP", "Pricing",
            ],
            swiftSettings: settings),
        .target(
            name: "Ledger",
            dependencies: [
                "Aggregation", "Billing", "CChecksum", "CMemory", "CallMetrics", "GenAI", "Notation", "OTLP", "Pricing",
                grdb,
                grdbSQLite,
            ],
            swiftSettings: settings),
        .target(
            name: "Explaining", dependencies: ["Billing", "GenAI", "Ingest", "Notation", "OTLP", "Pricing"],
            swiftSettings: settings),
        .target(
            name: "Overview",
            dependencies: [
                "Aggregation", "CallMetrics", "GenAI", "Ingest", "Notation", "OTLP", "Pricing",
            ], swiftSettings: settings),
        .target(
            name: "Reports", dependencies: ["CallMetrics", "GenAI", "Ledger", "Notation", "OTLP", "Pricing"],
            swiftSettings: settings),
        .target(
            name: "Pages",
            dependencies: ["CallMetrics", "GenAI", "Notation", "Pricing", "Reports", mustache],
            swiftSettings: settings),
        .target(name: "Doctor", dependencies: ["Notation"], swiftSettings: settings),
        .target(
            name: "HTTPAPI",
            dependencies: [
                "Aggregation", "Billing", "CMemory", "CallMetrics", "Compression", "Exposition", "Ingest", "Notation",
                "OTLP", "Overview", "Pages", "Pricing", "Reports", httpTypes, hummingbird, logging, nioCore, nioHTTP1,
                nioHTTPTypes, nioHTTPTypesHTTP1, nioPosix, serviceLifecycle,
            ],
            swiftSettings: settings),
        .plugin(name: "Revision", capability: .buildTool()),
        .executableTarget(
            name: "llm-cost-exporter",
            dependencies: [
                "Billing", "CMemory", "CallMetrics", "Compression", "Doctor", "Documents", "Explaining", "Exposition",
                "GenAI", "HTTPAPI", "Ingest", "Ledger", "Notation", "OTLP", "Overview", "Pages", "Pricing", "Reports",
                argumentParser, logging,
                serviceLifecycle, unixSignals,
            ],
            swiftSettings: settings, plugins: ["Revision"]),

        .target(name: "TestData", path: "Tests/TestData", swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "COTLPTraceRequest", dependencies: ["CProtobufC"], path: "Tests/COTLPTraceRequest"),
        .target(
            name: "Fuzzing",
            dependencies: [
                "Aggregation", "Billing", "CallMetrics", "Exposition", "GenAI", "Ingest", "Pricing", "TestData",
            ],
            path: "Tests/Fuzzing", swiftSettings: settings),
        .testTarget(name: "NotationTests", dependencies: ["Notation", "TestData"], swiftSettings: settings),
        .target(
            name: "TestRooms",
            dependencies: ["Billing", "CallMetrics", "Exposition", "GenAI", "Ingest", "OTLP", "Pricing", "TestData"],
            path: "Tests/TestRooms", swiftSettings: settings),
        .testTarget(
            name: "CompressionTests", dependencies: ["CChecksum", "CDeflate", "Compression", "TestData"],
            swiftSettings: settings),
        .testTarget(
            name: "OTLPTests",
            dependencies: ["COTLP", "COTLPTraceRequest", "Compression", "OTLP", "TestData", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "GenAITests", dependencies: ["GenAI", "OTLP", "TestData"], swiftSettings: settings),
        .testTarget(
            name: "BillingTests", dependencies: ["Billing", "GenAI", "OTLP", "TestData"], swiftSettings: settings),
        .testTarget(
            name: "AggregationTests", dependencies: ["Aggregation", "TestData"], swiftSettings: settings),
        .testTarget(
            name: "ExpositionTests", dependencies: ["Aggregation", "Exposition", "TestData"], swiftSettings: settings),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents"], swiftSettings: settings),
        .testTarget(
            name: "PricingTests", dependencies: ["Documents", "GenAI", "OTLP", "Pricing", "TestData"],
            swiftSettings: settings),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "Billing", "Compression", "Fuzzing", "GenAI", "Ingest", "OTLP", "Pricing", "TestData", "TestRooms",
            ], swiftSettings: settings),
        .testTarget(
            name: "CallMetricsTests",
            dependencies: [
                "Aggregation", "Billing", "CallMetrics", "Exposition", "GenAI", "Ingest", "OTLP", "Pricing",
                "TestData", "TestRooms", "TestSupport",
            ],
            exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Aggregation", "Billing", "CChecksum", "CallMetrics", "Exposition", "GenAI", "Ledger", "OTLP",
                "Pricing", "TestData", "TestSupport", grdb,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ExplainingTests",
            dependencies: [
                "Billing", "CallMetrics", "Explaining", "GenAI", "Ingest", "Pricing", "TestData", "TestRooms",
            ], swiftSettings: settings),
        .testTarget(name: "DoctorTests", dependencies: ["Doctor", "TestData"], swiftSettings: settings),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Billing", "CallMetrics", "GenAI", "Ingest", "Ledger", "OTLP", "Pricing", "Reports", "TestData",
                "TestRooms", "TestSupport", grdb,
            ],
            exclude: ["Finance/Golden"], swiftSettings: settings),
        .testTarget(
            name: "OverviewTests",
            dependencies: [
                "CallMetrics", "Documents", "Exposition", "GenAI", "Ingest", "OTLP", "Overview", "Pricing", "TestData",
                "TestRooms",
            ], swiftSettings: settings),
        .testTarget(
            name: "PagesTests",
            dependencies: [
                "Billing", "CallMetrics", "GenAI", "Ledger", "OTLP", "Pages", "Pricing", "Reports", "TestData",
                "TestSupport",
            ],
            exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "HTTPAPITests",
            dependencies: [
                "Aggregation", "Billing", "CallMetrics", "Compression", "Exposition", "HTTPAPI", "Ingest", "OTLP",
                "Overview", "Pages", "Pricing",
                "TestData", "TestSupport", httpTypes, logging, nioCore, nioEmbedded, nioHTTP1, nioPosix,
                serviceLifecycle,
            ],
            exclude: ["Web/Golden"], swiftSettings: settings),
        .testTarget(
            name: "FrontDoorTests",
            dependencies: [
                "Aggregation", "Billing", "CallMetrics", "Exposition", "GenAI", "HTTPAPI", "Ingest", "Ledger",
                "Pricing", "Reports", "TestData", "TestSupport", "llm-cost-exporter", argumentParser, logging,
            ], swiftSettings: settings),
        .testTarget(
            name: "GuestTests",
            dependencies: [
                "Aggregation", "Billing", "CallMetrics", "GenAI", "HTTPAPI", "Ingest", "OTLP", "Pricing", "TestData",
                "TestSupport", "llm-cost-exporter", argumentParser, logging, serviceLifecycle,
            ], swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestData", "TestSupport"], exclude: ["Golden", "Scripts"],
            swiftSettings: settings),
    ],
    cLanguageStandard: .gnu2x  // for #embed
)

// `make bench-rooms` builds the benchmarks; an ordinary build leaves them out.
if Context.environment["LLM_COST_EXPORTER_BENCHMARKS"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Aggregation", "Billing", "CallMetrics", "Compression", "Exposition", "GenAI", "Ingest", "OTLP",
                "Pricing", "TestData",
            ],
            path: "Tests/Benchmarks", exclude: ["Ledger", "Rows", "WholeService"],
            swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "RowsBenchmark",
            dependencies: ["Billing", "CallMetrics", "GenAI", "Ledger", "OTLP", "Pricing"],
            path: "Tests/Benchmarks/Rows", swiftSettings: settings))
}

// `make fuzz` asks for it.
if Context.environment["LLM_COST_EXPORTER_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(name: "Fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz", swiftSettings: settings))
}
