// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct ListenAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:4318", "127.0.0.1", 4318), ("localhost:0", "localhost", 0), (":9464", nil, 9464),
            ("[::1]:0", "::1", 0), ("[::]:65535", "::", 65535), ("[fe80::1%eth0]:80", "fe80::1%eth0", 80),
        ] as [(String, String?, Int)])
    func `an address is read and written alike`(text: String, host: String?, port: Int) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == text)
    }

    @Test(arguments: [
        ("", "port is missing"), ("4318", "write 127.0.0.1:4318"), ("localhost", "port is missing"),
        ("[::1]", "port is missing"), ("localhost:", "the port '' is not a number"),
        ("localhost:http", "the port 'http' is not a number"), ("localhost:65536", "from 0 to 65535"),
        ("localhost:-1", "from 0 to 65535"), ("localhost:99999999999999999999", "from 0 to 65535"),
        ("::1:4318", "an IPv6 address needs brackets"), ("[localhost]:80", "brackets go around"),
        ("[]:80", "brackets go around"), ("[::1:80", "brackets go around"), ("http://localhost:80", "without a scheme"),
        ("local host:80", "without a scheme"),
    ])
    func `a bad address says what is wrong`(text: String, reason: String) throws {
        let error = try #require(throws: HTTPAPIError.self) { try ListenAddress(text) }
        #expect(error.description.contains(reason))
        #expect(error.description.contains("'\(text)'"))
    }

    @Test func `all interfaces are tried over IPv6 first`() throws {
        #expect(try ListenAddress(":0").candidateHosts == ["::", "0.0.0.0"])
        #expect(try ListenAddress("[::1]:0").candidateHosts == ["::1"])
    }
}
