import ArrayFiles
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// A run leaves in a file and comes back the same.
@Suite struct ExportTests {
    @Test func aRunComesBackBitForBit() throws {
        try ExchangeWorld.withRun { registry, recordings in
            let path = registry.scratch("model.h5")
            let outcome = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            let best = try #require(try registry.run(named: "small").bestEpoch)
            #expect(outcome.epoch == best + 1)
            #expect(outcome.sessions == recordings.map(\.session))
            let came = try ImportJourney.importModel(
                from: path, as: "again", sessions: nil, in: registry, threads: 1)
            #expect(came.warnings == [])
            #expect(came.parameters == outcome.parameters)
            let own = try ExchangeWorld.parameters("small", in: registry)
            #expect(own.count > 10)
            #expect(try ExchangeWorld.parameters("again", in: registry) == own)
            for recording in recordings {
                let known = try ExchangeWorld.inferred("small", recording.session, in: registry)
                let again = try ExchangeWorld.inferred("again", recording.session, in: registry)
                #expect(known.factors == again.factors && known.means == again.means)
            }
            let settings = try StitchSettings(json: registry.run(named: "again").settingsJSON)
            let before = try StitchSettings(json: registry.run(named: "small").settingsJSON)
            #expect(settings.model == before.model && settings.training == before.training)
            #expect(settings.alignment == before.alignment && settings.seed == before.seed)
            #expect(settings.imported?.fileHash == (try ContentHash.ofFile(path)))
            let run = try registry.run(named: "again")
            #expect(run.status == .finished && run.bestEpoch == nil)
            #expect(run.message == "imported from \(path)")
            // What the days share comes along.
            let trajectories = try TrainedRun("small", in: registry, threads: 1).trajectories()
            #expect(trajectories != nil)
            #expect(
                try Checkpoint.readTrajectories(RunFolder(registry.workspace, run: "again").checkpoint)
                    == trajectories)
            // And again: the same bytes but for the run's name.
            let second = registry.scratch("second.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: second, in: registry)
            #expect(try ContentHash.ofFile(second) == ContentHash.ofFile(path))
        }
    }

    /// With a controller, held-out units in the middle of the recording, and fewer encoded bins.
    static let models = [
        "\(ExchangeWorld.model)}\n\(ExchangeWorld.training)",
        "held_out_units: 0.3\n\(ExchangeWorld.model), ci_enc_dim: 6, con_dim: 5, co_dim: 2, ci_lag: 2, "
            + "ic_enc_seq_len: 3, encod_seq_len: 16, cell_clip: 0.8}\n\(ExchangeWorld.training)",
        "\(ExchangeWorld.model), ic_prior: student_t, ic_prior_df: 3}\n\(ExchangeWorld.training)",
    ]

    @Test(arguments: models) func theFileTakesUnitsInTheRecordingsOrder(_ manifest: String) throws {
        try ExchangeWorld.withRun(manifest) { registry, recordings in
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            let file = try HDF5File.open(path)
            let slow = try SlowModel(path)
            for (index, recording) in recordings.enumerated() {
                let query = try TrainedRun("small", in: registry, threads: 1).day(recording.session)
                // The model's own order is another one, or nothing is tested.
                #expect(query.session.unitOrder != Array(recording.units.indices))
                let places = try file.integers("sessions/\(index)/recording_index").values.map { Int($0) }
                let heldOut = query.recording.units.map(\.heldOut)
                #expect(
                    places == recording.units.indices.filter { !heldOut[$0] }
                        + recording.units.indices.filter { heldOut[$0] })
                #expect(
                    try file.strings("sessions/\(index)/unit_id").values
                        == places.map { recording.units[$0].name })
                #expect(
                    try file.bytes("sessions/\(index)/unit_held_out").values
                        == places.map { heldOut[$0] ? 1 : 0 })
                let trials = [0, 7]
                let inferred = try query.infer([.factors, .rates], trials: trials)
                let (bins, units) = (recording.binCount, recording.units.count)
                var expected: (factors: [Double], rates: [Double]) = ([], [])
                for trial in trials {
                    let counts = (0..<bins).map { bin in
                        places.map { Double(recording.values[(trial * bins + bin) * units + $0]) }
                    }
                    let own = try slow.infer(session: index, counts: counts)
                    expected.factors += own.factors.flatMap { $0 }
                    for row in own.rates {
                        var inOrder = [Double](repeating: .nan, count: units)
                        for (place, rate) in zip(places, row) { inOrder[place] = rate }
                        expected.rates += inOrder
                    }
                }
                #expect(scaledDifference(inferred.factors?.values ?? [], from: expected.factors) <= 1e-5)
                #expect(scaledDifference(inferred.means?.values ?? [], from: expected.rates) <= 1e-5)
            }
            // Held-out units are found again on the way back.
            _ = try ImportJourney.importModel(
                from: path, as: "again", sessions: nil, in: registry, threads: 1)
            #expect(
                try ExchangeWorld.parameters("again", in: registry)
                    == ExchangeWorld.parameters("small", in: registry))
        }
    }

    /// A day whose units stand in another order, and one that was registered anew since.
    @Test func unitsAreFoundByName() throws {
        try ExchangeWorld.withRun { registry, recordings in
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            try withRegistry { other in
                let order = [4, 0, 8, 2, 6, 1, 3, 7, 5]
                let turned = [recordings[0].permutingUnits(order), recordings[1]]
                for recording in turned { _ = try RegisterJourney.register(recording, in: other) }
                let outcome = try ImportJourney.importModel(
                    from: path, as: "there", sessions: nil, in: other, threads: 1)
                #expect(outcome.warnings.count == 1)
                #expect(outcome.warnings[0].contains("is not the one that the model was trained on"))
                let name = recordings[0].session
                let here = try ExchangeWorld.inferred("small", name, in: registry)
                let there = try ExchangeWorld.inferred("there", name, in: other)
                #expect(here.factors == there.factors)
                let units = order.count
                let (known, found) = (
                    try #require(here.means).values, try #require(there.means).values
                )
                for row in 0..<(known.count / units) {
                    for (place, unit) in order.enumerated() {
                        #expect(found[row * units + place] == known[row * units + unit])
                    }
                }
            }
            var revised = recordings[0]
            revised.values[0] += 1
            _ = try RegisterJourney.register(revised, in: registry, asNewRevision: true)
            let outcome = try ImportJourney.importModel(
                from: path, as: "old", sessions: nil, in: registry, threads: 1)
            #expect(outcome.warnings == [])
            #expect(try registry.sessions(ofRun: "old").map(\.revision) == [1, 1])
        }
    }

    @Test func someDaysAlone() throws {
        try ExchangeWorld.withRun { registry, recordings in
            let path = registry.scratch("day.h5")
            let name = recordings[1].session
            let outcome = try ExportJourney.export(run: "small", sessions: [name], to: path, in: registry)
            #expect(outcome.sessions == [name])
            _ = try ImportJourney.importModel(
                from: path, as: "day", sessions: nil, in: registry, threads: 1)
            #expect(try registry.sessions(ofRun: "day").map(\.name) == [name])
            #expect(
                try ExchangeWorld.inferred("day", name, in: registry).factors
                    == ExchangeWorld.inferred("small", name, in: registry).factors)
            #expect(
                throws: StitchingError.sessionNotInRun(
                    run: "small", session: "nobody", known: recordings.map(\.session))
            ) {
                try ExportJourney.export(run: "small", sessions: ["nobody"], to: path, in: registry)
            }
        }
    }

    /// Without shared trajectories in the file, what the read-ins make of the days takes their place.
    @Test func aNewDayJoinsAnImportedRun() throws {
        let manifest = """
            model: {ic_enc_dim: 16, ic_dim: 8, gen_dim: 16, fac_dim: 4, dropout_rate: 0.05}
            train: {epochs: 60, batch_size: 48, kl_increase_epoch: 5, l2_increase_epoch: 5}
            """
        try ExchangeWorld.withRun(
            manifest, sessions: 3,
            { days in
                if let more = try? TrainedWorld.recordings(sessions: 3, trials: 12, units: [14, 12, 13]) {
                    days = more
                }
            }
        ) { registry, recordings in
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            var foreign = try EditableModelFile(path)
            foreign.isForeign = true
            try foreign.write(to: registry.scratch("foreign.h5"))
            _ = try ImportJourney.importModel(
                from: registry.scratch("foreign.h5"), as: "torch",
                sessions: recordings.prefix(2).map(\.session), in: registry, threads: 1)
            let stored = try #require(
                try Checkpoint.readTrajectories(RunFolder(registry.workspace, run: "torch").checkpoint))
            #expect(Set(stored.conditions) == Set(recordings[0].trials.compactMap(\.condition)))
            let name = recordings[2].session
            var bits: [Double] = []
            for run in ["small", "torch"] {
                let outcome = try ExtendJourney.extend(
                    run: run, by: name, in: registry, options: .init(threads: 1))
                bits.append(try #require(outcome.bitsPerSpike))
            }
            #expect(bits[0] > 0.1)
            #expect(abs(bits[1] - bits[0]) < 0.1 * bits[0], "\(bits)")
            // The same space: a day that joined either run has the same factors, up to the regressions.
            let factors = try ["small", "torch"].map {
                try ExchangeWorld.inferred(
                    ExtendJourney.runName(of: $0, session: name), name, in: registry
                ).factors?.values ?? []
            }
            #expect(correlation(factors[0], factors[1]) > 0.95)
            // Fewer units of a day are regressed onto the same trajectories.
            let alignment = try RunAlignment(run: "torch", in: registry)
            #expect(alignment.days == nil && alignment.components == 4)
            let run = try TrainedRun("torch", in: registry, threads: 1)
            let query = try run.day(recordings[0].session)
            let seen = try query.seenThrough(units: Array(0..<14), run.trajectories())
            let whole = try query.infer([.factors], trials: Array(0..<20)).factors?.values ?? []
            let again = try seen.infer([.factors], trials: Array(0..<20)).factors?.values ?? []
            #expect(correlation(whole, again) > 0.95)
        }
    }

    private func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let (x, y) = (a.map(Double.init), b.map(Double.init))
        let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        var (xy, xx, yy) = (0.0, 0.0, 0.0)
        for (p, q) in zip(x, y) {
            xy += (p - mx) * (q - my)
            xx += (p - mx) * (p - mx)
            yy += (q - my) * (q - my)
        }
        return xy / (xx * yy).squareRoot()
    }
}
