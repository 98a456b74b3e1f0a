// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct RegionTests {
    private static func book() throws -> PriceBook {
        func priced(_ id: String, _ names: [String], _ input: String) -> String {
            TestBook.model(id, names, provider: "aws.bedrock", "\"prices\":[{\"rates\":{\"input\":\"\(input)\"}}]")
        }
        return try TestBook.make([
            priced("b/all", ["b.x", "us-east-1/b.x"], "1"), priced("b/tokyo", ["ap-northeast-1/b.x"], "2"),
            priced("b/gov", ["us-gov-west-1/b.x"], "3"), priced("b/global", ["global.b.x"], "4"),
        ])
    }

    @Test(arguments: [
        ("b.x", "", "", "1"), ("b.x", "bedrock-runtime.ap-northeast-1.amazonaws.com", "", "2"),
        ("b.x", "BEDROCK-RUNTIME-FIPS.US-GOV-WEST-1.amazonaws.com", "", "3"), ("b.x", "", "ap-northeast-1", "2"),
        ("b.x", "", " AP-Northeast-1 ", "2"), ("b.x", "", "eu-west-1", "1"), ("b.x", "", "us-east-1", "1"),
        ("b.x", "bedrock-runtime.us-east-1.amazonaws.com", "ap-northeast-1", "1"),
        ("b.x", "ap-northeast-1.example.com", "", "1"),
        ("arn:aws:bedrock:ap-northeast-1::foundation-model/b.x", "", "", "2"),
        (
            "arn:aws:bedrock:ap-northeast-1::foundation-model/b.x", "bedrock-runtime.us-east-1.amazonaws.com",
            "us-east-1", "2"
        ),
        ("arn:aws:bedrock:eu-west-1::foundation-model/b.x", "", "ap-northeast-1", "1"),
        ("bedrock/ap-northeast-1/b.x", "", "", "2"), ("global.b.x", "", "ap-northeast-1", "4"),
    ])
    func `the region of an ARN, a host or an attribute selects its own price`(
        _ model: String, _ host: String, _ stated: String, _ cost: String
    ) throws {
        var question = TestBook.question(model, provider: "bedrock")
        (question.serverAddress, question.cloudRegion) = (host, stated)
        #expect(try Self.book().price(question).text == cost)

        // A pricer keeps what names mean apart by their regions.
        let symbols = SymbolTable()
        let pricer = Pricer(book: try Self.book(), symbols: symbols)
        func call(_ host: String, _ stated: String) -> ModelCall {
            var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
            call.provider = symbols.symbol(for: "bedrock", in: .provider)
            call.responseModel = symbols.symbol(for: model, in: .model)
            call.serverAddress = symbols.symbol(for: host, in: .serverAddress)
            call.inferenceGeo = symbols.symbol(for: stated, in: .inferenceGeo)
            call.usage = TestBook.usage([.input: 1_000_000])
            call.reportsUsage = true
            return call
        }
        let plain = model.contains("ap-northeast-1") ? "2" : model.hasPrefix("global") ? "4" : "1"
        let priced = pricer.price([call("", ""), call(host, stated), call("", "")])
        #expect(priced.map(\.outcome.text) == [plain, cost, plain])
    }

    @Test func `a price file for a model holds in every region`() throws {
        let file = "models: [{id: b/own, provider: aws.bedrock, names: [b.x], prices: [{rates: {input: 9}}]}]"
        let book = try Self.book().with([TestBook.file("format: pricebook/1\n" + file)])
        var question = TestBook.question("b.x", provider: "bedrock")
        question.cloudRegion = "ap-northeast-1"
        #expect(book.price(question).text == "9")
    }

    @Test(arguments: ["", "-", "eu-west-1", "eu--1", "eu-west-", "europe-west1", "eu-west-1/x", "EU-WEST-1", "é-w-1"])
    func `only regions of Amazon's form are read from names`(_ region: String) throws {
        let book = try TestBook.make([
            TestBook.model("b/it", ["b.x"], provider: "aws.bedrock")
        ])
        let priced = book.price(TestBook.question("\(region)/b.x", provider: "bedrock")).model == "b/it normalised"
        #expect(priced == ["eu-west-1", "EU-WEST-1"].contains(region))
    }
}
