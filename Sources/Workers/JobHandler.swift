package import Domain

/// How one kind of job is done.
///
/// A job may run again after it has run in part or as a whole, so doing it twice must come to the same as doing it once. It is
/// cancelled when the server stops or the lease is lost, and should end soon then.
package struct JobHandler: Sendable {
    let kind: JobKind
    let action: @Sendable (Job) async throws -> Void

    /// - Parameter action: throws what is told as the job's error; a ``JobFailure`` says whether trying again can help.
    package init(_ kind: JobKind, action: @escaping @Sendable (Job) async throws -> Void) {
        self.kind = kind
        self.action = action
    }
}
