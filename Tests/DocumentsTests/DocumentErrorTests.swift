// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@Suite struct DocumentErrorTests {
    @Test(arguments: [
        ("", "f.yaml: the document is empty; it must have a mapping"),
        ("# nothing\n", "f.yaml: the document is empty; it must have a mapping"),
        ("- 1", "f.yaml:1: the document must be a mapping, not a list"),
        ("hello", "f.yaml:1: the document must be a mapping, not 'hello'"),
        ("limit: 1\nlimit: 2\n", "f.yaml:1: 'limit' occurs twice in one mapping; remove one of them"),
        ("limit: 1\n\"limit\": 2\n", "f.yaml:1: 'limit' occurs twice in one mapping; remove one of them"),
        ("\nlimti: 1\n", "f.yaml:2: unknown key 'limti'; did you mean 'limit'?"),
        ("adress: x\n", "f.yaml:1: unknown key 'adress'; did you mean 'address'?"),
        (
            "colour: red\n",
            "f.yaml:1: unknown key 'colour'; the keys here are address, limit, settle, size, names, on, rate"
        ),
        ("limit: 1\n", "f.yaml:1: the document has no 'address'; add it"),
        ("address: x\nlimit: many\n", "f.yaml:2: 'limit' must be a whole number, not 'many'"),
        ("address: x\nlimit: \"5\"\n", "f.yaml:2: 'limit' must be a whole number, not '5'"),
        ("address: x\nlimit: 1.5\n", "f.yaml:2: 'limit' must be a whole number, not '1.5'"),
        ("address: x\nlimit: 0\n", "f.yaml:2: 'limit' must be from 1 to 10, not '0'"),
        ("address: [x]\n", "f.yaml:1: 'address' must be text, not a list"),
        ("address: x\nnames: x\n", "f.yaml:2: 'names' must be a list, not 'x'"),
        ("address: x\nnames: {a: 1}\n", "f.yaml:2: 'names' must be a list, not a mapping"),
        ("address: x\nnames:\n  - a\n  -\n", "f.yaml:4: 'names' must be text, not nothing"),
        ("address: x\non: yes\n", "f.yaml:2: 'on' must be true or false, not 'yes'"),
        ("address: x\non: \"true\"\n", "f.yaml:2: 'on' must be true or false, not 'true'"),
        (
            "address: x\nsettle: soon\n",
            "f.yaml:2: 'settle' must be a duration such as 500ms, 10s, 1h30m or 30d, not 'soon'"
        ),
        ("address: x\nsize: 20 MB\n", "f.yaml:2: 'size' must be a size such as 512KiB, 20MiB or 1GiB, not '20 MB'"),
        ("address: x\nrate: 1e-6\n", "f.yaml:2: 'rate' must be a decimal number such as 0.25, not '1e-6'"),
        ("address: x\nrate: -1\n", "f.yaml:2: 'rate' must be a decimal number such as 0.25, not '-1'"),
        ("? [a]\n: 1\n", "f.yaml:1: the document must have plain text as keys"),
        ("a: *x\n", "f.yaml:1: not valid YAML or JSON at column 4: found undefined alias"),
        ("a: 1\nb: [", "f.yaml:2: not valid YAML or JSON at column 1: did not find expected node content"),
        (
            "a: [1\nb: 2\n",
            "f.yaml:2: not valid YAML or JSON at column 2: did not find expected ',' or ']'; separate items by commas, and "
                + "close the brackets"
        ),
    ])
    func `a mistake is answered by one sentence with its place`(_ text: String, _ message: String) {
        #expect(complaint(about: text) == message)
    }

    /// What a small reader of settings says about a text.
    private func complaint(about text: String) -> String? {
        do throws(DocumentError) {
            let known = ["address", "limit", "settle", "size", "names", "on", "rate"]
            let settings = try Document.parse(text, file: "f.yaml").mapping(keys: known)
            _ = try settings.required("address").string()
            _ = try settings["limit"]?.integer(in: 1...10)
            _ = try settings["settle"]?.duration()
            _ = try settings["size"]?.byteCount()
            _ = try settings["names"]?.strings()
            _ = try settings["on"]?.boolean()
            _ = try settings["rate"]?.decimalText()
            return nil
        } catch {
            return error.description
        }
    }
}
