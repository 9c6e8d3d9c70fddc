import Alignment
import LinearAlgebra
import Stitching

/// How much of a day's population is needed: the trained dynamics seen through random subsets of its
/// units.
///
/// The subset's read-in is regressed on the run's shared trajectories anew (training trials); encoder,
/// generator, factors and read-out stay as trained. Bits per spike are those of all of the day's units,
/// so that numbers of units compare: units outside the subset are predicted without being seen.
public struct PopulationSize: Sendable, Codable {
    /// Name of the session.
    public let session: String
    /// How many of the day's units were seen.
    public let units: Int
    /// From 0; every draw is another subset.
    public let draw: Int
    /// Of all of the day's units on the evaluated trials; `nil` for runs that are not Poisson.
    public let bitsPerSpike: Double?
    /// R² from factors within the day, mean over channels.
    public let withinFromFactors: Double?

    static let draws = 3
    private static let purpose: UInt32 = 0x5553

    /// Subsets of one draw are nested: the first ten of twenty-five are those of ten.
    ///
    /// - Throws: `EvaluationError.tooManyUnits`, `AlignmentError.nothingInCommon`.
    static func measure(
        _ day: InferredDay, _ plan: DecodingPlan, _ trajectories: SharedTrajectories?, unitCounts: [Int]
    ) throws -> [PopulationSize] {
        let encoded = day.session.unitOrder.prefix(day.session.encodedUnitCount)
        let decoding = DecodingDay(day.recording, plan)
        var result: [PopulationSize] = []
        for count in unitCounts.sorted() {
            guard count <= encoded.count else {
                throw EvaluationError.tooManyUnits(
                    session: day.record.name, asked: count, encoded: encoded.count)
            }
            // All of them are one subset.
            for draw in 0..<(count == encoded.count ? 1 : draws) {
                let order = RandomStream(
                    seed: 0, key: RandomStream.key(for: day.record.name), purpose: purpose,
                    item: UInt32(draw)
                ).permutation(encoded.count)
                let units = order.prefix(count).map { encoded[encoded.startIndex + $0] }
                let subset = try day.trained.seenThrough(units: units, trajectories)
                let seen = try InferredDay(subset)
                let within = try BehaviorDecoder.scores(
                    decoding, seen.factors, training: day.trainingTrials, tested: day.testedTrials)
                result.append(
                    PopulationSize(
                        session: day.record.name, units: count, draw: draw,
                        bitsPerSpike: day.isPoisson
                            ? SpikePrediction.bitsPerSpike(
                                rates: seen.rates, counts: day.counts, trials: day.testedTrials,
                                bins: 0..<day.rates.binCount,
                                units: Array(day.recording.units.indices)) : nil,
                        withinFromFactors: mean(within.values)))
            }
        }
        return result
    }
}
