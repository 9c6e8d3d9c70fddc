import Foundation
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

@Suite("A run on the disk")
struct TrainingRunTests {
    /// A workspace with two small days.
    private func withRegistry(_ body: (SessionRegistry) throws -> Void) throws {
        try TestSupport.withRegistry { registry in
            try registry.register(TrainedWorld.recordings())
            try body(registry)
        }
    }

    @Test("an epoch that fails leaves the checkpoint of the one before, and the message says so")
    func divergence() throws {
        try withRegistry { registry in
            let manifest = try TrainedWorld.manifest()
            let records = try registry.sessions(matching: .all)
            let sessions = try registry.prepared(records)
            let settings = try StitchSettings(manifest, sessions)
            let folder = RunFolder(registry.workspace, run: "small")
            try folder.lock()
            _ = try registry.beginRun(
                "small", seed: 5, settingsJSON: try settings.json(), version: "test",
                sessions: records)
            let run = try TrainingRun(
                "small", settings, records, sessions, registry, folder, threads: 1)
            try run.begin(from: try TrainedWorld.alignment(sessions, settings))
            let name = sessions[0].name
            var second: [Float] = []
            let poison = [Float](repeating: .nan, count: sessions[0].trials.unitCount)
            #expect {
                _ = try run.train(checkpointSeconds: 1000) { event in
                    guard case .epoch(let record, _, _) = event, record.summary.epoch == 1 else { return }
                    second = run.training.model.parameterValues
                    try? run.training.model.setParameter("readout.\(name).bias", poison)
                } shouldStop: {
                    false
                }
            } throws: { error in
                "\(error)".hasPrefix("the training diverged in epoch 3, update ")
                    && "\(error)".contains("the reconstruction loss of session \(name) is not finite")
                    && "\(error)".hasSuffix(
                        "The checkpoint of epoch 2 of run small is kept and can be queried; other "
                            + "settings need another run name")
            }
            let kept = try Checkpoint.read(folder.checkpoint, table: run.training.model.table)
            #expect(kept.header.epochsDone == 2)
            #expect(kept.state.parameters == second)
            #expect(kept.history.count == 2)
        }
    }

    @Test("a run of several starts goes on with the one that was chosen")
    func resumingRestarts() throws {
        try withRegistry { registry in
            var manifest = try TrainedWorld.manifest(
                TrainedWorld.tiny.replacing("epochs: 3", with: "epochs: 4"))
            manifest.restarts = 3
            var starts = 0
            var epochs = 0
            let stopped = try registry.stitch(
                manifest,
                report: { event in
                    if case .restart = event { starts += 1 }
                    if case .epoch = event { epochs += 1 }
                }, shouldStop: { epochs == 2 })
            #expect(!stopped.isFinished && starts == 3)
            let chosen = try registry.run(named: "small").seed
            starts = 0
            let finished = try registry.stitch(
                manifest, resume: true,
                report: { if case .restart = $0 { starts += 1 } })
            #expect(finished.isFinished && finished.epochsDone == 4 && starts == 0)
            // As if that seed had been asked for, without a stop.
            manifest.run = "straight"
            manifest.seed = UInt64(chosen)
            manifest.restarts = 1
            try registry.stitch(manifest)
            let files = ["small", "straight"].map {
                RunFolder(registry.workspace, run: $0).metrics
            }
            #expect(
                try String(contentsOfFile: files[0], encoding: .utf8)
                    == String(contentsOfFile: files[1], encoding: .utf8))
            manifest.run = "small"
            manifest.seed = 5
            #expect(throws: (any Error).self) { try registry.stitch(manifest, resume: true) }
        }
    }

    @Test("stopping while starts are tried leaves nothing")
    func stoppedStarts() throws {
        try withRegistry { registry in
            var manifest = try TrainedWorld.manifest()
            manifest.restarts = 2
            #expect(throws: StitchingError.stoppedBeforeStart(run: "small")) {
                try registry.stitch(manifest, shouldStop: { true })
            }
            #expect(try registry.runs().isEmpty)
            #expect(!RunFolder(registry.workspace, run: "small").hasCheckpoint)
        }
    }

    @Test("another run's checkpoint is not gone on with, though every shape agrees")
    func identity() throws {
        try withRegistry { registry in
            var stop = false
            func stopAfterOne(_ manifest: StitchManifest) throws {
                stop = false
                try registry.stitch(manifest, report: { if case .epoch = $0 { stop = true } }) { stop }
            }
            let first = try TrainedWorld.manifest()
            var second = first
            second.run = "other"
            second.seed = 6
            try stopAfterOne(first)
            try stopAfterOne(second)
            let folders = [first.run, second.run].map { RunFolder(registry.workspace, run: $0) }
            try FileManager.default.removeItem(atPath: folders[1].checkpoint)
            try FileManager.default.copyItem(
                atPath: folders[0].checkpoint, toPath: folders[1].checkpoint)
            #expect(
                throws: StitchingError.otherCheckpoint(
                    run: "other", path: folders[1].checkpoint,
                    differences: ["it belongs to run small", "its settings differ"])
            ) { try registry.stitch(second, resume: true) }
            #expect(throws: StitchingError.self) {
                try TrainedRun("other", in: registry, threads: 1)
            }
            // The other one still goes on.
            #expect(try registry.stitch(first, resume: true).isFinished)
        }
    }

    @Test("a checkpoint that the registry knows nothing of is not written over")
    func stray() throws {
        try withRegistry { registry in
            let folder = RunFolder(registry.workspace, run: "small")
            try FileManager.default.createDirectory(
                atPath: folder.path, withIntermediateDirectories: true)
            try Data("precious".utf8).write(to: URL(fileURLWithPath: folder.checkpoint))
            #expect(throws: StitchingError.strayCheckpoint(run: "small", path: folder.checkpoint)) {
                try registry.stitch(try TrainedWorld.manifest())
            }
            #expect(try String(contentsOfFile: folder.checkpoint, encoding: .utf8) == "precious")
            #expect(try registry.runs().isEmpty)
        }
    }

    @Test("resuming a run that there is not does not begin one")
    func unknown() throws {
        try withRegistry { (registry) throws in
            #expect(throws: RegistryError.self) {
                try registry.stitch(try TrainedWorld.manifest(), resume: true)
            }
            #expect(try registry.runs().isEmpty)
        }
    }

    @Test("values that the observation model can't describe are named")
    func unsuitableValues() throws {
        var recordings = try TrainedWorld.recordings()
        for index in recordings.indices {
            recordings[index].signal = .continuous
            recordings[index].values = recordings[index].values.map { $0 + 0.5 }
        }
        let units = recordings[1].units.count
        recordings[1].values[(3 * 20 + 4) * units + 2] = 0
        let sessions = try recordings.map { try PreparedSession($0) }
        let gamma = try TrainedWorld.manifest(
            TrainedWorld.tiny.replacingOccurrences(
                of: "fac_dim: 3", with: "fac_dim: 3, reconstruction: gamma"))
        #expect(
            throws: StitchingError.unsuitableValue(
                session: recordings[1].session, trial: 3, bin: 4, unit: recordings[1].units[2].name,
                value: 0, expected: "values above 0")
        ) { try StitchSettings(gamma, sessions) }
        recordings[1].values[(3 * 20 + 4) * units + 2] = 0.5
        let (_, training) = try TrainedWorld.train(recordings, gamma)
        #expect(try training.validationLosses().allSatisfy { $0.isFinite })
    }
}
