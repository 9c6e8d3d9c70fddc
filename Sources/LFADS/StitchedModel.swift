import CKernels
import Dispatch
import Foundation
import LinearAlgebra

/// A model for a set of sessions with its parameters, gradients and the machinery of one update.
///
/// One flat buffer each for parameters and gradients. Work is cut into shards that do not depend on
/// the number of threads; each shard's gradient has its own buffer, and they are added in a fixed
/// order: any number of threads gives the same bits. Passes share workspaces: one call at a time.
public final class StitchedModel: @unchecked Sendable {
    public let configuration: ModelConfiguration
    public let sessions: [SessionTrials]
    public let table: ParameterTable
    public let threads: Int

    /// Per session and trial; computed once, the data do not change.
    private let trialConstants: [[Double]]
    let parameters: FloatBuffer
    let gradient: FloatBuffer
    private let normalizedFactors: FloatBuffer
    private let inverseFactorNorms: FloatBuffer
    /// One per thread that has been needed.
    private(set) var workspaces: [ShardWorkspace]
    private var shardGradients: [FloatBuffer] = []

    /// - Parameters:
    ///   - sessions: in the order that the caller keeps to (date, name); it fixes the order of sums.
    ///   - seed: of the start values.
    /// - Throws: `LFADSError.invalidConfiguration` or `.invalidData`.
    public init(
        _ configuration: ModelConfiguration, sessions: [SessionTrials], seed: UInt64, threads: Int
    ) throws {
        try configuration.validate(sessionCount: sessions.count)
        for session in sessions {
            guard session.binCount == configuration.binCount else {
                throw LFADSError.invalidData(
                    session: session.name, what: "trials of \(session.binCount) bins",
                    expected: "\(configuration.binCount) bins, as in the other sessions")
            }
            guard session.externalInputCount == configuration.externalInputCount else {
                throw LFADSError.invalidData(
                    session: session.name, what: "\(session.externalInputCount) external inputs",
                    expected: "\(configuration.externalInputCount), as in the other sessions")
            }
        }
        self.configuration = configuration
        self.sessions = sessions
        self.threads = max(1, threads)
        table = ParameterTable(
            configuration, sessions: sessions.map { ($0.name, $0.encodedUnitCount, $0.unitCount) })
        let observation = configuration.observation
        trialConstants = sessions.map { session in
            let size = session.binCount * session.unitCount
            return (0..<session.trialCount).map { trial in
                session.values[(trial * size)..<((trial + 1) * size)].reduce(0) {
                    $0 + observation.constant($1)
                }
            }
        }
        parameters = FloatBuffer(table.count)
        gradient = FloatBuffer(table.count)
        normalizedFactors = FloatBuffer(configuration.factorCount * configuration.generatorUnits)
        inverseFactorNorms = FloatBuffer(configuration.factorCount)
        workspaces = [ShardWorkspace(configuration)]
        let start = table.initialValues(configuration, seed: seed)
        parameters.base.update(from: start, count: start.count)
    }

    // MARK: Parameters

    /// All parameters, `table.count` long.
    public var parameterValues: [Float] {
        Array(UnsafeBufferPointer(start: parameters.base, count: table.count))
    }

    /// - Precondition: as long as `table.count`.
    public func setParameters(_ values: [Float]) {
        precondition(values.count == table.count, "\(values.count) parameters for \(table.count)")
        parameters.base.update(from: values, count: values.count)
    }

    /// Replaces one tensor.
    ///
    /// - Throws: `LFADSError.parameterMismatch` for an unknown name or another number of elements.
    public func setParameter(_ name: String, _ values: [Float]) throws {
        guard let tensor = table.tensor(named: name) else {
            throw LFADSError.parameterMismatch(
                name: name, expected: "a tensor of this model", found: "no such tensor")
        }
        guard tensor.count == values.count else {
            throw LFADSError.parameterMismatch(
                name: name, expected: "shape \(tensor.shape)", found: "\(values.count) elements")
        }
        (parameters.base + tensor.offset).update(from: values, count: values.count)
    }

    /// One tensor, row-major.
    public func parameter(_ name: String) -> [Float]? {
        table.tensor(named: name).map {
            Array(UnsafeBufferPointer(start: parameters.base + $0.offset, count: $0.count))
        }
    }

    func gradient(of name: String) -> [Float]? {
        table.tensor(named: name).map {
            Array(UnsafeBufferPointer(start: gradient.base + $0.offset, count: $0.count))
        }
    }

    // MARK: Passes

    /// Rows of the factor matrix at unit length: Ŵ = W/max(‖w‖, 1e-12).
    func normalizeFactors() {
        let units = configuration.generatorUnits
        for row in 0..<configuration.factorCount {
            let w = parameters.base + table.factorWeights + row * units
            let inverse = Float(1 / max(loops.pointee.sum_of_squares(units, w).squareRoot(), 1e-12))
            inverseFactorNorms.base[row] = inverse
            for j in 0..<units { normalizedFactors.base[row * units + j] = w[j] * inverse }
        }
    }

    func context(_ draws: Draws, _ loss: LossWeights? = nil) -> PassContext {
        PassContext(
            model: configuration, table: table, parameters: UnsafePointer(parameters.base),
            normalizedFactors: UnsafePointer(normalizedFactors.base), sessions: sessions,
            trialConstants: trialConstants, draws: draws, loss: loss)
    }

    /// Runs `body` for every shard, on as many threads as the model has; each thread has its own
    /// workspace.
    func forEachShard(_ shards: [Shard], _ body: @Sendable (Int, ShardWorkspace) -> Void) {
        let workers = max(1, min(threads, shards.count))
        while workspaces.count < workers { workspaces.append(ShardWorkspace(configuration)) }
        let workspaces = self.workspaces
        guard workers > 1 else {
            for index in shards.indices { body(index, workspaces[0]) }
            return
        }
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in Swift.stride(from: worker, to: shards.count, by: workers) {
                body(index, workspaces[worker])
            }
        }
    }

    /// Losses of one batch; only `total` is scaled.
    struct StepLosses: Sendable {
        /// Mean over sessions, and each session's.
        var reconstruction = 0.0
        var reconstructionOfSession: [Double] = []
        var initialConditionKL = 0.0
        var inferredInputKL = 0.0
        var l2 = 0.0
        var total = 0.0
    }

    /// Forward and backward over a batch; leaves the whole gradient in `gradient`.
    func computeGradient(
        _ batch: Batch, shards: [Shard], draws: Draws, weights: LossWeights, l2: L2Weights,
        trainsReadIn: Bool = true, trainsReadOut: Bool = true
    ) -> StepLosses {
        normalizeFactors()
        var context = context(draws, weights)
        context.trainsReadIn = trainsReadIn
        context.trainsReadOut = trainsReadOut
        while shardGradients.count < shards.count { shardGradients.append(FloatBuffer()) }
        let layouts = shards.map { ShardGradientLayout($0, table) }
        let gradients = shardGradients
        let collected = LockedResults<ShardLosses>(shards.count)
        forEachShard(shards) { [context] index, workspace in
            let buffer = gradients[index]
            buffer.reserve(layouts[index].count)
            buffer.setToZero(layouts[index].count)
            workspace.run(context, shards[index], gradient: buffer.base)
            collected.set(index, workspace.losses)
        }
        reduce(shards, layouts)
        factorNormalizationBackward()
        return finish(shards, collected.values.compactMap { $0 }, weights, l2)
    }

    /// Σ over shards in their order, tensor block by tensor block.
    private func reduce(_ shards: [Shard], _ layouts: [ShardGradientLayout]) {
        gradient.setToZero(table.count)
        let shared = table.sharedCount
        for (index, shard) in shards.enumerated() {
            let source = shardGradients[index].base
            loops.pointee.add(shared, source, gradient.base)
            for (s, segment) in shard.segments.enumerated() {
                let maps = table.sessions[segment.session]
                loops.pointee.add(
                    maps.count, source + layouts[index].segmentStarts[s],
                    gradient.base + maps.start)
            }
        }
    }

    /// ∂/∂W from ∂/∂Ŵ: (d − ŵ(ŵ·d))/‖w‖ per row.
    private func factorNormalizationBackward() {
        let units = configuration.generatorUnits
        for row in 0..<configuration.factorCount {
            let d = gradient.base + table.factorWeights + row * units
            let w = normalizedFactors.base + row * units
            var product = 0.0
            for j in 0..<units { product += Double(d[j]) * Double(w[j]) }
            let along = Float(product)
            for j in 0..<units { d[j] = (d[j] - w[j] * along) * inverseFactorNorms.base[row] }
        }
    }

    private func finish(
        _ shards: [Shard], _ parts: [ShardLosses], _ weights: LossWeights, _ l2: L2Weights
    ) -> StepLosses {
        var losses = StepLosses()
        losses.reconstructionOfSession = [Double](repeating: 0, count: sessions.count)
        for (shard, part) in zip(shards, parts) {
            for (segment, sum) in zip(shard.segments, part.reconstruction) {
                losses.reconstructionOfSession[segment.session] += sum
            }
            losses.initialConditionKL += part.initialConditionKL
            losses.inferredInputKL += part.inferredInputKL
        }
        for (index, session) in sessions.enumerated() where weights.rowsOfSession[index] > 0 {
            // The weight includes 1/sessions: undone for the session's own figure.
            losses.reconstructionOfSession[index] *=
                weights.elementWeight(
                    session: index, bins: configuration.binCount, units: session.unitCount)
                * Double(weights.sessionCount)
            losses.reconstruction += losses.reconstructionOfSession[index]
        }
        losses.reconstruction /= Double(weights.sessionCount)
        losses.initialConditionKL /= Double(weights.batchRows)
        losses.inferredInputKL /= Double(weights.batchRows)
        losses.l2 = addL2(l2, scale: weights.lossScale)
        losses.total =
            Double(weights.lossScale)
            * (losses.reconstruction + Double(l2.ramp) * losses.l2
                + Double(weights.initialConditionKL) * losses.initialConditionKL
                + Double(weights.inferredInputKL) * losses.inferredInputKL)
        return losses
    }

    /// L2 = Σ_k scale_k ½‖U_k‖²/(Σ_k elements + 1e-8) over recurrent matrices with a positive scale;
    /// adds its gradient.
    private func addL2(_ l2: L2Weights, scale: Float) -> Double {
        var kernels: [(offset: Int, count: Int, scale: Float)] = []
        func add(_ cell: ParameterTable.Cell, _ scale: Float) {
            guard scale > 0 else { return }
            kernels.append((cell.recurrentWeights, 3 * cell.units * cell.units, scale))
        }
        add(table.initialConditionEncoder.forward, l2.initialConditionEncoder)
        add(table.initialConditionEncoder.backward, l2.initialConditionEncoder)
        add(table.generator, l2.generator)
        if let cells = table.controllerInputEncoder {
            add(cells.forward, l2.controllerInputEncoder)
            add(cells.backward, l2.controllerInputEncoder)
        }
        if let cell = table.controller { add(cell, l2.controller) }
        let elements = Double(kernels.reduce(0) { $0 + $1.count }) + 1e-8
        var value = 0.0
        for kernel in kernels {
            let u = parameters.base + kernel.offset
            value += Double(kernel.scale) * 0.5 * loops.pointee.sum_of_squares(kernel.count, u)
            let factor = scale * l2.ramp * kernel.scale / Float(elements)
            let d = gradient.base + kernel.offset
            for i in 0..<kernel.count { d[i] += factor * u[i] }
        }
        return value / elements
    }
}

/// Scales of the L2 term and its ramp.
struct L2Weights: Sendable {
    var initialConditionEncoder: Float
    var controllerInputEncoder: Float
    var generator: Float
    var controller: Float
    var ramp: Float
}
