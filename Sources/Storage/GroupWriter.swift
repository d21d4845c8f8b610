import Dispatch
import Synchronization

/// Lets write closures that arrive while a transaction runs share the next one.
///
/// If a member of a group throws, the group is rolled back and its members run one by one: the happy path pays for no
/// savepoint, and a failing member takes nobody with it. Nobody is answered before the commit is durable.
package final class GroupWriter: Sendable {
    private let inbox = Mutex(Inbox())
    private let lanes: [Lane]
    private let maxGroup: Int

    /// - Parameters:
    ///   - connections: one serial lane each; SQLite has one.
    ///   - maxGroup: the most closures in one transaction.
    package init(connections: [ConnectionSource], maxGroup: Int = 256) {
        lanes = connections.enumerated().map { Lane(index: $0.offset, label: "writer", source: $0.element) }
        self.maxGroup = maxGroup
        inbox.withLock { $0.idleLanes = Array(lanes.indices) }
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Job(
                    run: { transaction in
                        let value = try body(transaction)
                        return { error in
                            if let error {
                                continuation.resume(throwing: error)
                            } else {
                                continuation.resume(returning: value)
                            }
                        }
                    },
                    fail: { continuation.resume(throwing: $0) }
                )
            )
        }
    }

    /// Waits for what was submitted and refuses what comes later.
    package func close() async {
        inbox.withLock { $0.isClosed = true }
        for lane in lanes { await lane.close() }
    }

    private func submit(_ job: Job) {
        let decision = inbox.withLock { inbox -> Decision in
            guard !inbox.isClosed else { return .refuse }
            inbox.jobs.append(job)
            guard let index = inbox.idleLanes.popLast() else { return .wait }
            return .start(lanes[index])
        }
        switch decision {
        case .refuse: job.fail(StorageError.unavailable("the store is closed"))
        case .wait: break
        case .start(let lane): lane.queue.async { self.drain(lane) }
        }
    }

    private func drain(_ lane: Lane) {
        while let group = nextGroup(for: lane) {
            do {
                try lane.withConnection { connection in
                    if !attempt(group, on: connection) {
                        for job in group { _ = attempt([job], on: connection) }
                    }
                }
            } catch {
                for job in group { job.fail(error) }
            }
        }
    }

    private func nextGroup(for lane: Lane) -> [Job]? {
        inbox.withLock { inbox in
            guard !inbox.jobs.isEmpty else {
                inbox.idleLanes.append(lane.index)
                return nil
            }
            let group = Array(inbox.jobs.prefix(maxGroup))
            inbox.jobs.removeFirst(group.count)
            return group
        }
    }

    /// Runs the group in one transaction; `false` when it failed, was rolled back and its members still wait.
    private func attempt(_ group: [Job], on connection: any Connection) -> Bool {
        do {
            try connection.begin(.write)
            let transaction = Transaction(connection)
            let finishes = try group.map { try $0.run(transaction) }
            try connection.commit()
            for finish in finishes { finish(nil) }
            return true
        } catch {
            connection.rollback()
            guard group.count == 1 else { return false }
            group[0].fail(error)
            return true
        }
    }

    private struct Job: Sendable {
        /// Runs the body and returns what resumes its caller once the commit has succeeded or failed.
        let run: @Sendable (Transaction) throws -> @Sendable ((any Error)?) -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct Inbox {
        var jobs: [Job] = []
        var idleLanes: [Int] = []
        var isClosed = false
    }

    private enum Decision {
        case refuse
        case wait
        case start(Lane)
    }
}
