/// Why a call came to nothing, in words for whoever runs the server.
package struct OutboundFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
