import Synchronization
import Testing

@testable import Search

@Suite struct SideBySideTests {
    private struct Broken: Error, Equatable { let place: Int }

    @Test(arguments: [1, 2, 7]) func resultsStandInTheOrderOfTheItems(threads: Int) throws {
        var told: [Int: Int] = [:]
        let squares = try SideBySide.run(Array(0..<50), threads: threads) {
            $0 * $0
        } done: {
            told[$0] = $1
        }
        #expect(squares == (0..<50).map { $0 * $0 })
        #expect(told.count == 50 && told.allSatisfy { $0.value == $0.key * $0.key })
    }

    /// Whoever is at work ends, nobody begins any more, and the first error by the items' order is told.
    @Test(arguments: [1, 3]) func anErrorEndsTheWork(threads: Int) {
        let begun = Mutex(0)
        #expect(throws: Broken.self) {
            try SideBySide.run(Array(0..<1000), threads: threads) { item in
                begun.withLock { $0 += 1 }
                if item >= 3 { throw Broken(place: item) }
            } done: { _, _ in
            }
        }
        #expect(begun.withLock(\.self) < 1000)
    }

    @Test func anErrorOfTheCallerEndsItToo() {
        #expect(throws: Broken(place: 2)) {
            try SideBySide.run(Array(0..<20), threads: 2) {
                $0
            } done: { place, _ in
                if place == 2 { throw Broken(place: 2) }
            }
        }
    }

    @Test func nothingToDo() throws {
        #expect(
            try SideBySide.run([Int](), threads: 2) {
                $0
            } done: { _, _ in
            }.isEmpty)
    }
}
