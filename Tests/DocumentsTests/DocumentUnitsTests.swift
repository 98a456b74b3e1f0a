// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@Suite struct DocumentUnitsTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("5m", .seconds(300)), ("1h30m", .seconds(5400)),
        ("2d", .seconds(172_800)), ("0", .zero), ("0s", .zero), ("\"10s\"", .seconds(10)),
    ])
    func `a length of time is read`(_ text: String, _ expected: Duration) throws {
        #expect(try value(text).duration() == expected)
    }

    @Test(arguments: ["10", "s", "-1s", "1.5s", "10 s", "1w", "99999999999999999d", "\"\"", "[]"])
    func `anything else is no length of time`(_ text: String) throws {
        let node = try value(text)
        #expect(throws: DocumentError.self) { try node.duration() }
    }

    @Test(arguments: [
        ("20MiB", 20_971_520), ("512KiB", 524_288), ("1GiB", 1_073_741_824), ("10MB", 10_000_000), ("100", 100),
        ("7B", 7), ("0", 0),
    ])
    func `a size is read`(_ text: String, _ expected: Int) throws {
        #expect(try value(text).byteCount() == expected)
    }

    @Test(arguments: ["20mib", "1.5MiB", "-1", "MiB", "9999999999GiB", "{}"])
    func `anything else is no size`(_ text: String) throws {
        let node = try value(text)
        #expect(throws: DocumentError.self) { try node.byteCount() }
    }

    private func value(_ text: String) throws -> DocumentNode {
        try Document.parse("a: \(text)", file: "f").mapping().entries[0].value
    }
}
