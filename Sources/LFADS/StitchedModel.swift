/// A model for some sessions: its shape, its parameters and the machinery of a pass over trials. It holds
/// no trials: whoever infers or trains brings them.
///
/// Work is cut into shards that do not depend on the number of threads, and their results are added in a
/// fixed order: any number of threads gives the same bits. Passes share workspaces: one call at a time.
public final class StitchedModel: @unchecked Sendable {
    /// The shape of the model.
    public let configuration: ModelConfiguration
    /// In the order that the caller keeps to (date, name); it fixes the order of sums.
    public let sessions: [SessionShape]
    /// Names, shapes and places of all parameters.
    public let table: ParameterTable

    let parameters: FloatBuffer
    let factorNormalization: FactorNormalization
    let packed: PackedParameters
    private let packing: Packing
    private var arePacked = false
    let columns: InferredColumns
    private let largest: LargestTrial
    let team: WorkerTeam
    /// One per worker that has been needed.
    private(set) var workspaces: [SliceWorkspace]

    /// A model of parameters that are known.
    ///
    /// - Parameters:
    ///   - configuration: the shape of the model.
    ///   - sessions: in the order that the caller keeps to.
    ///   - values: all parameters, in the order of the sessions' `ParameterTable`.
    ///   - threads: that passes take; results do not depend on them.
    /// - Throws: `LFADSError.invalidConfiguration`, `.invalidData`, and `.parameterMismatch` for another
    ///   number of parameters.
    public init(
        _ configuration: ModelConfiguration, sessions: [SessionShape], parameters values: [Float],
        threads: Int
    ) throws {
        let table = try Self.table(configuration, sessions)
        guard values.count == table.count else {
            throw LFADSError.parameterMismatch(
                name: "parameters", expected: "\(table.count) elements", found: "\(values.count)")
        }
        self.configuration = configuration
        self.sessions = sessions
        self.table = table
        team = WorkerTeam(workers: threads)
        columns = InferredColumns(configuration)
        largest = LargestTrial(configuration, sessions)
        parameters = FloatBuffer(table.count)
        factorNormalization = FactorNormalization(configuration)
        packed = PackedParameters(configuration, table)
        packing = Packing(packed, parameters, factorNormalization)
        workspaces = [SliceWorkspace(configuration)]
        parameters.base.update(from: values, count: values.count)
    }

    /// A model that nobody has trained.
    ///
    /// - Parameters:
    ///   - configuration: the shape of the model.
    ///   - sessions: in the order that the caller keeps to.
    ///   - seed: of the start values.
    ///   - threads: that passes take; results do not depend on them.
    /// - Throws: `LFADSError.invalidConfiguration` or `.invalidData`.
    public convenience init(
        _ configuration: ModelConfiguration, sessions: [SessionShape], startingFrom seed: UInt64,
        threads: Int
    ) throws {
        let table = try Self.table(configuration, sessions)
        try self.init(
            configuration, sessions: sessions,
            parameters: table.initialValues(seed: seed), threads: threads)
    }

    static func table(
        _ configuration: ModelConfiguration, _ sessions: [SessionShape]
    ) throws -> ParameterTable {
        try configuration.validate(sessionCount: sessions.count)
        for (index, session) in sessions.enumerated() {
            guard session.encodedUnitCount > 0, session.encodedUnitCount <= session.unitCount else {
                throw LFADSError.invalidData(
                    session: session.name,
                    what: "\(session.encodedUnitCount) encoded of \(session.unitCount) units",
                    expected: "at least one")
            }
            guard !sessions[..<index].contains(where: { $0.name == session.name }) else {
                throw LFADSError.invalidData(
                    session: session.name, what: "two sessions of that name", expected: "one")
            }
        }
        return ParameterTable(configuration, sessions: sessions)
    }

    // MARK: Parameters

    /// Threads that passes take.
    public var threads: Int { team.workers }

    /// All parameters, `table.count` long.
    public var parameterValues: [Float] {
        Array(UnsafeBufferPointer(start: parameters.base, count: table.count))
    }

    /// Replaces all parameters.
    ///
    /// - Parameter values: in the order of `table`.
    /// - Precondition: as long as `table.count`.
    public func setParameters(_ values: [Float]) {
        precondition(values.count == table.count, "\(values.count) parameters for \(table.count)")
        parametersChange()
        parameters.base.update(from: values, count: values.count)
    }

    /// Replaces one tensor.
    ///
    /// - Throws: `LFADSError.parameterMismatch` for an unknown name or another number of elements.
    package func setParameter(_ name: String, _ values: [Float]) throws {
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
    package func parameter(_ name: String) -> [Float]? {
        table.tensor(named: name).map {
            Array(UnsafeBufferPointer(start: parameters.base + $0.offset, count: $0.count))
        }
    }

    /// Whoever writes to `parameters` says so: the next pass packs them anew.
    func parametersChange() { arePacked = false }

    // MARK: Sessions and trials

    /// - Precondition: there is a session of that name.
    func place(ofSession name: String) -> Int {
        guard let place = sessions.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("the model has no session \(name)")
        }
        return place
    }

    /// Checks that trials are what the model was made for.
    ///
    /// - Returns: the place of their session among the model's.
    /// - Precondition: there is a session of that name.
    /// - Throws: `LFADSError.invalidData`
    func place(of trials: SessionTrials) throws -> Int {
        let place = place(ofSession: trials.name)
        func same(_ found: Int, _ own: Int, _ what: String, _ expected: String) throws {
            guard found == own else {
                throw LFADSError.invalidData(session: trials.name, what: what, expected: expected)
            }
        }
        let shape = sessions[place]
        try same(
            trials.binCount, configuration.binCount, "trials of \(trials.binCount) bins",
            "\(configuration.binCount) bins, as in the other sessions")
        try same(
            trials.externalInputCount, configuration.externalInputCount,
            "\(trials.externalInputCount) external inputs",
            "\(configuration.externalInputCount), as in the other sessions")
        try same(
            trials.unitCount, shape.unitCount, "\(trials.unitCount) units",
            "\(shape.unitCount), as in the model")
        try same(
            trials.encodedUnitCount, shape.encodedUnitCount, "\(trials.encodedUnitCount) encoded units",
            "\(shape.encodedUnitCount), as in the model")
        return place
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
        _ batch: Batch, _ trials: PassTrials, _ draws: Draws, _ loss: LossWeights? = nil,
        largestSlice: Int = 0
    ) -> PassContext {
        PassContext(
            model: configuration, table: table, parameters: UnsafePointer(parameters.base),
            packed: packed, trials: trials, largest: largest, batch: batch, largestSlice: largestSlice,
            draws: draws, loss: loss)
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
