import Foundation
import Synchronization
import Testing

@testable import LFADS

/// Counts how often every item was done, and by whom.
private final class Tally: SharedWork, @unchecked Sendable {
    let itemCount: Int
    let done: [Atomic64]
    let workers: [Atomic64]
    init(items: Int, workers count: Int) {
        itemCount = items
        done = (0..<items).map { _ in Atomic64() }
        workers = (0..<count).map { _ in Atomic64() }
    }
    func perform(_ item: Int, worker: Int) {
        done[item].add()
        workers[worker].add()
    }
}

private final class Atomic64: Sendable {
    private let value = Atomic<Int>(0)
    func add() { value.wrappingAdd(1, ordering: .relaxed) }
    var count: Int { value.load(ordering: .relaxed) }
}

@Suite("Worker team")
struct WorkerTeamTests {
    @Test("every item is done once, whatever the number of workers and items", arguments: [1, 2, 3, 7])
    func everyItemOnce(workers: Int) {
        let team = WorkerTeam(workers: workers)
        for items in [0, 1, 2, 5, 100, 1_000] {
            let tally = Tally(items: items, workers: workers)
            team.run(tally)
            #expect(tally.done.allSatisfy { $0.count == 1 })
            #expect(tally.workers.reduce(0) { $0 + $1.count } == items)
        }
    }

    @Test("what was written before a run is seen by all, and what they wrote after it")
    func memoryIsOrdered() {
        /// Every item adds to its own element: a run that saw an old value would lose an addition.
        final class Cell: SharedWork, @unchecked Sendable {
            let base = UnsafeMutablePointer<Int>.allocate(capacity: 64)
            let itemCount = 64
            init() { base.initialize(repeating: 1, count: 64) }
            deinit { base.deallocate() }
            func perform(_ item: Int, worker: Int) { base[item] += 1 }
        }
        let team = WorkerTeam(workers: 4)
        let cells = Cell()
        for _ in 0..<500 { team.run(cells) }
        #expect((0..<64).allSatisfy { cells.base[$0] == 501 })
    }

    @Test("a team's threads end with it")
    func threadsEnd() throws {
        /// Every worker notes its thread and waits for the others, so that none does two items.
        final class Roll: SharedWork, @unchecked Sendable {
            let itemCount = 4
            private let arrived = Atomic64()
            private let notes = UnsafeMutablePointer<String>.allocate(capacity: 4)
            var threads: [String] { (0..<4).map { notes[$0] } }
            init() { notes.initialize(repeating: "", count: 4) }
            deinit {
                notes.deinitialize(count: 4)
                notes.deallocate()
            }
            func perform(_ item: Int, worker: Int) {
                let own = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/thread-self")
                notes[worker] = own ?? ""
                arrived.add()
                while arrived.count < itemCount { usleep(100) }
            }
        }
        func isAlive(_ thread: String) -> Bool {
            FileManager.default.fileExists(atPath: "/proc/\(thread)")
        }
        let roll = Roll()
        do {
            let team = WorkerTeam(workers: 4)
            team.run(roll)
            #expect(Set(roll.threads).count == 4 && roll.threads.allSatisfy(isAlive))
        }
        let helpers = roll.threads.dropFirst()
        for _ in 0..<1_000 where helpers.contains(where: isAlive) { usleep(10_000) }
        #expect(!helpers.contains(where: isAlive))
    }
}
