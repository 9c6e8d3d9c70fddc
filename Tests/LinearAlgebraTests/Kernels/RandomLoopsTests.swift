import CKernels
import Foundation
import Testing

struct RandomLoopsTests {
    /// Known answers of the authors' own implementation (Random123, `kat_vectors`).
    @Test(arguments: InstructionSets.available)
    func philoxGivesTheKnownAnswers(name: String) throws {
        let loops = try InstructionSets.loops(name)
        let all = UInt32.max
        for (counter, key, expected) in [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([all, all, all, all], [all, all], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], [UInt32], [UInt32])] {
            var out = [UInt32](repeating: 0, count: 4)
            loops.random_words(key, Array(counter.dropFirst()), counter[0], 1, &out)
            #expect(out == expected)
        }
    }

    /// Blocks don't depend on which call made them, and no word is written beyond the last.
    @Test(arguments: InstructionSets.available)
    func blocksAreThoseOfTheirNumber(name: String) throws {
        let loops = try InstructionSets.loops(name)
        let (key, counter): ([UInt32], [UInt32]) = ([5, 6], [7, 8, 9])
        var long = [UInt32](repeating: 0, count: 4 * 70)
        try InstructionSets.loops("baseline").random_words(key, counter, 0, 70, &long)
        for blocks in rowLengths {
            let first = 70 - blocks
            var out = [UInt32](repeating: 0xABCD, count: 4 * blocks + 1)
            loops.random_words(key, counter, UInt32(first), blocks, &out)
            #expect(Array(out.dropLast()) == Array(long.dropFirst(4 * first)))
            #expect(out.last == 0xABCD)
        }
    }

    /// Box and Muller's formula on the same 24 bits. Sine and cosine of the polynomial are good to
    /// 2e-7, the angle to 3e-7, at radii up to 5.8; the radius itself to 3e-7 relative.
    @Test(arguments: InstructionSets.available)
    func normalsAreThoseOfBoxAndMuller(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(1)
        var words = (0..<20_000).map { _ in numbers.word() }
        // Ends of the radius' and the angle's range, and around every quarter of a turn.
        for radius in [0, 255, 256, UInt32.max - 256, UInt32.max] {
            for quarter in 0..<8 {
                let angle = UInt32(quarter) << 29
                words += [radius, angle, radius, angle &+ 256, radius, angle &- 1]
            }
        }
        var found = [Float](repeating: 0, count: words.count)
        loops.normals(words.count, words, &found)
        var expected: [Double] = []
        for i in stride(from: 0, to: words.count, by: 2) {
            let u = Double((words[i] >> 8) + 1) / 0x1p24
            let turn = Double(words[i + 1] >> 8) / 0x1p24
            let radius = (-2 * log(u)).squareRoot()
            expected += [radius * cos(2 * .pi * turn), radius * sin(2 * .pi * turn)]
        }
        #expect(worstError(found, expected) { _ in 1 } < 3e-6)
        #expect(found.allSatisfy { $0.isFinite })
        for count in stride(from: 2, through: 70, by: 2) {
            var few = [Float](repeating: 99, count: count + 1)
            loops.normals(count, words, &few)
            #expect(worstError(Array(few.dropLast()), Array(expected.prefix(count))) { _ in 1 } < 3e-6)
            #expect(few[count] == 99)
        }
    }

    @Test(arguments: InstructionSets.available)
    func masksBelowAThreshold(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(2)
        for count in rowLengths {
            var halves = (0..<(count + 1) / 2 * 2).map { _ in UInt16(truncatingIfNeeded: numbers.word()) }
            let threshold: UInt32 = 0x9000
            if count > 3 { halves.replaceSubrange(0..<3, with: [0x8fff, 0x9000, .max]) }
            let words = stride(from: 0, to: halves.count, by: 2).map {
                UInt32(halves[$0]) | UInt32(halves[$0 + 1]) << 16
            }
            var mask = [UInt8](repeating: 9, count: count + 1)
            loops.mask_below(count, words, threshold, &mask)
            #expect(Array(mask.dropLast()) == halves.prefix(count).map { $0 < threshold ? 1 : 0 })
            #expect(mask[count] == 9)
            loops.mask_below(count, words, 0, &mask)
            #expect(Array(mask.dropLast()) == [UInt8](repeating: 0, count: count))
            loops.mask_below(count, words, 65_536, &mask)
            #expect(Array(mask.dropLast()) == [UInt8](repeating: 1, count: count))
        }
    }
}
