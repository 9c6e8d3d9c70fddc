import Foundation
import Synchronization

@testable import LFADS

/// A relay between threads of the tests' own process, in place of processes.
final class ThreadRelay: Relay {
    let rank: Int
    let count: Int
    private let line: Line

    private init(rank: Int, count: Int, _ line: Line) {
        self.rank = rank
        self.count = count
        self.line = line
    }

    /// Messages from each place to its neighbours.
    private final class Line: Sendable {
        private let forwards: [Channel]
        private let backwards: [Channel]

        init(count: Int) {
            forwards = (0..<count).map { _ in Channel() }
            backwards = (0..<count).map { _ in Channel() }
        }

        func toNext(of rank: Int) -> Channel { forwards[rank] }
        func toPrevious(of rank: Int) -> Channel { backwards[rank] }
    }

    private final class Channel: Sendable {
        private let messages = Mutex<[[UInt8]]>([])
        private let arrivals = DispatchSemaphore(value: 0)

        func send(_ bytes: UnsafeMutableRawBufferPointer) {
            let message = [UInt8](bytes)
            messages.withLock { $0.append(message) }
            arrivals.signal()
        }

        func receive(_ bytes: UnsafeMutableRawBufferPointer) {
            arrivals.wait()
            let message = messages.withLock { $0.removeFirst() }
            precondition(message.count == bytes.count, "\(message.count) bytes for \(bytes.count)")
            bytes.copyBytes(from: message)
        }
    }

    func pass(_ blocks: [UnsafeMutableRawBufferPointer], contribute: (Int) throws -> Void) throws {
        for (place, block) in blocks.enumerated() {
            if rank > 0 { line.toNext(of: rank - 1).receive(block) }
            try contribute(place)
            if rank < count - 1 {
                line.toNext(of: rank).send(block)
            } else if rank > 0 {
                line.toPrevious(of: rank).send(block)
            }
        }
        guard rank < count - 1 else { return }
        for block in blocks {
            line.toPrevious(of: rank + 1).receive(block)
            if rank > 0 { line.toPrevious(of: rank).send(block) }
        }
    }

    /// Does something in as many threads as there are to be processes, and waits for all of them.
    ///
    /// - Returns: what each came to, in their order.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (ThreadRelay) throws -> Value
    ) throws -> [Value] {
        let line = Line(count: count)
        let results = Mutex<[Result<Value, any Error>?]>(Array(repeating: nil, count: count))
        let ends = DispatchSemaphore(value: 0)
        for rank in 0..<count {
            let thread = Thread {
                let result = Result { try body(ThreadRelay(rank: rank, count: count, line)) }
                results.withLock { $0[rank] = result }
                ends.signal()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        for _ in 0..<count { ends.wait() }
        return try results.withLock { try $0.compactMap { try $0?.get() } }
    }
}
