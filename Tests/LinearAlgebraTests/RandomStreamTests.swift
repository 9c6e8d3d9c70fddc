import LinearAlgebra
import Testing

struct RandomStreamTests {
    @Test func keysOfNamesAreFNV1a() {
        #expect(RandomStream.key(for: "") == 0xcbf2_9ce4_8422_2325)
        #expect(RandomStream.key(for: "a") == 0xaf63_dc4c_8601_ec8c)
        #expect(RandomStream.key(for: "foobar") == 0x8594_4171_f739_67e8)
    }

    @Test func everyPartOfTheKeyMatters() {
        let streams = [
            RandomStream(seed: 1, key: 2, purpose: 3, item: 4, step: 5),
            RandomStream(seed: 2, key: 2, purpose: 3, item: 4, step: 5),
            RandomStream(seed: 1, key: 3, purpose: 3, item: 4, step: 5),
            RandomStream(seed: 2, key: 1, purpose: 3, item: 4, step: 5),
            RandomStream(seed: 1, key: 2, purpose: 4, item: 4, step: 5),
            RandomStream(seed: 1, key: 2, purpose: 3, item: 5, step: 5),
            RandomStream(seed: 1, key: 2, purpose: 3, item: 5, step: 4),
            RandomStream(seed: 1, key: 2, purpose: 3, item: 4, step: 6),
            RandomStream(seed: 1 << 32 | 1, key: 2, purpose: 3, item: 4, step: 5),
        ]
        #expect(Set(streams.map { $0.words(8) }).count == streams.count)
        let again = RandomStream(seed: 1, key: 2, purpose: 3, item: 4, step: 5)
        #expect(again.words(8) == streams[0].words(8))
    }

    @Test func moreWordsBeginLikeFewer() {
        let stream = RandomStream(seed: 7, purpose: 1)
        let long = stream.words(103)
        for count in [0, 1, 3, 4, 5, 50] { #expect(stream.words(count) == Array(long.prefix(count))) }
        #expect(Set(long).count > 100)
    }

    /// Streams of neighbouring keys share about half their bits: 32·4000 bits, of which five standard
    /// deviations, 5·√128000/2 = 895, may be missing or over.
    @Test func neighbouringKeysAreUnrelated() {
        let base = RandomStream(seed: 41, key: 9, purpose: 2, item: 3, step: 8)
        for other in [
            RandomStream(seed: 42, key: 9, purpose: 2, item: 3, step: 8),
            RandomStream(seed: 41, key: 10, purpose: 2, item: 3, step: 8),
            RandomStream(seed: 41, key: 9, purpose: 3, item: 3, step: 8),
            RandomStream(seed: 41, key: 9, purpose: 2, item: 4, step: 8),
            RandomStream(seed: 41, key: 9, purpose: 2, item: 3, step: 9),
        ] {
            let different = zip(base.words(4000), other.words(4000))
                .reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            #expect(abs(different - 64_000) < 895)
        }
    }

    /// Of n uniforms, the mean has standard deviation √(1/12n), the mean square √(4/45n).
    @Test func uniformsAreUniform() {
        let n = 200_000
        let values = RandomStream(seed: 3, purpose: 1).uniforms(n)
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = values.reduce(0, +) / Double(n)
        let square = values.reduce(0) { $0 + $1 * $1 } / Double(n)
        #expect(abs(mean - 0.5) < 5 * (1 / (12 * Double(n))).squareRoot())
        #expect(abs(square - 1.0 / 3) < 5 * (4 / (45 * Double(n))).squareRoot())
        var cells = [Int](repeating: 0, count: 100)
        for value in values { cells[Int(value * 100)] += 1 }
        // 99 degrees of freedom: mean 99, standard deviation 14.
        let chiSquare = cells.reduce(0.0) { $0 + (Double($1) - 2000) * (Double($1) - 2000) / 2000 }
        #expect(chiSquare > 29 && chiSquare < 169)
        // 53 bits: the lowest bit is in use.
        #expect(values.contains { ($0 * 0x1p53).truncatingRemainder(dividingBy: 2) == 1 })
    }

    /// Standard deviations of the sample's moments of n normals: √(1/n), √(2/n), √(15/n), √(96/n).
    @Test func normalsHaveTheMomentsAndTailsOfNormals() {
        let n = 1_000_000
        let values = RandomStream(seed: 5, purpose: 1).normals(n).map { Double($0) }
        var moments = [0.0, 0, 0, 0]
        for value in values {
            var power = 1.0
            for k in 0..<4 {
                power *= value
                moments[k] += power / Double(n)
            }
        }
        for (k, (expected, variance)) in [(0.0, 1.0), (1, 2), (0, 15), (3, 96)].enumerated() {
            #expect(abs(moments[k] - expected) < 5 * (variance / Double(n)).squareRoot())
        }
        // Shares beyond 1, 2, 3 and 4 standard deviations, either side.
        for (bound, share) in [
            (1.0, 0.317_310_5), (2, 0.045_500_26), (3, 0.002_699_796), (4, 6.334_248e-5),
        ] {
            let expected = share * Double(n)
            for sign in [1.0, -1] {
                let found = Double(values.lazy.filter { $0 * sign > bound }.count)
                #expect(abs(found - expected / 2) < 5 * (expected / 2).squareRoot())
            }
        }
        // Both of a pair come from one radius, but at right angles: uncorrelated, also in square.
        var (product, squares) = (0.0, 0.0)
        for i in stride(from: 0, to: n, by: 2) {
            product += values[i] * values[i + 1]
            squares += (values[i] * values[i] - 1) * (values[i + 1] * values[i + 1] - 1)
        }
        #expect(abs(product) < 5 * Double(n / 2).squareRoot())
        #expect(abs(squares) < 5 * 2 * Double(n / 2).squareRoot())
    }

    @Test func anOddNumberOfNormals() {
        let stream = RandomStream(seed: 1, purpose: 1)
        #expect(stream.normals(0).isEmpty)
        #expect(stream.normals(7) == Array(stream.normals(8).prefix(7)))
    }

    @Test(arguments: [0, 1, 2, 3, 100])
    func aPermutationHasEverythingOnce(count: Int) {
        let order = RandomStream(seed: 2, purpose: 1).permutation(count)
        #expect(order.sorted() == Array(0..<count))
    }

    /// 24 orders of four things, 24,000 draws: χ² of 23 degrees of freedom, above 60 once in 25,000.
    @Test func permutationsAreEquallyLikely() {
        var tally: [[Int]: Int] = [:]
        for item in 0..<24_000 {
            tally[RandomStream(seed: 6, purpose: 1, item: UInt32(item)).permutation(4), default: 0] += 1
        }
        #expect(tally.count == 24)
        let chiSquare = tally.values.reduce(0.0) {
            $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000
        }
        #expect(chiSquare < 60)
    }
}
