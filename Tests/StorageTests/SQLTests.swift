import Storage
import Testing

@Suite struct SQLTests {
    @Test func valuesAreBoundInTextOrder() {
        let sql: SQL = "UPDATE t SET a = \("x") WHERE b = \(Int64(2)) AND c IN (\(each: ["p", "q"]))"
        #expect(sql.text == "UPDATE t SET a = $1 WHERE b = $2 AND c IN ($3, $4)")
        #expect(sql.values == [.text("x"), .integer(2), .text("p"), .text("q")])
    }

    @Test func nothingIsNullAndMatchesNothing() {
        let absent: String? = nil
        #expect(("a = \(absent)" as SQL).values == [.null(.text)])
        #expect(("a IN (\(each: [String]()))" as SQL).text == "a IN (NULL)")
    }

    @Test func splicedStatementsAreRenumbered() {
        let inner: SQL = "b = \("1") OR c = \("2")"
        let outer: SQL = "a = \("0") AND (\(inner)) AND d = \("3")"
        #expect(outer.text == "a = $1 AND (b = $2 OR c = $3) AND d = $4")
        #expect(outer.values == [.text("0"), .text("1"), .text("2"), .text("3")])
    }

    @Test func manyPlaceholdersKeepTheirNumbers() {
        let inner: SQL = "x IN (\(each: (0..<120).map { Int64($0) }))"
        let outer: SQL = "y = \("a") AND \(inner)"
        #expect(outer.values.count == 121)
        #expect(outer.text.hasSuffix("$120, $121)"))
    }
}
