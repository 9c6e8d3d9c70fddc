import Foundation
import Testing
import TrialArrays

@Suite struct CompactTrialArrayTests {
    private static func array(_ shape: [Int], _ value: (Int) -> Float) -> TrialArray {
        TrialArray(
            trials: TrialAxis(conditions: (0..<shape[0]).map { $0.isMultiple(of: 2) ? "left" : nil }),
            bins: BinAxis(count: shape[1], milliseconds: 20),
            columns: ColumnAxis(.unit, names: (0..<shape[2]).map { "u\($0)" }),
            values: (0..<(shape[0] * shape[1] * shape[2])).map(value))
    }

    private static func bits(_ values: [Float]) -> [UInt32] {
        // Any NaN is one that was not observed.
        values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
    }

    enum Kind: String, CaseIterable { case bytes, words, numbers, negativeZero, large, infinite }

    /// Whatever it holds comes back bit for bit, whole, by trials and by columns, from memory and from a file.
    @Test(arguments: Kind.allCases, [false, true])
    func everythingComesBack(kind: Kind, hasGaps: Bool) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let shape = (0..<3).map { _ in Int.random(in: 1...9, using: &generator) }
            let count = shape.reduce(1, *)
            let odd = Int.random(in: 0..<count, using: &generator)
            let gap = hasGaps ? Int.random(in: 0..<count, using: &generator) : -1
            let array = Self.array(shape) { place in
                if place == gap { return .nan }
                let isOdd = place == odd
                return switch kind {
                case .bytes: isOdd ? 254 : Float(Int.random(in: 0...254, using: &generator))
                case .words: isOdd ? 255 : Float(Int.random(in: 0...65_534, using: &generator))
                case .numbers: Float.random(in: -3...3, using: &generator)
                case .negativeZero: isOdd ? -0.0 : 1
                case .large: isOdd ? 65_535 : 3
                case .infinite: isOdd ? .infinity : 3
                }
            }
            let order = Array(0..<shape[2]).shuffled(using: &generator)
            for folder in [nil, FileManager.default.temporaryDirectory.path] {
                let compact =
                    try folder.map { try CompactTrialArray(array, columns: order, inFileIn: $0) }
                    ?? CompactTrialArray(array, columns: order)
                let expected = array.selecting(columns: order)
                #expect(compact.hasGaps == hasGaps)
                #expect(Self.bits(compact.widened().values) == Self.bits(expected.values))
                #expect(compact.columns == expected.columns)
                #expect(compact.trials == expected.trials)
                let trial = Int.random(in: 0..<shape[0], using: &generator)
                #expect(Self.bits(compact[trial: trial]) == Self.bits(Array(expected[trial: trial])))
                let filled = compact.selecting(trials: [trial, trial], gaps: 0).values
                #expect(filled == (expected[trial: trial] + expected[trial: trial]).map { $0.isNaN ? 0 : $0 })
                let size = gap == odd ? nil : [.bytes: 1, .words: 2][kind] ?? 4
                if let size { #expect(compact.byteCount == size * count) }
            }
        }
    }

    @Test func sumsLeaveOutWhatWasNotObserved() {
        let array = Self.array([2, 2, 2]) { [1, 2, .nan, 4, 5, 6, 7, .nan][$0] }
        #expect(CompactTrialArray(array).columnSums(ofTrials: [0, 1]) == [13, 12])
        #expect(CompactTrialArray(array).columnSums(ofTrials: [1]) == [12, 6])
    }

    @Test func whereThereIsNoRoomIsSaid() throws {
        #expect(
            throws: TrialArrayError.noRoom(folder: "/nowhere/at/all", bytes: 8, code: ENOENT)
        ) {
            try CompactTrialArray(Self.array([2, 2, 2]) { Float($0) }, inFileIn: "/nowhere/at/all")
        }
        // The size is refused before anything is written: more than any file can have is more than there is.
        let error = TrialArrayError.noRoom(folder: "lab", bytes: 3 << 30, code: ENOSPC)
        #expect(error.description.contains("a file of 3072 MiB"))
        #expect(error.description.contains("in lab: No space left on device"))
    }
}
