package import Domain

/// How one kind of job is done.
///
/// A job may run again after it has run in part or as a whole, so doing it twice must come to the same as doing it once. It is
/// cancelled when the server stops or the lease is lost, and should end soon then.
package struct JobHandler: Sendable {
    let kind: JobKind
    let action: @Sendable (Job) async throws -> JobReport

    /// - Parameter action: throws what is told as the job's error; a ``JobFailure`` says whether trying again can help.
    package init(_ kind: JobKind, action: @escaping @Sendable (Job) async throws -> Void) {
        self.init(reporting: kind) { job in
            try await action(job)
            return .none
        }
    }

    /// - Parameter action: the same, and returns what is to be stored with the job's end.
    package init(reporting kind: JobKind, action: @escaping @Sendable (Job) async throws -> JobReport) {
        self.kind = kind
        self.action = action
    }
}
