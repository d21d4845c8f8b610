import Domain
import HTTPSurface
import Hummingbird
import JSON

extension Response {
    /// One page of a list (honcho.md 3.1).
    static func page<Item>(_ page: Page<Item>, _ write: (inout JSONWriter, Item) -> Void) -> Response {
        .json { writer in
            writer.object { writer in
                writer.member("items") { $0.array(page.items, write) }
                writer.member("total", page.total)
                writer.member("page", page.request.number)
                writer.member("size", page.request.size)
                writer.member("pages", page.pageCount)
            }
        }
    }
}
