// SPDX-License-Identifier: Apache-2.0
import Reports
import Testing

@Suite struct GroupingTests {
    @Test(
        arguments: [
            ("model", Grouping.model), ("provider", .provider), ("operation", .operation), ("day", .day),
            ("month", .month), ("team", .label("team")), ("label:team", .label("team")), ("label:day", .label("day")),
        ])
    func `a name is a grouping`(text: String, grouping: Grouping) throws {
        #expect(try Grouping(text, labels: ["team", "day"]) == grouping)
    }

    @Test(
        arguments: [
            ("modle", "calls cannot be grouped by 'modle'; did you mean 'model'? choose from model, provider, "),
            ("taem", "calls cannot be grouped by 'taem'; did you mean 'team'? choose from model, provider, "),
            ("customer", "calls cannot be grouped by 'customer'; choose from model, "),
            ("", "calls cannot be grouped by ''; "),
            ("label:model", "calls cannot be grouped by 'label:model'; "),
            ("Model", "calls cannot be grouped by 'Model'; "),
        ])
    func `any other name is refused with those that there are`(text: String, message: String) {
        let error = #expect(throws: GroupingError.self) { try Grouping(text, labels: ["team"]) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasSuffix("operation, day, month, team") == true)
    }

    @Test func `without labels the refusal says where they come from`() {
        let error = #expect(throws: GroupingError.self) { try Grouping("team", labels: []) }
        #expect(error?.description.contains("'labels' in the settings") == true)
    }
}
