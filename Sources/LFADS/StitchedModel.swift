import CKernels
import Foundation

/// A model for a set of sessions with its parameters, gradients and the machinery of one update.
///
/// One flat buffer each for parameters and gradients. Work is cut into shards that do not depend on
/// the number of threads; each shard's gradient has its own buffer, and they are added in a fixed
/// order: any number of threads gives the same bits. Passes share workspaces: one call at a time.
/// After the first update nothing is allocated in an update of the same size.
public final class StitchedModel: @unchecked Sendable {
    public let configuration: ModelConfiguration
    public private(set) var sessions: [SessionTrials]
    public let table: ParameterTable

    /// Per session and trial; computed once, the data do not change.
    private let trialConstants: [[Double]]
    private let largest: LargestTrial
    let parameters: FloatBuffer
    let gradient: FloatBuffer
    let factorNormalization: FactorNormalization
    let packed: PackedParameters
    private let packing: Packing
    private var arePacked = false
    let losses = RowLosses()
    /// Of the last `computeGradient`.
    var stepLosses = StepLosses()
    let team: WorkerTeam
    /// One per worker that has been needed.
    private(set) var workspaces: [SliceWorkspace]
    var gradientPass: GradientPass?

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
        factorNormalization = FactorNormalization(configuration)
        packed = PackedParameters(configuration, table)
        packing = Packing(packed, parameters, factorNormalization)
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

    /// Replaces what a trial holds, for data that arrive one by one; the loss of that trial is not
    /// defined afterwards.
    ///
    /// - Parameters:
    ///   - values: `[binCount, unitCount]`. - externalInputs: `[binCount, externalInputCount]`.
    public func setTrial(_ trial: Int, session: Int, values: [Float], externalInputs: [Float]) {
        sessions[session].setTrial(trial, values: values, externalInputs: externalInputs)
    }

    // MARK: Passes

    /// Brings parameters into the form that the products read, if they changed since.
    func packParameters() {
        guard !arePacked else { return }
        factorNormalization.normalize(parameters.base + table.factorWeights)
        team.run(packing)
        arePacked = true
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
}
