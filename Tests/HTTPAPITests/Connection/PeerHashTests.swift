// SPDX-License-Identifier: Apache-2.0
import Ingest
import NIOCore
import Synchronization
import Testing

@testable import HTTPAPI

@Suite struct PeerHashTests {
    private let hash = PeerHash(salt: 0x5EED)

    private func hash(_ address: String, port: Int = 4318) throws -> UInt64 {
        hash.hash(of: try SocketAddress(ipAddress: address, port: port))
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1", "0.0.0.0", "::"])
    func `connections of one address are one sender, whatever their ports`(address: String) throws {
        #expect(try hash(address, port: 1) == hash(address, port: 65_535))
        #expect(try hash(address) != 0)
    }

    @Test func `different addresses are different senders`() throws {
        let addresses = (0..<200).map { "192.0.2.\($0)" } + (0..<200).map { "2001:db8:0:\($0)::1" }
        #expect(Set(try addresses.map { try hash($0) }).count == addresses.count)
    }

    @Test func `all IPv6 addresses of one network of 64 bits are one sender`() throws {
        #expect(try hash("2001:db8:0:7::1") == hash("2001:db8:0:7:ffff::2"))
        #expect(try hash("2001:db8:0:7::1") != hash("2001:db8:0:8::1"))
    }

    @Test func `an IPv4 address is one sender on listeners of both kinds`() throws {
        #expect(try hash("192.0.2.1") == hash("::ffff:192.0.2.1"))
        #expect(try hash("192.0.2.1") != hash("::192.0.2.1"))
    }

    @Test func `hashes of another process are unrelated`() throws {
        let address = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        #expect(PeerHash(salt: 1).hash(of: address) != PeerHash(salt: 2).hash(of: address))
        #expect(PeerHash().hash(of: address) != PeerHash().hash(of: address))
    }

    @Test func `a connection without an address has no sender`() throws {
        #expect(hash.hash(of: nil) == 0)
        #expect(hash.hash(of: try SocketAddress(unixDomainSocketPath: "/socket")) == 0)
    }

    @Test func `the pipeline gets each body with its sender, form and time`() async throws {
        let arrivals = Mutex<[BodyArrival]>([])
        var ingest = StubIngest()
        ingest.met = { arrival in arrivals.withLock { $0.append(arrival) } }
        try await TestListeners.open(ingest: ingest) { listeners in
            for _ in 0..<2 {
                var client = try await RawClient(to: listeners.otlp)
                try await client.post([1], headers: "Content-Encoding: gzip\r\n")
                #expect(try await client.reply().status == 200)
                await client.close()
            }
        }
        let found = arrivals.withLock { $0 }
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.form == BodyForm(encoding: .protobuf, coding: .gzip) && $0.nanoseconds != nil })
        #expect(found.first?.peer == found.last?.peer)
        #expect(found.first?.peer != 0)
    }
}
