// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Synchronization
import Testing

@Suite struct TenantTests {
    private let file = """
        models: [{id: acme/n, prices: [{rates: {input: 20}}]}]
        aliases: [{provider: acme, name: prod, to: acme/m}]
        tenants:
          gold:
            match: {resource: {tenant.id: [gold, goldie]}, span: {user.plan: paid}}
            discount: [{by: "0.9"}, {provider: acme, by: "0.8"}, {model: acme/m, by: "0.5"}]
          own:
            match: {resource: {tenant.id: own}}
            discount: [{by: "0.1"}]
            models:
              - {id: acme/m, prices: [{rates: {input: 3}}]}
              - {id: acme/secret, names: [secret], prices: [{rates: {input: 5}}]}
            aliases: [{provider: acme, name: prod, to: acme/n, by: "2"}]
          reseller:
            match: {span: {user.plan: resale}}
            discount: [{provider: resale, by: "0.7"}]
        """

    @Test func `a listed model has the discounts on it, those of tenants too`() throws {
        func discounts(_ book: PriceBook) -> [String]? {
            book.listings(id: "acme/m").first { $0.tenant.isEmpty }?.discounts.map { "\($0.subject) \($0.value)" }
        }
        #expect(try discounts(book()) == ["tenant=gold factor on all tokens 0.5"])
        let discounted = try TestBook.make(
            [TestBook.model("acme/m", ["m"])],
            files: ["discount: [{by: \"0.9\"}]\ntenants: {silver: {match: {span: {a: b}}, discount: [{by: \"0.7\"}]}}"])
        #expect(
            discounts(discounted) == ["discount factor on all tokens 0.9", "tenant=silver factor on all tokens 0.7"])
        #expect(try discounts(TestBook.make([TestBook.model("acme/m", ["m"])])) == [])
    }

    @Test func `the attributes that are wanted are told, each once`() throws {
        #expect(
            try book().tenants.attributes == [
                Tenants.Attribute(.resource, "tenant.id"), Tenants.Attribute(.span, "user.plan"),
            ])
        #expect(try TestBook.make([TestBook.model("acme/m", ["m"])]).tenants.attributes.isEmpty)
    }

    @Test(
        arguments: [
            (["gold", "paid"], "gold"), (["goldie", "paid"], "gold"), (["gold", nil], ""), (["gold", "free"], ""),
            (["own", nil], "own"), (["own", "resale"], "own"), ([nil, "resale"], "reseller"), ([nil, nil], ""),
            (["Own", nil], ""), ([], ""), (["own"], ""),
        ] as [([String?], String)])
    func `values tell the first tenant whose conditions all hold`(_ values: [String?], _ name: String) throws {
        let tenants = try book().tenants
        #expect(tenants.name(of: tenants.index(of: values)) == name)
    }

    @Test(arguments: [
        // The narrowest discount holds; a price file's own prices are list prices too.
        ("gold", "m", "1 acme/m exact"), ("gold", "other", "1.6 acme/other exact"), ("gold", "n", "16 acme/n override"),
        ("gold", "prod", "1 acme/m alias"), ("", "m", "2 acme/m exact"), ("", "n", "20 acme/n override"),
        // Absolute prices have no discount, other models do.
        ("own", "m", "3 acme/m override"), ("own", "secret", "5 acme/secret override"),
        ("own", "other", "0.2 acme/other exact"), ("own", "prod", "4 acme/n override"),
        ("", "secret", "unknown_model"), ("gold", "secret", "unknown_model"),
    ])
    func `a tenant has prices, names and discounts of its own`(
        _ tenant: String, _ model: String, _ expected: String
    ) throws {
        let book = try book()
        var question = TestBook.question(model)
        question.tenant = number(of: tenant, in: book)
        let answer = book.price(question)
        guard case .priced = answer.outcome else {
            #expect(answer.text == expected)
            return
        }
        #expect("\(answer.text) \(answer.model)" == expected)
    }

    @Test func `a discount is for the provider that was called, not for the one it resells`() throws {
        let book = try book()
        for (tenant, provider, cost) in [
            ("reseller", "resale", "1.4"), ("reseller", "acme", "2"), ("gold", "acme", "1"),
        ] {
            var question = TestBook.question("m", provider: provider)
            question.tenant = number(of: tenant, in: book)
            #expect(book.price(question).text == cost)
        }
    }

    @Test func `a discount for all calls is on the book's prices alone, and gives way to that of a tenant`() throws {
        let everybody = """
            discount: [{by: "0.75"}, {provider: resale, by: "0.7"}, {model: acme/other, by: "0.25"}]
            """
        let book = try TestBook.make(
            [
                TestBook.model("acme/m", ["m"]), TestBook.model("acme/n", ["n"]),
                TestBook.model("acme/other", ["other"]),
            ],
            files: [file, everybody])
        for (tenant, provider, model, cost) in [
            ("", "acme", "m", "1.5"), ("", "resale", "m", "1.4"), ("", "acme", "other", "0.5"),
            // A price file's model has its own price.
            ("", "acme", "n", "20"),
            ("gold", "acme", "other", "1.6"), ("own", "acme", "m", "3"), ("own", "acme", "other", "0.2"),
            // A tenant without a discount for the call.
            ("reseller", "acme", "m", "1.5"), ("reseller", "resale", "m", "1.4"),
        ] {
            var question = TestBook.question(model, provider: provider)
            question.tenant = number(of: tenant, in: book)
            #expect(book.price(question).text == cost, "\(tenant) \(provider) \(model)")
        }
        #expect(book.files.map(\.discounts) == [0, 3])
        #expect(book.files.last?.contents == "0 models, 0 aliases, 0 tenants, 3 discounts")
        let without = try TestBook.make([TestBook.model("acme/m", ["m"])])
        let with = try TestBook.make([TestBook.model("acme/m", ["m"])], files: ["discount: [{by: \"0.9\"}]"])
        #expect(with.difference(from: without).changes.map { "\($0.model) \($0.subject)" } == ["all calls discount"])
    }

    @Test func `of discounts for all calls the narrowest counts, and of equal ones that of the last file`() throws {
        let book = try TestBook.make(
            [TestBook.model("acme/m", ["m"])],
            files: [
                "discount: [{provider: acme, by: \"0.5\"}, {by: \"0.1\"}]", "discount: [{provider: acme, by: \"0.8\"}]",
            ])
        #expect(book.price(TestBook.question("m")).text == "1.6")
    }

    @Test func `fees have no discount, and rates are rounded half-even once`() throws {
        let models = [
            TestBook.model(
                "acme/m", ["m"],
                "\"prices\":[{\"rates\":{\"input\":\"0.000000005\"},\"fees\":{\"request\":\"0.01\"}}]")
        ]
        let file = "tenants: {t: {match: {span: {t: t}}, discount: [{by: \"0.5\"}]}}"
        let book = try TestBook.make(models, files: [file])
        var question = TestBook.question("m")
        question.tenant = 1
        #expect(book.price(question).text == "0.010000002")
    }

    @Test func `a later file's tenant takes the owner of an earlier one of its name, and is asked first`() throws {
        let first = "tenants: {a: {match: {span: {x: y}}, discount: [{by: 2}]}, b: {match: {span: {x: z}}}}"
        let second = "tenants: {a: {match: {span: {x: z}}, discount: [{by: 3}]}}"
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])], files: [first, second])
        #expect(book.tenants.count == 2)
        #expect(book.tenants.name(of: book.tenants.index(of: ["z"])) == "a")
        #expect(book.tenants.index(of: ["y"]) == Tenants.none)
    }

    @Test func `a pricer asks for the values behind a class once a model`() throws {
        let symbols = SymbolTable()
        let questions = Mutex(0)
        let pricer = Pricer(book: try book(), symbols: symbols) { tenantClass, attribute in
            questions.withLock { $0 += 1 }
            return attribute.owner == .resource ? ["", "own", "gold"][Int(tenantClass)] : "paid"
        }
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "acme", in: .provider)
        call.responseModel = symbols.symbol(for: "m", in: .model)
        call.usage = TestBook.usage([.input: 1_000_000])
        call.reportsUsage = true
        for _ in 0..<3 {
            let priced = pricer.price([0, 1, 2, 1].map { call.of(tenantClass: $0) })
            #expect(priced.map { $0.outcome.text } == ["2", "3", "1", "3"])
        }
        #expect(questions.withLock { $0 } == 4)
        #expect(pricer.price([call]).map { $0.outcome.text } == ["2"])
        pricer.replace(book: try TestBook.make([TestBook.model("acme/m", ["m"])]))
        #expect(pricer.price([call.of(tenantClass: 1)]).map { $0.outcome.text } == ["2"])
    }

    private func book() throws -> PriceBook {
        try TestBook.make(
            [
                TestBook.model("acme/m", ["m"]), TestBook.model("acme/n", ["n"]),
                TestBook.model("acme/other", ["other"]),
            ],
            files: [file])
    }

    private func number(of tenant: String, in book: PriceBook) -> Int {
        (0...book.tenants.count).first { book.tenants.name(of: $0) == tenant } ?? Tenants.none
    }
}

extension ModelCall {
    /// The same call made for somebody else.
    fileprivate func of(tenantClass: UInt32) -> ModelCall {
        var call = self
        call.tenantClass = tenantClass
        return call
    }
}
