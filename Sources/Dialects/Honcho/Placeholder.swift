// Temporary: delete this file with the first real one.
package import Core
package import HTTPSurface
package import Hummingbird

package struct Honcho: Dialect {
    package enum Version: Sendable { case v2, v3 }
    package let name: String
    package init(version: Version, operations: Operations, authenticator: Authenticator, tokens: HonchoTokens?) { name = "honcho-\(version)" }
    package func owns(_ path: RequestPath) -> Bool { false }
    package var routes: [Route] { [] }
    package func response(to failure: Failure) -> Response { Response(status: .notFound) }
    package var openAPI: [UInt8] { [] }
}
