import Domain
import JSON
import Storage
import Testing

/// What stands in the text of a statement is right for PostgreSQL too, and never in the way of what stands around it.
@Suite struct FilterSQLTests {
    private static let columns = FilterColumns(slug: "slug", workspaceSlug: "home", createdAt: "at", metadata: "meta")
    private static let a = Filter.text(.slug, .equals("a"))
    private static let b = Filter.text(.slug, .equals("b"))
    private static let c = Filter.text(.slug, .equals("c"))

    @Test(arguments: [
        (Filter.or([a, b]), "(slug = $1 OR slug = $2)"),
        (.and([a, .or([b, c])]), "(slug = $1 OR slug = $2) AND slug = $3"),
        (.or([a, .and([b, c])]), "(slug = $1 AND slug = $2 OR slug = $3)"),
        (.not(.and([a, .or([b, c])])), "(NOT (slug = $1) AND NOT (slug = $2) OR NOT (slug = $3))"),
        (.not(.not(a)), "slug = $1"),
        (.and([]), "1 = 1"),
        (.not(.or([])), "1 = 1"),
    ])
    func shapes(filter: Filter, text: String) {
        #expect(filter.sql(Self.columns, .sqlite).text == text)
    }

    @Test func aDollarInALiteralIsNoPlaceholder() {
        let literal: SQL = "x ~ 'a$' AND y = \("b")"
        let outer: SQL = "z = \("a") AND \(literal)"
        #expect(outer.text == "z = $1 AND x ~ 'a$' AND y = $2")
        #expect(outer.values == [.text("a"), .text("b")])
    }
}
