import CAllocationCount
import Foundation
import LFADS
import ModelCases

/// One configuration with one number of threads: verified, then timed.
struct StepMeasurement: Codable {
    var configuration: String
    var threads: Int
    var parameters: Int
    var gigaOperations: Double
    /// Seconds of a whole training step: dropouts, sampling, forward, all losses, backward, clip, AdamW.
    var stepSeconds: Double
    /// Rate of OpenBLAS's 2048³ product with as many threads, in the same run.
    var peak: Double
    /// Arithmetic of the products over time over peak.
    var stepShare: Double
    /// Factors and rates of all trials with posterior means.
    var inferenceSeconds: Double
    var inferenceShare: Double
    /// Bytes resident at most during training steps, less those before the model was made.
    var peakBytes: Int
    /// What the model says that it holds: activations of the slices, gradients of the shards, packed
    /// weights, parameters.
    var activationBytes: Int
    var gradientBytes: Int
    var packedBytes: Int
    var parameterBytes: Int
    /// Allocations of one update after the first.
    var allocationsPerStep: Double

    static func run(
        _ configuration: ModelCase, threads: Int, seconds: Double
    ) throws -> StepMeasurement {
        let data = try configuration.data()
        let before = processMemory("VmRSS")
        let training = try configuration.start(data, threads: threads, seed: 1)
        let model = training.model
        training.beginEpoch()
        let update = { try training.runUpdate(0) }
        try update()
        let memory = training.memoryUse
        let trainingBytes = processMemory("VmHWM") - before

        try verify(configuration, data, threads: threads)
        let peak = MatrixPeak()
        var peaks = try peak.rates(threads: threads, repetitions: 5)

        let once = try times(3, warmUp: 2, update)
        let repetitions = max(7, Int(seconds / median(once)))
        // Steps and products in turn: a machine that slows down slows both.
        var steps: [Double] = []
        for _ in 0..<4 {
            steps += try times((repetitions + 3) / 4, warmUp: 0, update)
            peaks += try peak.rates(threads: threads, repetitions: 5)
        }
        let infer = {
            for session in data {
                _ = try model.infer(
                    session, chosen: session.trainingTrials, quantities: [.factors, .rates])
            }
        }
        let inference = median(try times(max(7, repetitions), warmUp: 1, infer))
        let step = median(steps)
        let rate = median(peaks)
        return StepMeasurement(
            configuration: configuration.name, threads: threads,
            parameters: model.table.tensors.reduce(0) { $0 + $1.count },
            gigaOperations: configuration.trainingOperations * 1e-9, stepSeconds: step, peak: rate,
            stepShare: configuration.trainingOperations / step / rate, inferenceSeconds: inference,
            inferenceShare: configuration.forwardOperations / inference / rate,
            peakBytes: trainingBytes, activationBytes: memory.activations,
            gradientBytes: memory.shardGradients, packedBytes: memory.packedParameters,
            parameterBytes: memory.parameters, allocationsPerStep: try allocations(update))
    }

    /// Allocations per update, nothing else going on.
    private static func allocations(_ update: () throws -> Void) rethrows -> Double {
        let first = allocation_count()
        for _ in 0..<5 { try update() }
        return Double(allocation_count() - first) / 5
    }

    /// The gradient against the loss's own slope along it, and the same bits with one thread.
    ///
    /// Coordinated dropout is off for the first: it masks gradients on purpose. The slope is a central
    /// difference that moves the loss by about a thousandth, far above float32's rounding and far below
    /// the curvature.
    static func verify(
        _ configuration: ModelCase, _ data: [SessionTrials], threads: Int
    ) throws {
        var settings = configuration.training
        settings.coordinatedDropoutRate = 0
        let training = try configuration.start(data, settings, threads: threads, seed: 2)
        let model = training.model
        training.beginEpoch()
        let start = model.parameterValues
        let (loss, gradient) = try training.lossAndGradient(ofUpdate: 0)
        let squared = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }
        let step = Float(5e-4 * abs(loss) / squared)
        func movedLoss(at distance: Float) throws -> Double {
            model.setParameters(zip(start, gradient).map { $0 + distance * $1 })
            return try training.lossAndGradient(ofUpdate: 0).loss
        }
        let slope = try (movedLoss(at: step) - movedLoss(at: -step)) / (2 * Double(step))
        guard abs(slope / squared - 1) < 1e-2 else {
            throw BenchmarkError.wrong(
                "the gradient of \(configuration.name) (slope \(slope), gradient \(squared))")
        }
        func gradientBits(threads: Int) throws -> [Float] {
            let training = try configuration.start(data, threads: threads, seed: 2)
            training.beginEpoch()
            return try training.lossAndGradient(ofUpdate: 0).gradient
        }
        guard try gradientBits(threads: 1) == gradientBits(threads: max(2, threads)) else {
            throw BenchmarkError.wrong("\(configuration.name): another number of threads, other bits")
        }
    }
}
