import JSON
import Testing

@Suite struct JSONScalarsTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-0.0", 0), ("0e99999999999999999999999", 0), ("1", 1), ("1.0", 1), ("1e2", 100),
        ("1.5e1", 15),
        ("-12.50e+1", -125), ("100e-2", 1), ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", Int64.max),
        ("9223372036854775807.000", Int64.max), ("-9223372036854775808", Int64.min),
        ("-9.223372036854775808e18", Int64.min),
        ("0.0000000000000000001e19", 1), ("999999999999999999", 999_999_999_999_999_999),
        ("1000000000000000000", 1_000_000_000_000_000_000),
    ])
    func integralNumbersHaveAnInteger(text: String, number: Int64) throws {
        #expect(try json(text).int64Value == number)
        #expect(try json("[\(text)]").elements.first?.int64Value == number)
    }

    @Test(arguments: [
        "0.5", "1e-1", "1.01e1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400", "1e-400",
        "99999999999999999999",
        "1e99999999999999999999999", "1e-99999999999999999999999", "18446744073709551616",
    ])
    func otherNumbersHaveNone(text: String) throws {
        #expect(try json(text).int64Value == nil)
    }

    @Test(arguments: [("1", true), ("-0", true), ("1.0", false), ("1e2", false), ("1E2", false)])
    func integerSpellingHasNeitherPointNorExponent(text: String, isInteger: Bool) throws {
        #expect(try json(text).isIntegerSpelling == isInteger)
    }

    @Test(arguments: [
        ("1", 1.0), ("-1.5e3", -1500), ("0.1", 0.1), ("1e-400", 0), ("9007199254740993", 9_007_199_254_740_992),
    ])
    func doubleIsTheNearest(text: String, number: Double) throws {
        #expect(try json(text).doubleValue == number)
    }

    @Test func aNumberBeyondDoublesHasNone() throws {
        #expect(try json("1e400").doubleValue == nil)
        #expect(try json("-1e400").doubleValue == nil)
    }

    @Test(arguments: ["null", "true", "1", #""s""#, "[]", "{}"])
    func accessorsAreNilForOtherKinds(text: String) throws {
        let value = try json(text)
        #expect(value.isNull == (value.kind == .null))
        #expect((value.boolValue != nil) == (value.kind == .bool))
        #expect((value.numberText != nil) == (value.kind == .number))
        #expect((value.int64Value != nil) == (value.kind == .number))
        #expect((value.doubleValue != nil) == (value.kind == .number))
        #expect(value.isIntegerSpelling == (value.kind == .number))
        #expect((value.stringValue != nil) == (value.kind == .string))
        #expect(value.elements.isEmpty && value.members.isEmpty && value["a"] == nil)
    }

    @Test func truthValues() throws {
        #expect(try json("true").boolValue == true)
        #expect(try json("[false]").elements.first?.boolValue == false)
    }
}
