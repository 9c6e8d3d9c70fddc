import Foundation
import LFADS
import LinearAlgebra
import Stitching
import Testing
import TrialArrays

@testable import Evaluation

/// Days of one world: the same courses of two factors in four conditions, read by units of their own.
struct TransferWorld {
    static let (conditions, trialsPerCondition, bins, units) = (4, 40, 12, 20)
    let labels: [String?]
    /// `[conditions][bins, 2]`
    let courses: [Matrix]
    let readOut: AffineMap
    let rates: TrialArray
    let counts: TrialArray
    let factors: TrialArray
    let training: [Int]
    let tested: [Int]

    init(day: UInt32) {
        let (trials, bins, units) = (Self.conditions * Self.trialsPerCondition, Self.bins, Self.units)
        let labels = (0..<trials).map { $0 % Self.conditions }
        self.labels = labels.map { "\($0)" }
        let courses = (0..<Self.conditions).map { condition in
            Matrix(
                rows: bins, columns: 2,
                values: (0..<bins).flatMap { bin in
                    let phase = Double(condition) * .pi / 2 + 0.3 * Double(bin)
                    return [cos(phase), sin(phase)]
                })
        }
        self.courses = courses
        let weights = RandomStream(seed: 3, purpose: 1, item: day).normals(units * 2).map { 0.6 * $0 }
        let readOut = AffineMap(weights: weights, bias: [Float](repeating: 0, count: units))
        self.readOut = readOut
        func trialArray(_ width: Int, _ value: (Int, Int, Int) -> Float) -> TrialArray {
            TrialArray(
                trials: trials, bins: bins, width: width,
                values: (0..<trials).flatMap { trial in
                    (0..<bins).flatMap { bin in (0..<width).map { value(trial, bin, $0) } }
                })
        }
        factors = trialArray(2) { Float(courses[labels[$0]][$1, $2]) }
        rates = trialArray(units) { trial, bin, unit in
            let f = courses[labels[trial]].row(bin)
            let eta = zip(f, weights[(2 * unit)...].prefix(2)).reduce(0) { $0 + $1.0 * Double($1.1) }
            return Float(exp(eta))
        }
        // A count at each rate by inversion of one uniform draw.
        let uniforms = RandomStream(seed: 3, purpose: 2, item: day).uniforms(trials * bins * units)
        var next = 0
        let rates = self.rates
        counts = trialArray(units) { trial, bin, unit in
            let rate = Double(rates[trial, bin, unit])
            var (count, probability) = (0, exp(-rate))
            var rest = Double(uniforms[next]) - probability
            next += 1
            while rest > 0, count < 100 {
                count += 1
                probability *= rate / Double(count)
                rest -= probability
            }
            return Float(count)
        }
        training = (0..<trials).filter { $0 / Self.conditions % 4 != 0 }
        tested = (0..<trials).filter { $0 / Self.conditions % 4 == 0 }
    }

    /// What a day gives to the comparison if its factors are those of other conditions.
    func transferred(renaming: (Int) -> Int = { $0 }, scale: Double = 1) -> TransferredPrediction {
        let named = (0..<Self.conditions).map { condition in
            let course = courses[condition]
            return (
                name: "\(renaming(condition))",
                average: Matrix(rows: course.rows, columns: 2, values: course.values.map { scale * $0 })
            )
        }
        return TransferredPrediction(
            readOut: readOut, factors: ConditionMeans(named),
            training: ConditionMeans(counts, labels: labels, trials: training),
            tested: ConditionMeans(counts, labels: labels, trials: tested))
    }

    func bits(_ rates: TrialArray) -> Double? {
        SpikePrediction.bitsPerSpike(
            rates: rates, counts: counts, trials: tested, bins: 0..<Self.bins,
            units: Array(0..<Self.units))
    }
}

@Suite("What other days' factors and few trials predict") struct TransferTests {
    @Test("a day in the same space predicts as its own true rates do")
    func sameSpace() throws {
        let days = (0..<3).map { TransferWorld(day: $0) }
        let predictions = days.map { $0.transferred() }
        for (place, day) in days.enumerated() {
            let others = predictions.indices.filter { $0 != place }.map { predictions[$0] }
            let value = try #require(predictions[place].bitsPerSpike(from: others))
            let truth = try #require(day.bits(day.rates))
            // The units' average rates are those of the training trials: some 10,000 spikes, a few in a thousand.
            #expect(abs(value - truth) < 0.01 * truth)
            #expect(truth > 0.1)
        }
    }

    @Test(
        "labels that mean something else, and factors that say nothing, predict worse than mean rates or no better"
    )
    func otherSpace() throws {
        let (day, other) = (TransferWorld(day: 0), TransferWorld(day: 1))
        let own = day.transferred()
        let renamed = try #require(own.bitsPerSpike(from: [other.transferred { ($0 + 2) % 4 }]))
        #expect(renamed < 0)
        // Factors shrunk to a point predict each unit's mean rate in training, which the tested trials' own beats.
        let collapsed = try #require(own.bitsPerSpike(from: [other.transferred(scale: 0)]))
        #expect(collapsed <= 0 && collapsed > -0.01)
        // The more the factors say, the more is predicted.
        let half = try #require(own.bitsPerSpike(from: [other.transferred(scale: 0.5)]))
        let whole = try #require(own.bitsPerSpike(from: [other.transferred()]))
        #expect(collapsed < half && half < whole)
        #expect(own.bitsPerSpike(from: []) == nil)
        #expect(own.bitsPerSpike(from: [other.transferred { $0 + 4 }]) == nil)
    }

    @Test(
        "a few trials are enough where factors are what the rates are made of, and no number where they say nothing"
    )
    func fewTrials() throws {
        let world = TransferWorld(day: 0)
        func bits(_ factors: TrialArray, units: [Int] = [3, 7, 11], training: [Int]? = nil) throws -> Double?
        {
            try FewShotPrediction.bitsPerSpike(
                factors: factors, counts: world.counts, units: units, bins: 0..<TransferWorld.bins,
                training: training ?? world.training, tested: world.tested, key: 1)
        }
        let value = try #require(try bits(world.factors))
        let truth = try #require(
            SpikePrediction.bitsPerSpike(
                rates: world.rates, counts: world.counts, trials: world.tested,
                bins: 0..<TransferWorld.bins, units: [3, 7, 11]))
        #expect(value > 0.8 * truth && value < 1.02 * truth)
        let noise = TrialArray(
            trials: world.labels.count, bins: TransferWorld.bins, width: 2,
            values: RandomStream(seed: 5, purpose: 3).normals(world.labels.count * TransferWorld.bins * 2))
        #expect(try #require(try bits(noise)) < 0.05 * truth)
        // The same trials are drawn again.
        #expect(try bits(world.factors) == value)
        #expect(try bits(world.factors, units: []) == nil)
        #expect(try bits(world.factors, training: Array(world.training.prefix(15))) == nil)
    }
}
