import Foundation
import Synchronization
import Testing

import LinearAlgebra

@Suite struct SideBySideTests {
    private struct Broken: Error, Equatable { let place: Int }

    @Test(arguments: [0, 1, 2, 7]) func piecesStandInTheirOrder(threads: Int) throws {
        #expect(try SideBySide.map(40, threads: threads) { $0 * $0 } == (0..<40).map { $0 * $0 })
        #expect(try SideBySide.map(0, threads: threads) { $0 }.isEmpty)
        #expect(throws: Broken(place: 3)) {
            try SideBySide.map(40, threads: threads) { place in
                if place >= 3 { throw Broken(place: place) }
                return place
            }
        }
    }

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

    /// Others who do what they are given a while later, and can be lost.
    private final class Others: FarHands {
        private var inWork: [(place: Int, item: Int)] = []
        private(set) var given = 0
        private var questions = 0
        private let room: Int
        private let lostAfter: Int
        private let brokenAt: Int?

        init(room: Int, lostAfter: Int = .max, brokenAt: Int? = nil) {
            self.room = room
            self.lostAfter = lostAfter
            self.brokenAt = brokenAt
        }

        struct Lost: Error {}

        var hasRoom: Bool { inWork.count < room }

        func give(_ item: Int, at place: Int) throws {
            given += 1
            guard given <= lostAfter else { throw Lost() }
            inWork.append((place, item))
        }

        func collect() throws -> [(place: Int, result: Result<Int, any Error>)] {
            questions += 1
            // The last first: order must not matter.
            guard questions.isMultiple(of: 3), let (place, item) = inWork.popLast() else { return [] }
            if place == brokenAt { return [(place, .failure(Broken(place: place)))] }
            return [(place, .success(item * item))]
        }
    }

    @Test(arguments: [1, 5]) func othersDoTheirPart(room: Int) throws {
        let others = Others(room: room)
        let squares = try SideBySide.run(Array(0..<60), threads: 1, others: others) { item in
            usleep(3000)
            return item * item
        } done: { _, _ in
        }
        #expect(squares == (0..<60).map { $0 * $0 })
        #expect(others.given > 10 && others.given < 60)
    }

    /// Whatever happens to others ends the work, and nobody waits for what will never come.
    @Test func lostOthersEndTheWork() {
        #expect(throws: Others.Lost.self) {
            try SideBySide.run(Array(0..<1000), threads: 2, others: Others(room: 3, lostAfter: 7)) { item in
                usleep(1000)
                return item
            } done: { _, _ in
            }
        }
        #expect(throws: Broken(place: 5)) {
            try SideBySide.run(Array(0..<1000), threads: 1, others: Others(room: 10, brokenAt: 5)) { item in
                usleep(1000)
                return item
            } done: { _, _ in
            }
        }
    }
}
