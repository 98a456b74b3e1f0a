// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import HTTPAPI

@Suite struct PeerAddressTests {
    @Test(arguments: [
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false), ("::ffff:10.1.2.3", "10.1.2.3", true),
        ("::ffff:10.1.2.3", "::ffff:10.1.2.4", false), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false), ("::1", "0.0.0.0", false), ("::1", "", false),
        ("0.0.0.0", "", false),
    ])
    func `addresses of one host are one peer`(one: String, other: String, isSame: Bool) {
        #expect((PeerAddress(text: one) == PeerAddress(text: other)) == isSame)
    }

    @Test func `the port makes no difference`() throws {
        let addresses = try [1, 2].map { PeerAddress(try SocketAddress(ipAddress: "192.0.2.7", port: $0)) }
        #expect(addresses[0] == addresses[1])
        #expect(addresses[0] == PeerAddress(text: "192.0.2.7"))
    }
}
