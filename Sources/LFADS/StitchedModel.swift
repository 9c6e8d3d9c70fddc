import CKernels
import Foundation
import LinearAlgebra

/// A model for a set of sessions with its parameters, gradients and the machinery of one update.
///
/// One flat buffer each for parameters and gradients. Work is cut into shards that do not depend on
/// the number of threads; each shard's gradient has its own buffer, and they are added in a fixed
/// order: any number of threads gives the same bits. Passes share workspaces: one call at a time.
/// After the first update nothing is allocated in an update of the same size.
public final class StitchedModel: @unchecked Sendable {
    public let configuration: ModelConfiguration
    public let sessions: [SessionTrials]
    public let table: ParameterTable

    /// Per session and trial; computed once, the data do not change.
    private let trialConstants: [[Double]]
    private let largest: LargestTrial
    let parameters: FloatBuffer
    let gradient: FloatBuffer
    private let normalizedFactors: FloatBuffer
    private let inverseFactorNorms: FloatBuffer
    let packed: PackedParameters
    private var arePacked = false
    let losses = RowLosses()
    private(set) var stepLosses = StepLosses()
    let team: WorkerTeam
    /// One per worker that has been needed.
    private(set) var workspaces: [SliceWorkspace]
    private(set) var gradientPass: GradientPass?

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
        team = WorkerTeam(workers: threads)
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
        largest = LargestTrial(configuration, sessions)
        parameters = FloatBuffer(table.count)
        gradient = FloatBuffer(table.count)
        normalizedFactors = FloatBuffer(configuration.factorCount * configuration.generatorUnits)
        inverseFactorNorms = FloatBuffer(configuration.factorCount)
        packed = PackedParameters(configuration, table)
        workspaces = [SliceWorkspace(configuration)]
        let start = table.initialValues(configuration, seed: seed)
        parameters.base.update(from: start, count: start.count)
    }

    // MARK: Parameters

    public var threads: Int { team.workers }

    /// All parameters, `table.count` long.
    public var parameterValues: [Float] {
        Array(UnsafeBufferPointer(start: parameters.base, count: table.count))
    }

    /// - Precondition: as long as `table.count`.
    public func setParameters(_ values: [Float]) {
        precondition(values.count == table.count, "\(values.count) parameters for \(table.count)")
        parametersChange()
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
        parametersChange()
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

    /// Whoever writes to `parameters` says so: the next pass packs them anew.
    func parametersChange() { arePacked = false }

    // MARK: Passes

    /// Brings parameters into the form that the products read, if they changed since.
    func packParameters() {
        guard !arePacked else { return }
        normalizeFactors()
        team.run(
            packing ?? {
                let work = Packing(packed, parameters: parameters, normalizedFactors: normalizedFactors)
                packing = work
                return work
            }())
        arePacked = true
    }

    private var packing: Packing?

    private final class Packing: SharedWork {
        let packed: PackedParameters
        let parameters: FloatBuffer
        let normalizedFactors: FloatBuffer
        init(
            _ packed: PackedParameters, parameters: FloatBuffer, normalizedFactors: FloatBuffer
        ) {
            self.packed = packed
            self.parameters = parameters
            self.normalizedFactors = normalizedFactors
        }
        var itemCount: Int { packed.jobCount }
        func perform(_ item: Int, worker: Int) {
            packed.pack(
                job: item, parameters: parameters.base, normalizedFactors: normalizedFactors.base)
        }
    }

    /// Rows of the factor matrix at unit length: Ŵ = W/max(‖w‖, 1e-12).
    private func normalizeFactors() {
        let units = configuration.generatorUnits
        for row in 0..<configuration.factorCount {
            let w = parameters.base + table.factorWeights + row * units
            let inverse = Float(1 / max(loops.pointee.sum_of_squares(units, w).squareRoot(), 1e-12))
            inverseFactorNorms.base[row] = inverse
            for j in 0..<units { normalizedFactors.base[row * units + j] = w[j] * inverse }
        }
    }

    /// - Parameter largestSlice: rows of the largest slice, where slices are not known from the batch.
    func context(
        _ batch: Batch, _ draws: Draws, _ loss: LossWeights? = nil, largestSlice: Int = 0
    ) -> PassContext {
        losses.reserve(batch.count)
        return PassContext(
            model: configuration, table: table, parameters: UnsafePointer(parameters.base),
            packed: packed, sessions: sessions, trialConstants: trialConstants, largest: largest,
            batch: batch, largestSlice: largestSlice, draws: draws, loss: loss, losses: losses)
    }

    /// Workspaces for every worker that `items` can keep busy.
    func prepareWorkspaces(items: Int) {
        while workspaces.count < min(team.workers, max(items, 1)) {
            workspaces.append(SliceWorkspace(configuration))
        }
    }

    /// Runs `body` for every slice of a batch, on as many threads as the model has.
    func forEachSlice(
        _ batch: Batch, _ body: @escaping @Sendable (Range<Int>, SliceWorkspace) -> Void
    ) {
        packParameters()
        // A row's bits do not depend on the rows beside it, so here the cut may depend on the workers.
        let cut = RowCut.slices(batch.count, workers: team.workers)
        prepareWorkspaces(items: cut.parts)
        team.run(ForwardPass(cut, workspaces, body))
    }

    private final class ForwardPass: SharedWork {
        let cut: RowCut
        let workspaces: [SliceWorkspace]
        let body: @Sendable (Range<Int>, SliceWorkspace) -> Void
        init(
            _ cut: RowCut, _ workspaces: [SliceWorkspace],
            _ body: @escaping @Sendable (Range<Int>, SliceWorkspace) -> Void
        ) {
            self.cut = cut
            self.workspaces = workspaces
            self.body = body
        }
        var itemCount: Int { cut.rows > 0 ? cut.parts : 0 }
        func perform(_ item: Int, worker: Int) { body(cut.range(item), workspaces[worker]) }
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

    /// Forward and backward over a batch; leaves the whole gradient in `gradient` and the losses in
    /// `stepLosses`.
    ///
    /// - Parameter plan: for as many rows per session as the batch has; memory is kept for the last one.
    func computeGradient(
        _ batch: Batch, plan: UpdatePlan, draws: Draws, weights: LossWeights, l2: L2Weights,
        trainsReadIn: Bool = true, trainsReadOut: Bool = true
    ) {
        packParameters()
        let pass: GradientPass
        if let last = gradientPass, last.plan === plan {
            pass = last
        } else {
            prepareWorkspaces(items: plan.shards.parts)
            pass = GradientPass(
                table, plan, workspaces: workspaces, gradient: gradient, workers: team.workers)
            gradientPass = pass
        }
        var context = context(batch, draws, weights, largestSlice: plan.largestSlice)
        context.trainsReadIn = trainsReadIn
        context.trainsReadOut = trainsReadOut
        pass.context = context
        team.run(pass)
        pass.context = nil
        team.run(pass.reduction)
        factorNormalizationBackward()
        sumLosses(batch, weights, l2)
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

    private func sumLosses(_ batch: Batch, _ weights: LossWeights, _ l2: L2Weights) {
        if stepLosses.reconstructionOfSession.count != sessions.count {
            stepLosses.reconstructionOfSession = [Double](repeating: 0, count: sessions.count)
        }
        for index in sessions.indices { stepLosses.reconstructionOfSession[index] = 0 }
        stepLosses.reconstruction = 0
        stepLosses.initialConditionKL = 0
        stepLosses.inferredInputKL = 0
        for index in 0..<batch.count {
            stepLosses.reconstructionOfSession[batch.row(index).session] +=
                losses.reconstruction.base[index]
            stepLosses.initialConditionKL += losses.initialConditionKL.base[index]
            if configuration.hasController {
                stepLosses.inferredInputKL += losses.inferredInputKL.base[index]
            }
        }
        for index in sessions.indices where weights.rowsOfSession[index] > 0 {
            // The weight includes 1/sessions: undone for the session's own figure.
            stepLosses.reconstructionOfSession[index] *=
                weights.elementWeight(
                    session: index, bins: configuration.binCount, units: sessions[index].unitCount)
                * Double(weights.sessionCount)
            stepLosses.reconstruction += stepLosses.reconstructionOfSession[index]
        }
        stepLosses.reconstruction /= Double(weights.sessionCount)
        stepLosses.initialConditionKL /= Double(weights.batchRows)
        stepLosses.inferredInputKL /= Double(weights.batchRows)
        stepLosses.l2 = addL2(l2, scale: weights.lossScale)
        stepLosses.total =
            Double(weights.lossScale)
            * (stepLosses.reconstruction + Double(l2.ramp) * stepLosses.l2
                + Double(weights.initialConditionKL) * stepLosses.initialConditionKL
                + Double(weights.inferredInputKL) * stepLosses.inferredInputKL)
    }

    /// L2 = Σ_k scale_k ½‖U_k‖²/(Σ_k elements + 1e-8) over recurrent matrices with a positive scale;
    /// adds its gradient.
    private func addL2(_ l2: L2Weights, scale: Float) -> Double {
        var elements = 1e-8
        forEachRecurrentMatrix(l2) { _, count, _ in elements += Double(count) }
        var value = 0.0
        forEachRecurrentMatrix(l2) { offset, count, kernelScale in
            let u = parameters.base + offset
            value += Double(kernelScale) * 0.5 * loops.pointee.sum_of_squares(count, u)
            let factor = scale * l2.ramp * kernelScale / Float(elements)
            let d = gradient.base + offset
            for i in 0..<count { d[i] += factor * u[i] }
        }
        return value / elements
    }

    /// The recurrent matrices that have a positive scale.
    private func forEachRecurrentMatrix(
        _ l2: L2Weights, _ body: (_ offset: Int, _ count: Int, _ scale: Float) -> Void
    ) {
        func visit(_ cell: ParameterTable.Cell, _ scale: Float) {
            if scale > 0 { body(cell.recurrentWeights, 3 * cell.units * cell.units, scale) }
        }
        visit(table.initialConditionEncoder.forward, l2.initialConditionEncoder)
        visit(table.initialConditionEncoder.backward, l2.initialConditionEncoder)
        visit(table.generator, l2.generator)
        if let cells = table.controllerInputEncoder {
            visit(cells.forward, l2.controllerInputEncoder)
            visit(cells.backward, l2.controllerInputEncoder)
        }
        if let cell = table.controller { visit(cell, l2.controller) }
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
