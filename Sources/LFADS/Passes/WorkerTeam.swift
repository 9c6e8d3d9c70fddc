import Foundation
import Synchronization

/// Work that is the same list of items for any number of workers.
protocol SharedWork: AnyObject, Sendable {
    var itemCount: Int { get }
    /// Does one item; items may be done in any order and at once, by different workers.
    func perform(_ item: Int, worker: Int)
}

/// Threads that wait for work; the caller is one of them.
///
/// Items are taken one after the other by whoever is free, so that a slow core delays nobody. Nothing
/// is allocated while work is done.
final class WorkerTeam: @unchecked Sendable {
    let workers: Int
    private let starts: [DispatchSemaphore]
    private let finished = DispatchSemaphore(value: 0)
    private let nextItem = Atomic<Int>(0)
    /// Set before a start is signalled, read after: the semaphores order both.
    private var work: (any SharedWork)?

    init(workers: Int) {
        self.workers = max(1, workers)
        starts = (1..<max(2, workers)).map { _ in DispatchSemaphore(value: 0) }
        for worker in 1..<max(1, self.workers) {
            // The thread does not keep the team: a start without one is its sign to end.
            let member = Member(worker: worker, start: starts[worker - 1], finished: finished, team: self)
            let thread = Thread { member.run() }
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    deinit {
        for (start, _) in zip(starts, 1..<workers) { start.signal() }
    }

    /// Returns when every item is done.
    func run(_ work: any SharedWork) {
        let count = work.itemCount
        nextItem.store(0, ordering: .relaxed)
        let helpers = min(workers, count) - 1
        guard helpers > 0 else {
            for item in 0..<count { work.perform(item, worker: 0) }
            return
        }
        self.work = work
        for helper in 0..<helpers { starts[helper].signal() }
        takeItems(worker: 0)
        for _ in 0..<helpers { finished.wait() }
        self.work = nil
    }

    fileprivate func takeItems(worker: Int) {
        guard let work else { return }
        let count = work.itemCount
        while true {
            let item = nextItem.wrappingAdd(1, ordering: .relaxed).oldValue
            guard item < count else { return }
            work.perform(item, worker: worker)
        }
    }

    private final class Member: @unchecked Sendable {
        let worker: Int
        let start: DispatchSemaphore
        let finished: DispatchSemaphore
        weak var team: WorkerTeam?

        init(worker: Int, start: DispatchSemaphore, finished: DispatchSemaphore, team: WorkerTeam) {
            self.worker = worker
            self.start = start
            self.finished = finished
            self.team = team
        }

        func run() {
            while true {
                start.wait()
                guard let team else { return }
                team.takeItems(worker: worker)
                finished.signal()
            }
        }
    }
}
