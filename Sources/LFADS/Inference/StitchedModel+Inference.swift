extension StitchedModel {
    /// Infers quantities for trials of one of the model's sessions.
    ///
    /// - Parameters:
    ///   - trials: of the session that has their name; no split is needed.
    ///   - chosen: places among these trials, in the order wanted.
    ///   - quantities: what is wanted; the rest is not computed.
    ///   - estimate: the posterior means once, or the average over posterior samples.
    ///   - withoutInferredInputs: a controller that infers inputs of 0, whatever it sees; what comes of
    ///     it is what the initial condition says alone.
    /// - Precondition: the model has a session of that name, and a controller if it is to be silent.
    /// - Throws: `LFADSError.invalidData` for extents that are not the model's.
    public func infer(
        _ trials: SessionTrials, chosen: [Int], quantities: InferredQuantities,
        estimate: PosteriorEstimate = .means, withoutInferredInputs: Bool = false
    ) throws -> InferredTrials {
        precondition(
            configuration.hasController || !withoutInferredInputs,
            "a model without a controller infers no inputs")
        let place = try place(of: trials)
        try trials.requireTrials(chosen, "that was asked for")
        let widths = InferredWidths(configuration, trials.shape, quantities)
        let batch = Batch(parts: [.init(session: place, trials: chosen)])
        func pass(_ draws: Draws) -> InferredValues {
            var context = context(batch, PassTrials(first: place, sessions: [trials]), draws)
            context.silencesInferredInputs = withoutInferredInputs
            return InferredValues(trials: chosen.count, widths) { [context] pointers in
                forEachSlice(batch) { rows, workspace in
                    let slice = workspace.forward(context, rows)
                    workspace.extract(context, slice, widths, into: pointers)
                }
            }
        }
        switch estimate {
        case .means:
            return InferredTrials(trials, chosen: chosen, columns, widths, pass(.none), nil)
        case .samples(let count, let seed):
            var values = pass(.posteriorSample(seed: seed, sample: 0))
            var spread = SampleSpread(values)
            for sample in 1..<max(count, 2) where sample < count {
                spread.add(
                    pass(.posteriorSample(seed: seed, sample: UInt32(sample))), to: &values,
                    count: sample + 1)
            }
            spread.finish(samples: count)
            return InferredTrials(trials, chosen: chosen, columns, widths, values, spread)
        }
    }

    /// Mean negative log-likelihood per observed element of some trials of a session, with posterior means.
    ///
    /// - Parameters:
    ///   - trials: of the session that has their name; no split is needed.
    ///   - chosen: places among these trials.
    /// - Precondition: the model has a session of that name.
    /// - Throws: `LFADSError.invalidData` for extents that are not the model's.
    public func reconstructionLoss(_ trials: SessionTrials, chosen: [Int]) throws -> Double {
        let place = try place(of: trials)
        try trials.requireTrials(chosen, "that was asked for")
        return reconstructionLosses(
            Batch(parts: [.init(session: place, trials: chosen)]),
            PassTrials(first: place, sessions: [trials])
        ) { trials.constant(ofTrial: $0.trial, configuration.observation) }[0]
    }

    /// The same per session over a batch; 0 for a session without rows in it.
    ///
    /// - Parameter constant: of a row, Σ of the likelihood's terms that depend on the data alone.
    func reconstructionLosses(
        _ batch: Batch, _ trials: PassTrials, constant: (BatchRow) -> Double
    ) -> [Double] {
        let context = context(batch, trials, .none)
        let losses = DoubleBuffer(batch.count)
        forEachSlice(batch) { rows, workspace in
            let slice = workspace.forward(context, rows)
            workspace.reconstruction.evaluate(
                context, slice, workspace.decoder.factors, into: losses)
        }
        var sums = [Double](repeating: 0, count: trials.sessions.count)
        var elements = sums
        for index in 0..<batch.count {
            let row = batch.row(index)
            let session = row.session - trials.first
            sums[session] += losses.base[index] + constant(row)
            elements[session] += Double(trials.sessions[session].observedCount(ofTrial: row.trial))
        }
        return zip(sums, elements).map { $1 > 0 ? $0 / $1 : 0 }
    }
}
