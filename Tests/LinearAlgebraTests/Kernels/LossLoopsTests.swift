import CKernels
import Foundation
import Testing

/// Poisson loss, Gaussian samples and the optimiser's step against the formulas in double precision.
struct LossLoopsTests {
    private func counts(_ numbers: inout TestNumbers, rows: Int, columns: Int, padding: Int) -> Rows {
        Rows(rows, columns, padding: padding) { Float(numbers.word() % 4) }
    }

    /// Each term is a float32 with an error below 4 units in its last place, 5e-7 of exp(w) + |y·w|.
    @Test(arguments: InstructionSets.available, [false, true])
    func poisson(name: String, masked: Bool) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(1)
        for columns in rowLengths + [128, 131, 200] {
            let w = Rows(3, columns, padding: columns % 3) { Float(numbers.uniform(-6, 3)) }
            let y = counts(&numbers, rows: 3, columns: columns, padding: columns % 2)
            let maskLeading = columns + 1
            let mask = (0..<3 * maskLeading).map { _ in UInt8(numbers.word() % 2) }
            var out = w
            let value = loops.poisson(
                3, columns, &out.values, out.leading, y.values, y.leading, masked ? mask : nil,
                maskLeading, 0.25)
            var (expected, magnitude) = (0.0, 0.0)
            var gradient: [Double] = []
            var scales: [Double] = []
            for i in 0..<3 {
                for j in 0..<columns {
                    let (log, count) = (Double(w[i, j]), Double(y[i, j]))
                    expected += exp(log) - count * log
                    magnitude += exp(log) + count * abs(log)
                    let passes = !masked || mask[i * maskLeading + j] == 1
                    gradient.append(passes ? 0.25 * (exp(log) - count) : 0)
                    scales.append(0.25 * (exp(log) + count))
                }
            }
            #expect(abs(value - expected) < 5e-7 * magnitude)
            #expect(worstError(out.dense, gradient) { scales[$0] } < 5e-7)
            #expect(out.paddingIsUntouched)
            let alone = loops.poisson_value(
                3, columns, w.values, w.leading, y.values, y.leading)
            #expect(alone == value)
        }
    }

    /// The same terms, of what was observed alone: the rest may be no number at all.
    @Test(arguments: InstructionSets.available, [false, true])
    func poissonOfWhatWasObserved(name: String, masked: Bool) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(3)
        for columns in rowLengths + [128, 131, 200] {
            let w = Rows(3, columns, padding: columns % 3) { Float(numbers.uniform(-6, 3)) }
            let y = counts(&numbers, rows: 3, columns: columns, padding: columns % 2)
            let leading = columns + 1
            let mask = (0..<3 * leading).map { _ in UInt8(numbers.word() % 2) }
            func value(_ observed: [UInt8], spoilt: Float? = nil) -> (value: Double, rows: Rows) {
                var (out, counts) = (w, y)
                if let spoilt {
                    for i in 0..<3 {
                        for j in 0..<columns where observed[i * leading + j] == 0 {
                            out[i, j] = spoilt
                            counts[i, j] = spoilt
                        }
                    }
                }
                let value = loops.poisson_observed(
                    3, columns, &out.values, out.leading, counts.values, counts.leading, observed, leading,
                    masked ? mask : nil, leading, 0.25)
                return (value, out)
            }
            // Where all was observed, the bits of the loop for that.
            var plain = w
            let all = loops.poisson(
                3, columns, &plain.values, plain.leading, y.values, y.leading, masked ? mask : nil, leading,
                0.25)
            let everything = value([UInt8](repeating: 1, count: 3 * leading))
            #expect(everything.value == all && everything.rows.dense == plain.dense)

            let observed = (0..<3 * leading).map { _ in UInt8(numbers.word() % 2) }
            let found = value(observed)
            for spoilt in [Float.nan, .infinity, -1e30, 80] {
                let other = value(observed, spoilt: spoilt)
                #expect(other.value == found.value && other.rows.dense == found.rows.dense)
            }
            var (expected, magnitude) = (0.0, 1e-30)
            var gradient: [Double] = []
            for i in 0..<3 {
                for j in 0..<columns {
                    let (log, count) = (Double(w[i, j]), Double(y[i, j]))
                    let isObserved = observed[i * leading + j] == 1
                    expected += isObserved ? exp(log) - count * log : 0
                    magnitude += isObserved ? exp(log) + count * abs(log) : 0
                    let passes = isObserved && (!masked || mask[i * leading + j] == 1)
                    gradient.append(passes ? 0.25 * (exp(log) - count) : 0)
                }
            }
            #expect(abs(found.value - expected) <= 5e-7 * magnitude)
            #expect(
                worstError(found.rows.dense, gradient) { place in
                    0.25 * (exp(Double(w[place / columns, place % columns])) + 4)
                } < 5e-7)
            #expect(found.rows.paddingIsUntouched)
        }
    }

    @Test(arguments: InstructionSets.available)
    func poissonOfWhatIsNoNumber(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for columns in [1, 11, 64, 70] {
            var w = [Float](repeating: 0.5, count: columns)
            let y = [Float](repeating: 1, count: columns)
            w[columns / 2] = .nan
            #expect(loops.poisson_value(1, columns, w, columns, y, columns).isNaN)
            #expect(loops.poisson(1, columns, &w, columns, y, columns, nil, 0, 1).isNaN)
            #expect(w.indices.filter { w[$0].isNaN } == [columns / 2])
        }
    }

    @Test(arguments: InstructionSets.available)
    func gaussianSamples(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(2)
        for columns in rowLengths {
            let posterior = numbers.floats(3 * 2 * columns, -5, 3)
            let noise = numbers.floats(3 * columns, -3, 3)
            for noise in [noise, nil] {
                var deviation = [Float](repeating: 0, count: 3 * columns)
                var sample = Rows(3, columns, padding: columns % 4) { 0 }
                loops.gaussian_sample(
                    3, columns, posterior, 1e-4, noise, &deviation, &sample.values, sample.leading)
                var expected: [Double] = []
                var expectedSample: [Double] = []
                for i in 0..<3 {
                    for j in 0..<columns {
                        let mean = Double(posterior[i * 2 * columns + j])
                        let variance = exp(Double(posterior[i * 2 * columns + columns + j]))
                        expected.append((variance + Double(Float(1e-4))).squareRoot())
                        expectedSample.append(
                            mean + Double(noise?[i * columns + j] ?? 0) * (expected.last ?? 0))
                    }
                }
                // The root halves the exponential's error; the sample has terms of up to 5 and 15.
                #expect(worstError(deviation, expected) { expected[$0] } < 4e-7)
                #expect(worstError(sample.dense, expectedSample) { _ in 20 } < 4e-7)
                #expect(sample.paddingIsUntouched)
            }
        }
    }

    @Test(arguments: InstructionSets.available)
    func gaussianSampleOfWhatIsNoNumber(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var posterior = [Float](repeating: 0.1, count: 38)
        posterior[19 + 4] = .nan
        var deviation = [Float](repeating: 0, count: 19)
        var sample = deviation
        loops.gaussian_sample(
            1, 19, posterior, 1e-4, [Float](repeating: 1, count: 19), &deviation, &sample, 19)
        #expect(deviation.indices.filter { deviation[$0].isNaN } == [4])
        #expect(sample.indices.filter { sample[$0].isNaN } == [4])
    }

    /// Three steps of AdamW, by the book. Parameters are of size 1, steps of 0.01: a dozen roundings.
    @Test(arguments: InstructionSets.available)
    func adam(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(3)
        for count in rowLengths {
            var p = numbers.floats(count)
            var m = [Float](repeating: 0, count: count)
            var v = m
            var truth = p.map { Double($0) }
            var (first, second) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
            for step in 1...3 {
                let gradient = numbers.floats(count, -20, 20)
                let corrections = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
                loops.adam(
                    count, &p, gradient, &m, &v, 0.5, 0.01, 0.1, 0.9, 0.999, 1e-8,
                    Float(corrections.0), Float(corrections.1))
                for i in 0..<count {
                    let g = 0.5 * Double(gradient[i])
                    first[i] = 0.9 * first[i] + 0.1 * g
                    second[i] = 0.999 * second[i] + 0.001 * g * g
                    truth[i] =
                        truth[i] * (1 - 0.01 * 0.1) - 0.01 * (first[i] / corrections.0)
                        / ((second[i] / corrections.1).squareRoot() + 1e-8)
                }
            }
            #expect(worstError(p, truth) { _ in 1 } < 1e-6)
            #expect(worstError(m, first) { _ in 10 } < 1e-6)
            // 1 − 0.999 keeps only 13 bits of the difference in float32: 6e-5 relative.
            #expect(worstError(v, second) { max(second[$0], 1e-12) } < 1e-4)
        }
    }

    @Test(arguments: InstructionSets.available)
    func adamOfWhatIsNoNumber(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var (p, m, v) = (
            [Float](repeating: 1, count: 21), [Float](repeating: 0, count: 21),
            [Float](repeating: 0, count: 21)
        )
        var gradient = [Float](repeating: 1, count: 21)
        gradient[20] = .nan
        loops.adam(21, &p, gradient, &m, &v, 1, 0.01, 0, 0.9, 0.999, 1e-8, 0.1, 0.001)
        for values in [p, m, v] { #expect(values.indices.filter { values[$0].isNaN } == [20]) }
    }

    /// All loops with rounding in them, on the same numbers: the instruction sets differ by a few
    /// roundings (fused multiplication and addition, order of a sum of doubles).
    @Test(arguments: InstructionSets.available)
    func everyInstructionSetComputesTheSame(name: String) throws {
        func results(_ name: String) throws -> (loss: Double, values: [Float]) {
            let loops = try InstructionSets.loops(name)
            var numbers = TestNumbers(4)
            var w = numbers.floats(67, -6, 3)
            let y = (0..<67).map { _ in Float(numbers.word() % 4) }
            let loss = loops.poisson(1, 67, &w, 67, y, 67, nil, 0, 1)
            var (p, m, v) = (
                numbers.floats(67), numbers.floats(67), numbers.floats(67, 0, 1)
            )
            loops.adam(67, &p, numbers.floats(67), &m, &v, 1, 0.01, 0.1, 0.9, 0.999, 1e-8, 0.5, 0.5)
            var (deviation, sample) = (
                [Float](repeating: 0, count: 67), [Float](repeating: 0, count: 67)
            )
            loops.gaussian_sample(
                1, 67, numbers.floats(134, -3, 3), 1e-4, numbers.floats(67), &deviation, &sample, 67)
            return (loss, w + p + m + v + deviation + sample)
        }
        let (own, baseline) = (try results(name), try results("baseline"))
        #expect(abs(own.loss - baseline.loss) < 1e-6 * abs(baseline.loss))
        #expect(
            zip(own.values, baseline.values).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
    }
}
