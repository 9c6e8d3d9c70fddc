import CKernels
import Foundation

/// What can be asked of a trained model.
public struct InferredQuantities: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let factors = InferredQuantities(rawValue: 1)
    public static let rates = InferredQuantities(rawValue: 2)
    public static let initialConditions = InferredQuantities(rawValue: 4)
    public static let inferredInputs = InferredQuantities(rawValue: 8)
    public static let generatorStates = InferredQuantities(rawValue: 16)
    public static let all: InferredQuantities = [
        .factors, .rates, .initialConditions, .inferredInputs, .generatorStates,
    ]
}

/// How the posterior is read.
public enum PosteriorReading: Sendable, Equatable {
    /// The posterior means pushed through once (deterministic).
    case meanPushed
    /// The mean over posterior samples of the outputs, with their standard deviation.
    case averaged(samples: Int, seed: UInt64)
}

/// Inferred quantities of some trials of one session; arrays of what was not asked for are empty.
public struct InferredTrials: Sendable {
    public let session: String
    public let trials: [Int]
    public let binCount: Int
    /// `[trials, bins, factors]`
    public var factors: [Float] = []
    /// Expected value per bin (Poisson: counts per bin), `[trials, bins, units]`.
    public var means: [Float] = []
    /// Posterior mean and standard deviation, `[trials, ic_dim]`.
    public var initialConditionMeans: [Float] = []
    public var initialConditionDeviations: [Float] = []
    /// Posterior mean and standard deviation, `[trials, bins, co_dim]`.
    public var inferredInputMeans: [Float] = []
    public var inferredInputDeviations: [Float] = []
    /// `[trials, bins, generator units]`
    public var generatorStates: [Float] = []
    /// Standard deviation over posterior samples, where they were averaged; else empty.
    public var factorDeviations: [Float] = []
    public var meanDeviations: [Float] = []
    public var generatorStateDeviations: [Float] = []
}

extension StitchedModel {
    /// Infers quantities for trials of one session.
    ///
    /// - Parameters:
    ///   - session: place in `sessions`. - trials: indices into the session's trials, in the order wanted.
    public func infer(
        session: Int, trials: [Int], quantities: InferredQuantities,
        reading: PosteriorReading = .meanPushed
    ) -> InferredTrials {
        switch reading {
        case .meanPushed:
            return pass(session: session, trials: trials, quantities, .none)
        case .averaged(let samples, let seed):
            var result = pass(
                session: session, trials: trials, quantities, .posteriorSample(seed: seed, sample: 0))
            var spread = Spread(result)
            for sample in 1..<max(samples, 2) where sample < samples {
                spread.add(
                    pass(
                        session: session, trials: trials, quantities,
                        .posteriorSample(seed: seed, sample: UInt32(sample))), to: &result,
                    count: sample + 1)
            }
            spread.finish(&result, samples: samples)
            return result
        }
    }

    /// Mean negative log-likelihood per element and session over batches, with posterior means.
    public func reconstructionLosses(session: Int, trials: [Int]) -> Double {
        reconstructionLosses([Batch(parts: [.init(session: session, trials: trials)])])[session]
    }

    func reconstructionLosses(_ batches: [Batch]) -> [Double] {
        normalizeFactors()
        let context = context(.none)
        var sums = [Double](repeating: 0, count: sessions.count)
        var elements = sums
        for batch in batches {
            let shards = Shard.cut(batch)
            let collected = LockedResults<[Double]>(shards.count)
            forEachShard(shards) { index, workspace in
                workspace.run(context, shards[index])
                workspace.reconstructionValue(context)
                collected.set(index, workspace.losses.reconstruction)
            }
            for (shard, part) in zip(shards, collected.values) {
                for (segment, sum) in zip(shard.segments, part ?? []) {
                    sums[segment.session] += sum
                    elements[segment.session] += Double(
                        segment.count * configuration.binCount * sessions[segment.session].unitCount)
                }
            }
        }
        return zip(sums, elements).map { $1 > 0 ? $0 / $1 : 0 }
    }

    private func pass(
        session: Int, trials: [Int], _ quantities: InferredQuantities, _ draws: Draws
    ) -> InferredTrials {
        normalizeFactors()
        let context = context(draws)
        let shards = Shard.cut(Batch(parts: [.init(session: session, trials: trials)]))
        let collected = LockedResults<InferredTrials>(shards.count)
        let name = sessions[session].name
        let bins = configuration.binCount
        forEachShard(shards) { index, workspace in
            workspace.run(context, shards[index])
            collected.set(
                index,
                workspace.extract(
                    context, quantities,
                    into: InferredTrials(
                        session: name, trials: Array(shards[index].segments[0].trials),
                        binCount: bins)))
        }
        var result = InferredTrials(session: name, trials: trials, binCount: bins)
        for part in collected.values.compactMap({ $0 }) {
            result.factors += part.factors
            result.means += part.means
            result.initialConditionMeans += part.initialConditionMeans
            result.initialConditionDeviations += part.initialConditionDeviations
            result.inferredInputMeans += part.inferredInputMeans
            result.inferredInputDeviations += part.inferredInputDeviations
            result.generatorStates += part.generatorStates
        }
        return result
    }
}

extension ShardWorkspace {
    /// Copies the shard's quantities out, trial by trial.
    func extract(
        _ context: PassContext, _ quantities: InferredQuantities, into empty: InferredTrials
    ) -> InferredTrials {
        var result = empty
        let bins = model.binCount
        let session = context.sessions[segments[0].session]
        /// `[steps, rows, stride]` → `[rows, steps, width]`, taking the leading columns.
        func trialMajor(
            _ source: UnsafePointer<Float>, steps: Int, width: Int, stride: Int
        ) -> [Float] {
            [Float](unsafeUninitializedCapacity: rows * steps * width) { buffer, count in
                guard let base = buffer.baseAddress else { return }
                for t in 0..<steps {
                    for row in 0..<rows {
                        (base + (row * steps + t) * width).update(
                            from: source + (t * rows + row) * stride, count: width)
                    }
                }
                count = rows * steps * width
            }
        }
        if quantities.contains(.factors) {
            let width = model.factorCount
            result.factors = trialMajor(
                factors.base + rows * width, steps: bins, width: width, stride: width)
        }
        if quantities.contains(.rates) {
            let units = session.unitCount
            let outputs = units * model.observation.parametersPerUnit
            let parameters = readOuts[0].base
            for row in 0..<(bins * rows) {
                if model.observation == .poisson {
                    loops.pointee.exponential(units, parameters + row * outputs)
                } else {
                    model.observation.replaceByMeans(parameters + row * outputs, units: units)
                }
            }
            result.means = trialMajor(parameters, steps: bins, width: units, stride: outputs)
        }
        if quantities.contains(.initialConditions) {
            let width = model.initialConditionDimensions
            result.initialConditionMeans = trialMajor(
                initialConditionPosterior.base, steps: 1, width: width, stride: 2 * width)
            result.initialConditionDeviations = trialMajor(
                initialConditionDeviation.base, steps: 1, width: width, stride: width)
        }
        if quantities.contains(.inferredInputs), model.hasController {
            let width = model.inferredInputCount
            result.inferredInputMeans = trialMajor(
                inferredInputPosterior.base, steps: bins, width: width, stride: 2 * width)
            result.inferredInputDeviations = trialMajor(
                inferredInputDeviation.base, steps: bins, width: width, stride: width)
        }
        if quantities.contains(.generatorStates) {
            let width = model.generatorUnits
            result.generatorStates = trialMajor(
                generator.states.base + rows * width, steps: bins, width: width, stride: width)
        }
        return result
    }
}

/// Running means and standard deviations over posterior samples (Welford 1962).
private struct Spread {
    var factors: [Float], means: [Float], states: [Float]

    init(_ first: InferredTrials) {
        factors = [Float](repeating: 0, count: first.factors.count)
        means = [Float](repeating: 0, count: first.means.count)
        states = [Float](repeating: 0, count: first.generatorStates.count)
    }

    private static func add(
        _ sample: [Float], _ mean: inout [Float], _ squares: inout [Float], _ count: Int
    ) {
        for i in mean.indices {
            let delta = sample[i] - mean[i]
            mean[i] += delta / Float(count)
            squares[i] += delta * (sample[i] - mean[i])
        }
    }

    mutating func add(_ sample: InferredTrials, to result: inout InferredTrials, count: Int) {
        Self.add(sample.factors, &result.factors, &factors, count)
        Self.add(sample.means, &result.means, &means, count)
        Self.add(sample.generatorStates, &result.generatorStates, &states, count)
        var ignored = [Float](repeating: 0, count: result.inferredInputMeans.count)
        Self.add(sample.inferredInputMeans, &result.inferredInputMeans, &ignored, count)
        Self.add(sample.inferredInputDeviations, &result.inferredInputDeviations, &ignored, count)
    }

    func finish(_ result: inout InferredTrials, samples: Int) {
        let divisor = Float(max(samples - 1, 1))
        result.factorDeviations = factors.map { ($0 / divisor).squareRoot() }
        result.meanDeviations = means.map { ($0 / divisor).squareRoot() }
        result.generatorStateDeviations = states.map { ($0 / divisor).squareRoot() }
    }
}

/// One slot per shard, filled from several threads.
final class LockedResults<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var slots: [Value?]

    init(_ count: Int) { slots = [Value?](repeating: nil, count: count) }

    func set(_ index: Int, _ value: Value) {
        lock.lock()
        slots[index] = value
        lock.unlock()
    }

    var values: [Value?] {
        lock.lock()
        defer { lock.unlock() }
        return slots
    }
}
