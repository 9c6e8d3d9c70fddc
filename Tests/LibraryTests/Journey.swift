import Neurostitch

/// Registers days, stitches all but the last, looks at what came of it, and brings in the last.
func journey(manifests: [String], workspace: String) throws -> TrialArray? {
    let registry = try SessionRegistry.create(at: workspace)
    for path in manifests {
        let registration = try RegisterJourney.register(manifest: path, in: registry)
        print("registered \(registration.session.name)")
    }
    let days = try registry.sessions(matching: .all).map(\.name)

    var manifest = StitchManifest(run: "stitched", sessions: .names(days.dropLast()))
    manifest.model.factorCount = 3
    manifest.training.epochs = 20
    let outcome = try StitchJourney.stitch(manifest, in: registry) { event in
        if case .epoch(let epoch, _, _) = event { print(epoch.summary.epoch, epoch.summary.validation) }
    }
    print("best epoch \(outcome.bestEpoch), agreement \(outcome.agreement ?? .nan)")

    let run = try TrainedRun("stitched", in: registry)
    let inferred = try run.day(days[0]).infer([.factors, .rates])
    print(inferred.means?.columns.names ?? [])  // the day's units

    let evaluation = try EvaluationJourney.evaluate(run: "stitched", in: registry).evaluation
    for session in evaluation.sessions { print(session.name, session[.bitsPerSpike] ?? .nan) }

    let extended = try ExtendJourney.extend(run: "stitched", by: days[days.count - 1], in: registry)
    let newDay = try TrainedRun(extended.run, in: registry).day(extended.session)
    return try newDay.infer(.factors).factors  // [trial, bin, factor]
}
