import CKernels
import Foundation
import LinearAlgebra

/// Where a pass takes its random numbers from.
enum Draws: Sendable {
    /// Posterior means pushed through; nothing dropped.
    case none
    /// Training: samples, coordinated dropout and dropout, from counters.
    case training(seed: UInt64, update: UInt32)
    /// Inference: one posterior sample, nothing dropped.
    case posteriorSample(seed: UInt64, sample: UInt32)
    /// Recorded numbers, for comparison with another implementation.
    case given(GivenDraws)

    var dropsOut: Bool {
        switch self {
        case .training: return true
        case .given(let draws): return !draws.dropoutMasks.isEmpty
        case .none, .posteriorSample: return false
        }
    }

    var samplesPosterior: Bool {
        if case .none = self { return false }
        return true
    }
}

/// Recorded draws for a whole batch, rows stacked as in the batch.
struct GivenDraws: Sendable {
    /// Dropout masks by `RandomPurpose`, `[rows, steps, width]`, 1 = kept; empty without dropout.
    var dropoutMasks: [UInt32: [UInt8]] = [:]
    /// `[rows, ic_dim]`
    var initialCondition: [Float]
    /// `[rows, ic_dim]`; empty where the prior needs no sample.
    var initialConditionOfPrior: [Float] = []
    /// `[rows, bins, co_dim]`
    var inferredInputs: [Float]
    /// `[rows, bins, co_dim]`
    var inferredInputsOfPrior: [Float]
    /// Per session, `[rows, encoded bins − reserved bins, encoded units]`, 1 = kept; `nil` without
    /// coordinated dropout.
    var keepMasks: [[UInt8]]?
    var passMasks: [[UInt8]]?
    /// Per session and row, by how many bins each spike moves, in the order of bins and then of units; `nil`
    /// where none does.
    var spikeMoves: [[(input: [Int], target: [Int])]]?
    /// Per session and row, by how many bins each unit is shifted; `nil` where none is.
    var temporalShifts: [[(input: [Int], target: [Int])]]?
}

/// Turns counter-based words into normals and masks.
final class DrawScratch {
    private let words = Buffer<UInt32>(initial: 0)
    private let normals = FloatBuffer()

    /// Room for that many words.
    func reserve(_ count: Int) { words.reserve(RandomStream.wordCapacity(for: count)) }

    private func fill(_ stream: RandomStream, _ count: Int) {
        reserve(count)
        stream.words(into: words.base, count: count, loops: loops)
    }

    /// Room for that many normals, and for the words behind them.
    func reserveNormals(_ count: Int) {
        reserve(count + 1)
        normals.reserve(count + 1)
    }

    /// `count` words from a block of four on, valid until the next call.
    func words(
        _ stream: RandomStream, fromBlock block: UInt32, _ count: Int
    ) -> UnsafePointer<UInt32> {
        reserve(count)
        stream.words(into: words.base, count: count, fromBlock: block, loops: loops)
        return UnsafePointer(words.base)
    }

    /// `count` standard normals, valid until the next call.
    func normals(_ stream: RandomStream, _ count: Int) -> UnsafeMutablePointer<Float> {
        let even = (count + 1) / 2 * 2
        fill(stream, even)
        normals.reserve(even)
        loops.pointee.normals(even, words.base, normals.base)
        return normals.base
    }

    /// `count` standard Student-t numbers, √(ν (U^(−2/ν) − 1)) cos 2πV for uniform U and V (Bailey 1994,
    /// *Mathematics of Computation* 62:779), valid until the next call. Each takes two words of 32 bits,
    /// for tails that are worth the name need more than 24.
    func studentT(
        _ stream: RandomStream, _ count: Int, degreesOfFreedom: Float
    ) -> UnsafeMutablePointer<Float> {
        fill(stream, 2 * count)
        normals.reserve(count)
        let freedom = Double(degreesOfFreedom)
        for i in 0..<count {
            // U lies in (0, 1], so that its logarithm is finite.
            let u = (Double(words.base[2 * i]) + 1) * 0x1p-32
            let v = Double(words.base[2 * i + 1]) * 0x1p-32
            let radius = (freedom * expm1(-2 / freedom * log(u))).squareRoot()
            normals.base[i] = Float(radius * cos(2 * .pi * v))
        }
        return normals.base
    }

    /// `count` bytes, 1 with the given probability to 16 bits.
    func bernoulli(
        _ stream: RandomStream, _ count: Int, probability: Float,
        into mask: UnsafeMutablePointer<UInt8>
    ) {
        fill(stream, (count + 1) / 2)
        let threshold = UInt32((Double(min(max(probability, 0), 1)) * 65_536).rounded())
        loops.pointee.mask_below(count, words.base, threshold, mask)
    }
}
