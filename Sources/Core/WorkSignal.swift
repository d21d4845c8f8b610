package import Domain
import Synchronization

/// Wakes one waiter inside this process; a notice that comes before anybody waits is kept.
///
/// It is a hint and nothing more: what other copies of the server bring about is found by looking.
package final class WorkSignal: Sendable {
    private struct State {
        /// The kinds of jobs that somebody here does.
        var kinds: Set<JobKind> = []
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// Says what kinds of jobs the waiter does: of others it is told nothing.
    package func listen(for kinds: some Sequence<JobKind>) {
        state.withLock { $0.kinds = Set(kinds) }
    }

    /// Tells of jobs that were enqueued.
    package func notify(of kinds: Set<JobKind>) {
        guard state.withLock({ !$0.kinds.isDisjoint(with: kinds) }) else { return }
        notify()
    }

    package func notify() {
        let waiter = state.withLock { state in
            state.isSet = state.waiter == nil
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Returns after a notice, after that time, or when the task is cancelled.
    ///
    /// One task may wait at a time.
    package func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isSet, !Task.isCancelled else {
                        state.isSet = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
