/// Which part of a list is wanted, in pages numbered from 1.
package struct PageRequest: Equatable, Sendable {
    package let number: Int
    package let size: Int
    /// Newest first instead of oldest first.
    package let isReversed: Bool

    package init(number: Int = 1, size: Int, isReversed: Bool = false) {
        self.number = number
        self.size = size
        self.isReversed = isReversed
    }

    /// Rows before the page; held at the largest number where the product would overflow.
    package var offset: Int64 {
        let (product, overflow) = (Int64(number) - 1).multipliedReportingOverflow(by: Int64(size))
        return overflow ? .max : product
    }
}

/// One page of a list, and how long the whole list is.
package struct Page<Element: Sendable>: Sendable {
    package let items: [Element]
    package let total: Int64
    package let request: PageRequest

    package init(items: [Element], total: Int64, request: PageRequest) {
        self.items = items
        self.total = total
        self.request = request
    }

    /// How many pages there are; 0 for an empty list.
    package var pageCount: Int64 {
        (total + Int64(request.size) - 1) / Int64(request.size)
    }

    package func map<Other: Sendable>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), total: total, request: request)
    }
}

extension Page: Equatable where Element: Equatable {}
