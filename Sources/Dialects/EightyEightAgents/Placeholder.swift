// Temporary: delete this file with the first real one.
package import Core
package import HTTPSurface
package import Hummingbird

package struct EightyEightAgents: Dialect {
    package let name = "EightyEightAgents"
    package init(operations: Operations) {}
    package func owns(_ path: RequestPath) -> Bool { false }
    package var routes: [Route] { [] }
    package func response(to failure: Failure) -> Response { Response(status: .notFound) }
    package var openAPI: [UInt8] { [] }
}
