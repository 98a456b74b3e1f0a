// SPDX-License-Identifier: Apache-2.0
import Billing
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// `ledger backup` copies a folder of one moment, from which a start goes on.
@Suite struct BackupTests {
    /// Unpacks an archive with a reader that is not ours.
    private static func unpack(_ archive: String, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let done = try run(
            Repository.tool("python"),
            [
                "-c", "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])", archive,
                folder.path,
            ])
        try #require(done.status == 0, "\(done.log)")
    }

    @Test func `a copy has every file byte by byte, and the rows as they are`() throws {
        let folder = try RowsFixture(seed: 11)
        let temporary = try TemporaryFolder()
        let archive = temporary.url.appending(path: "copy.tar").path
        let report = try LedgerBackup(of: folder.path, to: archive).run()
        #expect(report.files == 4)
        #expect(report.position == RowsFixture.number && report.counted == RowsFixture.number)
        #expect(report.bytes == RowRewriting.size(archive))
        let restored = temporary.url.appending(path: "restored")
        try Self.unpack(archive, to: restored)
        for name in ["secret", Checkpoint.name, RowsFixture.segment] {
            let original = try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))
            #expect(try Data(contentsOf: restored.appending(path: name)) == original, "\(name)")
        }
        let findings = try LedgerCheck(of: restored.path).run()
        #expect(findings.filter { $0.level == .wrong } == [])
        #expect(try LedgerInfo(of: restored.path).rows == LedgerInfo(of: folder.path).rows)
        let mode = try FileManager.default.attributesOfItem(atPath: archive)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a file that exists is not replaced, and a copy that fails leaves nothing`() throws {
        let folder = try RowsFixture(seed: 12)
        let temporary = try TemporaryFolder()
        let archive = temporary.url.appending(path: "copy.tar")
        try Data("mine".utf8).write(to: archive)
        #expect(throws: JournalError.self) { try LedgerBackup(of: folder.path, to: archive.path).run() }
        #expect(try Data(contentsOf: archive) == Data("mine".utf8))
        try folder.change(file: Checkpoint.name) { $0 = [1, 2, 3] }
        #expect(throws: JournalError.self) {
            try LedgerBackup(of: folder.path, to: temporary.url.appending(path: "other.tar").path).run()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path) == ["copy.tar"])
    }

    @Test(arguments: [[], ["secret", "lock"], ["notes.txt"]])
    func `a folder without a ledger is not copied, and the error says what is missing`(names: [String]) throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.url.appending(path: "ledger")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in names { try Data("12345678".utf8).write(to: folder.appending(path: name)) }
        let error = #expect(throws: JournalError.self) {
            try LedgerBackup(of: folder.path, to: temporary.url.appending(path: "copy.tar").path).run()
        }
        #expect(
            error?.description
                == "cannot find a ledger in \(folder.path): it has neither journal nor checkpoint nor rows; "
                + "name the folder that storage.path of the service names")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path) == ["ledger"])
    }

    @Test func `copies that are made while segments come and go are folders that a start takes`() async throws {
        let temporary = try TemporaryFolder()
        let path = temporary.url.appending(path: "ledger").path
        let rooms = try LedgerRooms(try DiskFolder(path)) { bounds in
            (bounds.segmentBytes, bounds.checkpointBytes) = (20_000, 10_000)
            (bounds.rememberedArrivals, bounds.leastAge) = (64, 0)
        }
        let isDone = Atomic<Bool>(false)
        async let copies = Self.copies(of: path, in: temporary.url.path) { isDone.load(ordering: .relaxed) }
        var number: UInt64 = 0
        while number < 400 {
            let ticket = rooms.take(SpanMaker.body(number, seed: 9, rooms.symbols))
            if number % 8 == 0 { try await ticket?.committed() }
            rooms.now += 1_000_000_000
            rooms.settle(at: rooms.now)
            number += 1
        }
        isDone.store(true, ordering: .relaxed)
        let archives = try await copies
        rooms.keeper.close()
        #expect(archives.count > 1)
        for archive in archives {
            let restored = URL(filePath: archive + ".restored")
            try Self.unpack(archive, to: restored)
            let findings = try LedgerCheck(of: restored.path).run()
            #expect(findings.filter { $0.level == .wrong && $0.area != .folder } == [], "\(archive)")
            let again = try LedgerRooms(try DiskFolder(restored.path))
            _ = try await again.shown()
            again.keeper.close()
        }
    }

    private static func copies(of path: String, in folder: String, _ isDone: @Sendable () -> Bool) async throws
        -> [String]
    {
        var archives: [String] = []
        repeat {
            let archive = "\(folder)/\(archives.count).tar"
            _ = try LedgerBackup(of: path, to: archive).run()
            archives.append(archive)
            await Task.yield()
        } while !isDone() && archives.count < 30
        return archives
    }

    @Test(arguments: [0, 1, 511, 512, 0o77777777777, 0o77777777777 + 1, 1 << 40])
    func `the size of a file is told as tar has it`(bytes: Int) {
        let header = TarHeader(name: "ledger.db", bytes: bytes, mode: 0o600, user: 1, group: 2, modified: 3)
        let block = header.block
        #expect(block.count == 512)
        let field = block[124..<136]
        if bytes <= 0o77777777777 {
            #expect(Int(String(decoding: field.prefix(11), as: UTF8.self), radix: 8) == bytes)
        } else {
            #expect(field.first == 128)
            #expect(field.dropFirst().reduce(0) { $0 << 8 | Int($1) } == bytes)
        }
        let sum = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        #expect(Int(String(decoding: block[148..<154], as: UTF8.self), radix: 8) == sum)
    }
}
