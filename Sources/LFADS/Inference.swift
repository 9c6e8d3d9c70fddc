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

    /// Mean negative log-likelihood per element of some trials of a session, with posterior means.
    public func reconstructionLoss(session: Int, trials: [Int]) -> Double {
        reconstructionLosses(Batch(parts: [.init(session: session, trials: trials)]))[session]
    }

    /// The same per session over a batch; 0 for a session without rows in it.
    func reconstructionLosses(_ batch: Batch) -> [Double] {
        let context = context(batch, .none)
        forEachSlice(batch) { slice, workspace in
            workspace.forward(context, slice)
            workspace.reconstructionValues(context)
        }
        var sums = [Double](repeating: 0, count: sessions.count)
        var elements = sums
        for index in 0..<batch.count {
            let session = batch.row(index).session
            sums[session] += losses.reconstruction.base[index]
            elements[session] += Double(configuration.binCount * sessions[session].unitCount)
        }
        return zip(sums, elements).map { $1 > 0 ? $0 / $1 : 0 }
    }

    private func pass(
        session: Int, trials: [Int], _ quantities: InferredQuantities, _ draws: Draws
    ) -> InferredTrials {
        let batch = Batch(parts: [.init(session: session, trials: trials)])
        let context = context(batch, draws)
        var result = InferredTrials(
            session: sessions[session].name, trials: trials, binCount: configuration.binCount)
        let widths = InferredWidths(configuration, sessions[session], quantities)
        result.fill(widths) { pointers in
            forEachSlice(batch) { slice, workspace in
                workspace.forward(context, slice)
                workspace.extract(context, widths, into: pointers)
            }
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
