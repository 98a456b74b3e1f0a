// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What FOCUS 1.2 demands of a file, as far as it concerns model calls.
///
/// - SeeAlso: FinOps Open Cost and Usage Specification, version 1.2, dataset Cost and Usage.
enum FocusRules {
    /// All columns, in the order of the specification.
    static let columns = """
        AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency BillingPeriodEnd
        BillingPeriodStart CapacityReservationId CapacityReservationStatus ChargeCategory ChargeClass ChargeDescription
        ChargeFrequency ChargePeriodEnd ChargePeriodStart CommitmentDiscountCategory CommitmentDiscountId
        CommitmentDiscountName CommitmentDiscountQuantity CommitmentDiscountStatus CommitmentDiscountType
        CommitmentDiscountUnit ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost InvoiceId
        InvoiceIssuerName ListCost ListUnitPrice PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice
        PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingQuantity PricingUnit ProviderName PublisherName
        RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory ServiceName ServiceSubcategory SkuId
        SkuMeter SkuPriceDetails SkuPriceId SubAccountId SubAccountName SubAccountType Tags
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let never = [
        "AvailabilityZone", "CapacityReservationId", "CapacityReservationStatus", "CommitmentDiscountCategory",
        "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus",
        "CommitmentDiscountType", "CommitmentDiscountUnit", "InvoiceId", "ResourceId", "ResourceName", "ResourceType",
    ]
    private static let always = [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
        "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeDescription", "ChargeFrequency",
        "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost",
        "PricingCurrency", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName", "ServiceSubcategory",
        "SkuId", "SkuMeter", "Tags",
    ]
    private static let ofUsage = [
        "ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice", "ListUnitPrice", "PricingCategory",
        "PricingQuantity", "PricingUnit", "SkuPriceDetails", "SkuPriceId",
    ]
    private static let values: [String: Set<String>] = [
        "BillingCurrency": ["USD"], "PricingCurrency": ["USD"], "ChargeCategory": ["Usage", "Adjustment"],
        "ChargeClass": ["", "Correction"], "ChargeFrequency": ["Usage-Based", "One-Time"],
        "PricingCategory": ["", "Standard"], "ServiceCategory": ["AI and Machine Learning"],
        "ServiceSubcategory": ["Generative AI"],
        "PricingUnit": ["", "1000000 Tokens", "Searches", "Sessions", "Requests", "Calls", "USD"],
        "ConsumedUnit": ["", "Tokens", "Searches", "Sessions", "Requests", "Calls", "Seconds", "USD"],
    ]
    private static let together = [
        ("PricingQuantity", "PricingUnit"), ("ConsumedQuantity", "ConsumedUnit"), ("SubAccountId", "SubAccountName"),
        ("SubAccountId", "SubAccountType"), ("RegionId", "RegionName"),
    ]
    private static let numbers = columns.filter {
        $0.hasSuffix("Cost") || $0.hasSuffix("Quantity") || $0.hasSuffix("UnitPrice")
    }
    private static let times = ["BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"]

    /// The rules that a file breaks, with the rows that break them.
    static func broken(by file: FocusFile) -> [String] {
        var broken = file.head == columns ? [] : ["the columns are \(file.head)"]
        var skus: [String: Set<String>] = [:]
        var prices: [String: Set<String>] = [:]
        for (index, row) in file.rows.enumerated() {
            broken += self.broken(by: row).map { "row \(index + 1): \($0)" }
            guard let price = row["SkuPriceId"], !price.isEmpty else { continue }
            skus[price, default: []].insert(row["SkuId"] ?? "")
            prices[price, default: []].insert(row["ListUnitPrice"] ?? "")
        }
        broken += skus.filter { $1.count > 1 }.map { "\($0.key) has the SKUs \($0.value)" }
        return broken + prices.filter { $1.count > 1 }.map { "\($0.key) has the prices \($0.value)" }
    }

    private static func broken(by row: [String: String]) -> [String] {
        func cell(_ name: String) -> String { row[name] ?? "" }
        let isUsage = cell("ChargeCategory") == "Usage"
        var broken = never.filter { !cell($0).isEmpty }.map { "\($0) has a value" }
        broken += always.filter { cell($0).isEmpty }.map { "\($0) is null" }
        broken += ofUsage.filter { cell($0).isEmpty == isUsage }.map { "\($0) is '\(cell($0))'" }
        broken += values.filter { !$1.contains(cell($0)) }.map { "\($0.key) is '\(cell($0.key))'" }
        broken += together.filter { cell($0).isEmpty != cell($1).isEmpty }.map { "\($0.0) and \($0.1) differ" }
        broken += numbers.filter { !cell($0).isEmpty && cell($0).wholeMatch(of: /-?\d+\.\d+/) == nil }
            .map { "\($0) is '\(cell($0))'" }
        broken += times.filter { cell($0).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:00Z/) == nil }
            .map { "\($0) is '\(cell($0))'" }
        if cell("ChargePeriodStart") >= cell("ChargePeriodEnd") { broken.append("the charge period is empty") }
        if cell("BillingPeriodStart") >= cell("BillingPeriodEnd") { broken.append("the billing period is empty") }
        broken += brokenMoney(row, isUsage: isUsage)
        broken += ["Tags", "SkuPriceDetails"].compactMap { brokenObject(cell($0), $0) }
        // A spreadsheet runs a cell as a formula by its first character.
        broken += row.filter { name, text in
            !numbers.contains(name) && text.first.map { "=+-@|%\t\r".contains($0) } ?? false
        }.map { "\($0.key) is the formula '\($0.value)'" }
        return broken
    }

    private static func brokenMoney(_ row: [String: String], isUsage: Bool) -> [String] {
        func number(_ name: String) -> Decimal { FocusFile.decimal(row[name]) }
        var broken: [String] = []
        for name in ["EffectiveCost", "ListCost", "ContractedCost", "PricingCurrencyEffectiveCost"]
        where row[name] != row["BilledCost"] { broken.append("\(name) is not BilledCost") }
        guard isUsage else { return broken }
        if number("ListUnitPrice") < 0 { broken.append("a price is below zero") }
        for kind in ["List", "Contracted"]
        where number(kind + "UnitPrice") * number("PricingQuantity") != number(kind + "Cost") {
            broken.append("\(kind)UnitPrice times PricingQuantity is not \(kind)Cost")
        }
        if row["PricingUnit"] == "1000000 Tokens",
            number("PricingQuantity") * 1_000_000 != number("ConsumedQuantity")
        {
            broken.append("the quantities differ")
        }
        return broken
    }

    private static func brokenObject(_ text: String, _ name: String) -> String? {
        guard !text.isEmpty else { return nil }
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            return "\(name) is no JSON object: \(text)"
        }
        guard object.values.allSatisfy({ $0 is String }) else { return "\(name) has other values than texts" }
        if name == "SkuPriceDetails", !object.keys.allSatisfy({ $0.hasPrefix("x_") }) {
            return "\(name) has a key without prefix: \(text)"
        }
        return nil
    }
}
