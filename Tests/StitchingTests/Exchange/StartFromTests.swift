import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Alignment
@testable import Stitching

/// Training goes on from the parameters of another run, imported or not.
@Suite struct StartFromTests {
    private func manifest(
        _ recordings: [Recording], run: String = "on", from start: String? = "again",
        model: String = ExchangeWorld.model, train: String = "epochs: 1, batch_size: 16",
        more: String = ""
    ) throws -> StitchManifest {
        var result = try TrainedWorld.manifest("\(more)\n\(model)}\ntrain: {\(train)}", run: run)
        result.sessions = .names(recordings.map(\.session))
        result.startFrom = start
        return result
    }

    private func withImport(_ body: (SessionRegistry, [Recording]) throws -> Void) throws {
        try ExchangeWorld.withRun { registry, recordings in
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            _ = try ImportJourney.importModel(
                from: path, as: "again", sessions: nil, in: registry, threads: 1)
            try body(registry, recordings)
        }
    }

    /// At a learning rate that moves no parameter the first epoch is the imported model.
    @Test func theLossBeginsWhereTheImportedModelsWas() throws {
        try withImport { registry, recordings in
            let plan = try manifest(
                recordings, train: "epochs: 1, batch_size: 16, lr_init: 1.0e-30, lr_stop: 0")
            try registry.stitch(plan)
            let epoch = try #require(try registry.epochMetrics(ofRun: "on").first)
            for recording in recordings {
                let query = try TrainedRun("again", in: registry, threads: 1).day(recording.session)
                let loss = try query.model.reconstructionLoss(
                    query.session.trials, chosen: query.session.validationTrials)
                let found = try #require(epoch.values["valid_recon/\(recording.session)"])
                #expect(abs(found - loss) <= 1e-6 * abs(loss))
                #expect(
                    scaledDifference(
                        try ExchangeWorld.inferred("on", recording.session, in: registry).factors?.values
                            ?? [],
                        from: try ExchangeWorld.inferred("again", recording.session, in: registry).factors?
                            .values.map(Double.init) ?? []) <= 1e-6)
            }
            let run = try registry.run(named: "on")
            #expect(run.parent == "again" && run.status == .finished)
            let settings = try StitchSettings(json: run.settingsJSON)
            #expect(settings.startFrom == "again" && settings.imported == nil && settings.joined == nil)
            #expect(settings.topEntries.contains { $0.key == "start_from" && $0.value == .word("again") })
            // The space is the imported model's.
            func trajectories(_ name: String) throws -> SharedTrajectories? {
                try Checkpoint.readTrajectories(RunFolder(registry.workspace, run: name).checkpoint)
            }
            #expect(try trajectories("on") != nil && trajectories("on") == trajectories("again"))
        }
    }

    /// Training from the export of a run is training from the run itself, and it goes somewhere.
    @Test func trainingGoesOnFromEitherAlike() throws {
        try withImport { registry, recordings in
            for (run, start) in [("a", "again"), ("b", "small")] {
                try registry.stitch(
                    try manifest(
                        recordings, run: run, from: start,
                        train: "epochs: 4, batch_size: 16, kl_increase_epoch: 0, l2_increase_epoch: 0, "
                            + "lr_readin_scale: 0"))
            }
            let on = try ExchangeWorld.parameters("a", in: registry)
            #expect(try on == ExchangeWorld.parameters("b", in: registry))
            let before = try ExchangeWorld.parameters("small", in: registry)
            #expect(on.keys == before.keys && on != before)
            // The read-ins keep what the first run made of them, not what an alignment would.
            let name = "best_parameters/readin.\(recordings[0].session).weight"
            #expect(on[name] == before[name])
            func loss(_ run: String) throws -> Double {
                let query = try TrainedRun(run, in: registry, threads: 1).day(recordings[0].session)
                return try query.model.reconstructionLoss(
                    query.session.trials, chosen: query.session.trainingTrials)
            }
            #expect(try loss("a") < loss("small"))
        }
    }

    @Test func whatDoesNotFitIsRefusedBeforeTheRunBegins() throws {
        try withImport { registry, recordings in
            let runs = try registry.runs()
            func expect(_ plan: StitchManifest, _ differences: [String]) {
                #expect(throws: StitchingError.cannotStartFrom(run: "again", differences: differences)) {
                    try registry.stitch(plan)
                }
            }
            expect(
                try manifest(recordings, model: "model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 9, fac_dim: 3"),
                ["model.gen_dim is 9 instead of 8"])
            expect(
                try manifest(recordings, more: "alignment: {components: 2}"),
                ["alignment.components is 2 instead of 3"])
            expect(
                try manifest([recordings[0]]), ["session \(recordings[1].session) is missing"])
            expect(
                try manifest(recordings, more: "restarts: 2"), ["restarts asks for starts of its own"])
            expect(
                try manifest(recordings, more: "held_out_units: 0.3"),
                recordings.map { "session \($0.session) has another revision or other held-out units" })
            // Dropout is training's, not the model's.
            try registry.stitch(
                try manifest(
                    recordings,
                    model: "model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3, dropout_rate: 0.4"))
            #expect(throws: RegistryError.self) {
                try registry.stitch(try manifest(recordings, run: "x", from: "nobody"))
            }
            #expect(try registry.runs().map(\.name) == runs.map(\.name) + ["on"])
        }
    }

    @Test func resumingKnowsWhereARunCameFrom() throws {
        try withImport { registry, recordings in
            #expect(throws: StitchingError.importedRun("again")) {
                try registry.stitch(
                    try manifest(recordings, run: "again", from: nil), resume: true)
            }
            let plan = try manifest(recordings, train: "epochs: 4, batch_size: 16")
            var epochs = 0
            try registry.stitch(
                plan,
                shouldStop: {
                    epochs += 1
                    return epochs == 2
                })
            #expect(throws: StitchingError.settingsDiffer(run: "on", keys: ["start_from"])) {
                try registry.stitch(
                    try manifest(recordings, from: nil, train: "epochs: 4, batch_size: 16"), resume: true)
            }
            try registry.stitch(plan, resume: true)
            try registry.stitch(
                try manifest(recordings, run: "whole", train: "epochs: 4, batch_size: 16"))
            #expect(
                try ExchangeWorld.parameters("on", in: registry)
                    == ExchangeWorld.parameters("whole", in: registry))
        }
    }
}
