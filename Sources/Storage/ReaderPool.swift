import Dispatch
import Synchronization

/// Runs read closures on a bounded number of connections; the rest wait in line for a bounded time.
package final class ReaderPool: Sendable {
    private let state = Mutex(State())
    private let lanes: [Lane]
    private let maxWait: Duration
    private let maxWaiting: Int

    /// - Parameters:
    ///   - connections: one serial lane each.
    ///   - maxWait: how long a closure may wait for a lane before it fails as unavailable.
    ///   - maxWaiting: how many may wait; one more fails at once.
    package init(connections: [ConnectionSource], maxWait: Duration = .seconds(5), maxWaiting: Int = 10_000) {
        lanes = connections.enumerated().map { Lane(index: $0.offset, label: "reader", source: $0.element) }
        self.maxWait = maxWait
        self.maxWaiting = maxWaiting
        state.withLock { $0.idleLanes = Array(lanes.indices.reversed()) }
    }

    /// Runs `body`, in a transaction of its own when `mode` is given.
    package func read<Value: Sendable>(
        _ mode: TransactionMode?,
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Job(
                    deadline: .now + maxWait,
                    run: { lane in
                        continuation.resume(
                            with: Result { try lane.withConnection { try Self.run(body, on: $0, mode) } }
                        )
                    },
                    fail: { continuation.resume(throwing: $0) }
                )
            )
        }
    }

    package func close() async {
        state.withLock { $0.isClosed = true }
        for lane in lanes { await lane.close() }
    }

    private static func run<Value>(
        _ body: (Transaction) throws -> Value,
        on connection: any Connection,
        _ mode: TransactionMode?
    ) throws -> Value {
        guard let mode else { return try body(Transaction(connection)) }
        try connection.begin(mode)
        do {
            let value = try body(Transaction(connection))
            try connection.commit()
            return value
        } catch {
            connection.rollback()
            throw error
        }
    }

    private func submit(_ job: Job) {
        let lane: Lane?
        do {
            lane = try state.withLock { state -> Lane? in
                guard !state.isClosed else { throw StorageError.unavailable("the store is closed") }
                if let index = state.idleLanes.popLast() { return lanes[index] }
                guard state.waiting.count - state.head < maxWaiting else {
                    throw StorageError.unavailable("too many requests wait for the database")
                }
                state.waiting.append(job)
                return nil
            }
        } catch {
            job.fail(error)
            return
        }
        if let lane { lane.queue.async { self.work(lane, first: job) } }
    }

    private func work(_ lane: Lane, first: Job) {
        var job: Job? = first
        while let current = job {
            if current.deadline < .now {
                current.fail(StorageError.unavailable("no database connection was free in time"))
            } else {
                current.run(lane)
            }
            job = state.withLock { $0.next(freeing: lane.index) }
        }
    }

    private struct Job: Sendable {
        let deadline: ContinuousClock.Instant
        let run: @Sendable (Lane) -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        /// Jobs before this index are done; the array is cut now and then, so that taking the next one is cheap.
        var head = 0
        var idleLanes: [Int] = []
        var isClosed = false

        mutating func next(freeing lane: Int) -> Job? {
            guard head < waiting.count else {
                waiting.removeAll(keepingCapacity: true)
                head = 0
                idleLanes.append(lane)
                return nil
            }
            defer {
                head += 1
                if head > 512 {
                    waiting.removeFirst(head)
                    head = 0
                }
            }
            return waiting[head]
        }
    }
}
