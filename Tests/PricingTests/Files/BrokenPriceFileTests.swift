// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

@Suite struct BrokenPriceFileTests {
    /// One mistake in a file, and what is said about it.
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String

        /// A whole file.
        init(file text: String, _ message: String) {
            self.text = text
            self.message = message
        }

        /// What follows the first line of a file.
        init(_ text: String, _ message: String) {
            self.init(file: "format: pricebook/1\n" + text, message)
        }

        /// The lines of one model below its id and provider, which are lines 3 and 4.
        init(model lines: String, _ message: String) {
            self.init("models:\n  - id: acme/x\n    provider: acme\n    " + lines, message)
        }

        var testDescription: String { message }
    }

    @Test(arguments: files + headers + providers + models + prices + rules + hosted + aliases + tenants + langfuse)
    func `a mistake is answered by one sentence with its line and how to mend it`(_ row: Row) throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        let error = #expect(throws: PricingError.self) {
            do throws(PricingError) {
                _ = try book.with([try TestBook.file(row.text)])
            } catch {
                throw error
            }
        }
        #expect(error?.description == row.message)
    }

    /// Two of them hold for the same calls, one for none of the others' and the rest for all.
    private static let fiveFactors =
        ["tier: batch", "tier: batch", "tier: flex", "geo: eu", "endpoint: regional", "data_residency: eu"]
        .map { "{when: {\($0)}, by: 1000}" }.joined(separator: ", ")

    private static let files = [
        Row(file: "", "prices.yaml: the document is empty; it must have a mapping"),
        Row(file: "- a", "prices.yaml:1: the document must be a mapping, not a list"),
        Row(file: "models: []", "prices.yaml:1: the document has no 'format'; add it"),
        Row(file: "format: pricebook/2", "prices.yaml:1: 'format' must be pricebook/1, not 'pricebook/2'"),
        Row("models: [", "prices.yaml:2: not valid YAML or JSON at column 1: did not find expected node content"),
        Row("models: []\nmodels: []", "prices.yaml:2: 'models' occurs twice in one mapping; remove one of them"),
    ]

    private static let headers = [
        Row("modles: []", "prices.yaml:2: unknown key 'modles'; did you mean 'models'?"),
        Row("currency: EUR", "prices.yaml:2: 'currency' must be USD, not 'EUR'"),
        Row("allow_large: yes", "prices.yaml:2: 'allow_large' must be true or false, not 'yes'"),
        Row("sources: [{nmae: x}]", "prices.yaml:2: unknown key 'nmae'; did you mean 'name'?"),
        Row("gateways: corp", "prices.yaml:2: 'gateways' must be a list, not 'corp'"),
    ]

    private static let providers = [
        Row("providers: [corp]", "prices.yaml:2: 'providers' must be a mapping, not a list"),
        Row(
            "providers:\n  corp:\n    alias: [c]",
            "prices.yaml:4: unknown key 'alias'; did you mean 'aliases'?"),
        Row(
            "providers:\n  corp:\n    hosts: [\"https://corp.test\"]",
            """
            prices.yaml:4: 'hosts' must be a host such as api.example.com or .example.com, without scheme and port, not \
            'https://corp.test'
            """),
        Row(
            "providers:\n  corp:\n    fallback: [acm]",
            "prices.yaml:4: 'corp' must fall back to known providers such as acme; 'acm' is unknown"),
        Row(
            "providers:\n  corp:\n    aliases: [acme]",
            "prices.yaml:4: 'corp' must not list the alias 'acme', which is the id of another provider"),
    ]

    private static let models = [
        Row("models: {}", "prices.yaml:2: 'models' must be a list, not a mapping"),
        Row(
            "models:\n  - provider: acme\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:3: 'models' has no 'id'; add it"),
        Row(
            "models:\n  - id: x\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:3: 'models' has no 'provider'; add it"),
        Row(
            "models:\n  - id: x\n    provider: acm\n    prices: [{rates: {input: 1}}]",
            """
            prices.yaml:4: 'provider' must be a known provider such as acme, or be added under 'providers', not 'acm'
            """),
        Row(model: "prcies: []", "prices.yaml:5: unknown key 'prcies'; did you mean 'prices'?"),
        Row(model: "names: [x]", "prices.yaml:3: 'models' has no 'prices'; add it"),
        Row(
            model: "names: [\"\"]\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:5: 'names' must not be empty, not ''"),
        Row(model: "names: x\n    prices: [{rates: {input: 1}}]", "prices.yaml:5: 'names' must be a list, not 'x'"),
        Row(
            model: "prices: [{rates: {input: 1}}]\n  - id: acme/x\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:6: 'id' must be unique; line 3 has 'acme/x' already"),
        Row(
            model: """
                names: [a, b]
                    prices: [{rates: {input: 1}}]
                  - id: acme/y
                    names: [c, B]
                    prices: [{rates: {input: 1}}]
                """,
            "prices.yaml:8: 'names' must list each name once for each provider; line 5 has 'b' already"),
    ]

    private static let prices = [
        Row(
            model: "prices: []",
            "prices.yaml:5: 'prices' must list at least one price, such as {rates: {input: \"2\"}}"),
        Row(model: "prices: [{}]", "prices.yaml:5: 'prices' must have rates or fees"),
        Row(model: "prices: [{rates: {inputs: 1}}]", "prices.yaml:5: unknown key 'inputs'; did you mean 'input'?"),
        Row(
            model: "prices: [{rates: {input: cheap}}]",
            """
            prices.yaml:5: 'input' must be dollars per million tokens, such as "2.5", with at most 9 decimals, not 'cheap'
            """),
        Row(
            model: "prices: [{rates: {input: -1}}]",
            """
            prices.yaml:5: 'input' must be dollars per million tokens, such as "2.5", with at most 9 decimals, not '-1'
            """),
        Row(
            model: "prices: [{rates: {input: \"0.0000000025\"}}]",
            """
            prices.yaml:5: 'input' must be dollars per million tokens, such as "2.5", with at most 9 decimals, not \
            '0.0000000025'
            """),
        Row(
            model: "prices:\n      - rates: {input: 1}\n      - rates: {output: 1000.01}",
            """
            prices.yaml:7: 'output' must be at most 1000, not '1000.01', since it is dollars per million tokens; \
            allow_large: true allows more
            """),
        Row(
            model: "prices: [{from: 2026-13-01, rates: {input: 1}}]",
            "prices.yaml:5: 'from' must be a date such as 2026-05-01, not '2026-13-01'"),
        Row(
            model: "prices:\n      - from: 2026-05-01\n        until: 2026-05-01\n        rates: {input: 1}",
            "prices.yaml:7: 'until' must be after from, not '2026-05-01', since the day itself no longer counts"),
        Row(
            model: """
                prices:
                      - {from: 2026-05-01, rates: {input: 1}}
                      - {from: 2026-04-01, rates: {input: 2}}
                """,
            "prices.yaml:7: 'from' must be later than the date before it, not '2026-04-01', since the last price wins"),
        Row(
            model: "prices: [{tz: Europe/Berln, windows: [{hours: [\"01:00-02:00\"]}], rates: {input: 1}}]",
            """
            prices.yaml:5: 'tz' must be UTC, an offset such as +08:00 or a time zone such as America/New_York (did you \
            mean Europe/Berlin?), not 'Europe/Berln'
            """),
        Row(
            model: "prices: [{windows: [{hours_utc: [\"1:00-2:00\"]}], rates: {input: 1}}]",
            "prices.yaml:5: 'hours_utc' must be a range of hours such as \"10:00-18:30\", not '1:00-2:00'"),
        Row(
            model: "prices: [{windows: [{days: [1]}], rates: {input: 1}}]",
            "prices.yaml:5: 'windows' has no 'hours_utc'; add it"),
        Row(
            model: "prices: [{windows: [{days: [0], hours_utc: []}], rates: {input: 1}}]",
            "prices.yaml:5: 'days' must be from 1 to 7, not '0'"),
        Row(
            model: "prices: [{rates: {input: 1}, above: [{over: 5, rates: {}}, {over: 5, rates: {}}]}]",
            "prices.yaml:5: 'over' must be more than the threshold before it, not '5'"),
        Row(
            model: "prices: [{rates: {input: 1}, fees: {web_serch: 1}}]",
            "prices.yaml:5: unknown key 'web_serch'; did you mean 'web_search'?"),
        Row(
            model: "prices: [{rates: {input: 1}}]\n    variants: [{when: {}, rates: {input: 1}}]",
            "prices.yaml:6: 'when' must name a condition such as tier: batch, not a mapping"),
        Row(
            model: "prices: [{rates: {input: 1}}]\n    multipliers: [\(fiveFactors)]",
            "prices.yaml:6: 'multipliers' must multiply a price by at most 1000 together; those that can apply to one call "
                + "make 1000000000000000, so correct a factor or its condition"),
        Row(
            model: "allow_large: true\n    prices: [{rates: {input: 1000000001}}]",
            "prices.yaml:6: 'input' must be at most 1000000000, not '1000000001', since that is already 1000 "
                + "dollars a token"),
        Row(
            model: "prices: [{rates: {input: 1}}]\n    multipliers: [{when: {geo: eu}, by: 10%}]",
            "prices.yaml:6: 'by' must be a factor such as \"1.1\", at most 1000, with at most 9 decimals, not '10%'"),
    ]

    private static let rules = [
        Row(
            model: "match: [{prefix: x, suffix: y}]\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:5: 'match' must have exactly one rule, such as prefix: gpt-5, not a mapping"),
        Row(
            model: "match: [{prefx: x}]\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:5: unknown key 'prefx'; did you mean 'prefix'?"),
        Row(
            model: "match: [{prefix: \"\"}]\n    prices: [{rates: {input: 1}}]",
            """
            prices.yaml:5: 'prefix' must not be empty, since an empty text matches every name; if that is meant, write glob: "*"
            """),
        regex("gpt-(5", "a '(' has no end"),
        regex("gpt-5)", "a ')' closes nothing"),
        regex("[a-", "a '[' has no end"),
        regex("*x", "a '*' repeats nothing"),
        regex("a**", "a repetition is itself repeated"),
        regex("(a)\\\\1", "back-references are not supported", shown: "(a)\\1"),
        regex("(?<=a)b", "look-behind is not supported"),
        regex("(x{500}){500}", "it is too large once its repetitions are written out"),
        regex("[z-a]", "the ends of a range are swapped"),
        regex("a{3,2}", "the bounds of a {} are swapped"),
        regex("(?x)a", "options are allowed only at the beginning, as (?i)"),
        regex("(?=(?=a))", "a look-ahead inside a look-ahead is not supported"),
        regex(
            String(repeating: "a", count: 257), "it is longer than 256 bytes",
            shown: String(repeating: "a", count: 40)),
    ]

    private static func regex(_ text: String, _ problem: String, shown: String = "") -> Row {
        Row(
            model: "match: [{regex: \"\(text)\"}]\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:5: 'regex' must be a regular expression: \(problem), not '\(shown.isEmpty ? text : shown)'")
    }

    private static let hosted = [
        Row(model: "hosted: {mode: tokens, gpu_hour: 2}", "prices.yaml:5: 'hosted' has no 'tokens_per_hour'; add it"),
        Row(
            model: "hosted: {mode: hours, gpu_hour: 2}",
            "prices.yaml:5: 'mode' must be one of busy_time, tokens, capacity, not 'hours'"),
        Row(model: "hosted: {mode: busy_time}", "prices.yaml:5: 'hosted' has no 'gpu_hour'; add it"),
        Row(
            model: "hosted: {mode: busy_time, gpu_hour: 1000, gpus: 100000, concurrency: 0.001}",
            "prices.yaml:5: 'gpus' must be fewer, not '100000', since all machines together may cost at most $10000000 an "
                + "hour, and these cost $100000000"),
        Row(
            model: "hosted: {mode: busy_time, gpu_hour: 1000, gpus: 100, concurrency: 0.001}",
            "prices.yaml:5: 'concurrency' must be higher, not '0.001', since one call may cost at most $10000000 an hour, "
                + "and costs $100000000 at this concurrency"),
        Row(
            model: "hosted: {mode: tokens, gpu_hour: 1000, tokens_per_hour: 999}",
            "prices.yaml:5: 'tokens_per_hour' must be higher, not '999', since a token may cost at most $1, and a million "
                + "tokens cost $1001001.001001001 at this throughput"),
        Row(
            model: "hosted: {mode: busy_time, gpu_hour: 2, concurrency: 0}",
            "prices.yaml:5: 'concurrency' must be a number above 0 and at most 1000000, with at most 3 decimals, not '0'"
        ),
        Row(
            model: "hosted: {mode: capacity, gpu_hour: 2, concurrency: 4}",
            "prices.yaml:5: 'concurrency' must be left out unless mode is busy_time, not '4'"),
        Row(
            model: "hosted: {mode: capacity, gpu_hour: 2}\n    multipliers: [{when: {geo: eu}, by: 2}]",
            "prices.yaml:6: 'multipliers' must be left out if mode is capacity, since the machines cost the same for "
                + "every request"),
        Row(
            "tenants:\n  a:\n    match: {resource: {t: a}}\n    models:\n"
                + "      - {id: vllm/x, provider: vllm, hosted: {mode: capacity, gpu_hour: 2}}",
            "prices.yaml:6: 'models' must not have the mode capacity under a tenant, since machines that are paid by the "
                + "clock cost the same for every caller; list the model under the file's own 'models'"),
        Row(
            model: "hosted: {mode: busy_time, gpu_hour: 2}\n    prices: [{rates: {input: 1}}]",
            "prices.yaml:6: 'prices' must be left out if hosted is given"),
    ]

    private static let aliases = [
        Row("aliases: [{provider: acme, name: prod}]", "prices.yaml:2: 'aliases' has no 'to'; add it"),
        Row(
            "aliases:\n  - {provider: acme, name: prod, to: acme/n}",
            "prices.yaml:3: 'to' must be the id of a model such as acme/m, not 'acme/n'"),
        Row(
            "aliases:\n  - {provider: acme, name: prod, to: acme/m}\n  - {provider: acme, name: Prod, to: acme/m}",
            "prices.yaml:4: 'name' must be unique; line 3 has 'prod' already"),
        Row(
            "aliases:\n  - {provider: acme, name: prod, to: acme/m, by: 1001}",
            "prices.yaml:3: 'by' must be a factor such as \"1.1\", at most 1000, with at most 9 decimals, not '1001'"),
    ]

    private static let tenants = [
        Row("discount: {by: 1}", "prices.yaml:2: 'discount' must be a list, not a mapping"),
        Row("discount: [{provider: acme}]", "prices.yaml:2: 'discount' has no 'by'; add it"),
        Row(
            "discount: [{provider: acmee, by: 1}]",
            "prices.yaml:2: 'provider' must be a known provider such as acme, or be added under 'providers', not 'acmee'"
        ),
        Row(
            "models: [{id: acme/x, names: [x], prices: [{rates: {input: 1, output: 1}}]}]\ndiscount: [{model: acme/x, by: 1}]",
            "prices.yaml:3: 'model' must be a model of the book; a model of a price file has the price that the file states, "
                + "so state the discounted one"),
        Row("tenants: [a]", "prices.yaml:2: 'tenants' must be a mapping, not a list"),
        Row("tenants:\n  a: {discount: []}", "prices.yaml:3: 'a' has no 'match'; add it"),
        Row(
            "tenants:\n  a: {match: {}}",
            """
            prices.yaml:3: 'match' must identify the tenant by an attribute, such as resource: {tenant.id: acme}
            """),
        Row(
            "tenants:\n  a: {match: {scope: {x: y}}}",
            "prices.yaml:3: unknown key 'scope'; the keys here are span, resource"),
        Row(
            "tenants:\n  a:\n    match: {span: {x: y}}\n    discount: [{provider: acme}]",
            "prices.yaml:5: 'discount' has no 'by'; add it"),
        Row(
            "tenants:\n  a:\n    match: {span: {x: y}}\n    discount: [{provider: cme, by: 1}]",
            """
            prices.yaml:5: 'provider' must be a known provider such as acme, or be added under 'providers', not 'cme'
            """),
        Row(
            "tenants:\n  a:\n    match: {span: {x: y}}\n    discount: [{model: acme/z, by: 1}]",
            "prices.yaml:5: 'model' must be the id of a model such as acme/m, not 'acme/z'"),
        Row(
            "tenants:\n  a:\n    match: {span: {x: []}}", "prices.yaml:4: 'x' must list at least one value"),
    ]

    private static let langfuse = [
        Row(
            "models:\n  - modelName: x\n    inputPrice: 1e-6", "prices.yaml:3: 'models' has no 'provider'; add it"),
        Row(
            "models:\n  - {modelName: x, provider: acme, inputPrice: 5}",
            """
            prices.yaml:3: 'inputPrice' must be at most 0.001, not '5', since it is dollars per token; allow_large: \
            true allows more
            """),
        Row(
            "models:\n  - {modelName: x, provider: acme, unit: IMAGES, inputPrice: 0}",
            "prices.yaml:3: 'unit' must be TOKENS, not 'IMAGES'; other units are written as fees"),
        Row("models:\n  - {modelName: x, provider: acme}", "prices.yaml:3: 'models' has no 'prices'; add it"),
    ]
}
