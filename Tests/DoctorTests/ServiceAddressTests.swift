// SPDX-License-Identifier: Apache-2.0
import Doctor
import Testing

@Suite struct ServiceAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:9464", "127.0.0.1:9464"), ("cost.internal", "cost.internal:9464"), (":80", "127.0.0.1:80"),
            ("http://cost:8080/", "cost:8080"), ("HTTP://cost", "cost:9464"), ("[::1]:9464", "[::1]:9464"),
            ("[::1]", "[::1]:9464"), ("localhost:65535", "localhost:65535"),
        ])
    func `an address is a host and a port`(text: String, address: String) throws {
        #expect(try ServiceAddress(text).description == address)
    }

    @Test(
        arguments: [
            ("", "write host:port"), ("https://cost", "only http is spoken here"), ("cost:0", "from 1 to 65535"),
            ("cost:65536", "from 1 to 65535"), ("cost:x", "from 1 to 65535"), ("cost:", "from 1 to 65535"),
            ("::1", "needs brackets"), ("[::1", "bracket is not closed"), ("[::1]x", "write [::1]:9464"),
            ("cost/metrics", "without a path"), ("me@cost", "without spaces, names of users"),
            ("a b", "without spaces"),
            ("cost\r\nX: y", "without spaces"), ("köln", "letters beyond ASCII"), ("http:///", "write host:port"),
            ("cost:99999999999999999999", "from 1 to 65535"),
        ])
    func `any other text is refused with what to write`(text: String, remedy: String) {
        let error = #expect(throws: AddressError.self) { try ServiceAddress(text) }
        #expect(error?.description.contains(remedy) == true, "\(error?.description ?? "")")
    }
}
