import Foundation
import Synchronization

/// Somebody elsewhere who does items too.
package protocol FarHands<Item, Value> {
    associatedtype Item
    associatedtype Value

    /// Whether somebody there has nothing to do.
    var hasRoom: Bool { get }
    /// Gives an item to somebody who has nothing to do.
    func give(_ item: Item, at place: Int) throws
    /// What has been done since it was asked last.
    func collect() throws -> [(place: Int, result: Result<Value, any Error>)]
}

/// Work that is done item by item, on several threads at once, and by others where there are any.
package enum SideBySide {
    /// Does every item and tells the caller's thread of each as soon as it is done.
    ///
    /// - Parameters:
    ///   - threads: that work at once; each takes the next item that nobody has.
    ///   - others: who takes items as well; asked and told on the caller's thread.
    ///   - work: does an item. Which thread does it, and when, must not matter.
    ///   - done: is told the item's place and its result, on the caller's thread.
    /// - Returns: results in the order of the items.
    /// - Throws: the first error by the order of the items; those that are begun are ended before.
    package static func run<Item: Sendable, Value: Sendable>(
        _ items: [Item], threads: Int, others: (any FarHands<Item, Value>)? = nil,
        work: @escaping @Sendable (Item) throws -> Value,
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
        var others = others
        var given: Set<Int> = []
        var left = items.count
        while left > 0 {
            do {
                while let others, others.hasRoom, let place = line.take() {
                    given.insert(place)
                    try others.give(items[place], at: place)
                }
                for (place, result) in try others?.collect() ?? [] where given.remove(place) != nil {
                    line.put(result, at: place)
                }
            } catch {
                // Nobody there can be reached any more.
                others = nil
                for place in given { line.put(.failure(error), at: place) }
                given = []
                line.stop()
            }
            guard let (place, result) = line.next(within: others == nil ? nil : 2) else { continue }
            left -= 1
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

    /// Does so many pieces of work; no thread is started where one is enough.
    ///
    /// - Parameters:
    ///   - count: of pieces, which are given by their number.
    ///   - threads: that work at once. Each holds one piece at a time, so that memory grows with the threads and not
    ///     with the pieces.
    ///   - work: does a piece. Which thread does it, and when, must not matter.
    /// - Returns: results in the order of the pieces.
    /// - Throws: the first error by the order of the pieces.
    package static func map<Value: Sendable>(
        _ count: Int, threads: Int, _ work: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        guard min(count, threads) > 1 else { return try (0..<count).map(work) }
        return try run(Array(0..<count), threads: threads, work: work) { _, _ in }
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

        /// The next result; `nil` where none comes in so many milliseconds.
        func next(within milliseconds: Int?) -> (Int, Result<Value, any Error>)? {
            if let milliseconds {
                guard arrivals.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else {
                    return nil
                }
            } else {
                arrivals.wait()
            }
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
