import Foundation
import Synchronization

/// Work that is done item by item, on several threads at once.
enum SideBySide {
    /// Does every item and tells the caller's thread of each as soon as it is done.
    ///
    /// - Parameters:
    ///   - threads: that work at once; each takes the next item that nobody has.
    ///   - work: does an item. Which thread does it, and when, must not matter.
    ///   - done: is told the item's place and its result, on the caller's thread.
    /// - Returns: results in the order of the items.
    /// - Throws: the first error by the order of the items; those that are begun are ended before.
    static func run<Item: Sendable, Value: Sendable>(
        _ items: [Item], threads: Int, work: @escaping @Sendable (Item) throws -> Value,
        done: (Int, Value) throws -> Void
    ) throws -> [Value] {
        let line = Line<Value>(count: items.count)
        let workers = min(max(threads, 1), items.count)
        for _ in 0..<workers {
            let thread = Thread {
                while let place = line.take() { line.put(Result { try work(items[place]) }, at: place) }
            }
            // As the threads of a model's own team.
            thread.stackSize = 8 << 20
            thread.start()
        }
        // Errors of the caller's own wait as well: nobody leaves while threads are at work.
        var failure: (place: Int, error: any Error)?
        for _ in items {
            let (place, result) = line.next()
            do {
                let value = try result.get()
                if failure == nil { try done(place, value) }
            } catch {
                line.stop()
                if place < failure?.place ?? .max, !(error is NotDone) { failure = (place, error) }
            }
        }
        if let failure { throw failure.error }
        return try line.values()
    }

    /// Of items that nobody began, since another one failed.
    private struct NotDone: Error {}

    private final class Line<Value: Sendable>: Sendable {
        private struct State {
            var next = 0
            var isStopped = false
            var ready: [Int] = []
            var results: [Result<Value, any Error>?]
        }
        private let state: Mutex<State>
        private let arrivals = DispatchSemaphore(value: 0)

        init(count: Int) { state = Mutex(State(results: Array(repeating: nil, count: count))) }

        func take() -> Int? {
            let (place, skipped) = state.withLock { state -> (Int?, Int) in
                let count = state.results.count
                guard state.isStopped else {
                    defer { state.next += 1 }
                    return (state.next < count ? state.next : nil, 0)
                }
                let left = state.next < count ? Array(state.next..<count) : []
                for place in left { state.results[place] = .failure(NotDone()) }
                state.ready += left
                state.next = count
                return (nil, left.count)
            }
            for _ in 0..<skipped { arrivals.signal() }
            return place
        }

        func put(_ result: Result<Value, any Error>, at place: Int) {
            state.withLock { state in
                state.results[place] = result
                state.ready.append(place)
                // Items are taken in order: whoever fails first by it was begun before this one was.
                if case .failure = result { state.isStopped = true }
            }
            arrivals.signal()
        }

        func next() -> (Int, Result<Value, any Error>) {
            arrivals.wait()
            return state.withLock { state in
                let place = state.ready.removeFirst()
                return (place, state.results[place] ?? .failure(NotDone()))
            }
        }

        func stop() { state.withLock { $0.isStopped = true } }

        func values() throws -> [Value] {
            try state.withLock { try $0.results.compactMap { try $0?.get() } }
        }
    }
}
