import ArrayFiles
import Foundation
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// `Fixtures/written-by-0.1.0` holds a workspace that version 0.1.0 wrote: three small Lorenz days; a run
/// with held-out units, a controller and maps that learn; the same extended by the third day; exported and
/// imported again; a run that was interrupted, and one with the same settings that was not.
@Suite("Runs made by 0.1.0")
struct OlderVersionTests {
    /// A copy of the workspace, which opening it may bring up to date.
    private func withWorkspace(_ body: (SessionRegistry, _ fixture: URL) throws -> Void) throws {
        let fixture = try #require(
            Bundle.module.url(forResource: "Fixtures/written-by-0.1.0", withExtension: nil))
        try withTemporaryFolder { folder in
            let workspace = folder + "/workspace"
            try FileManager.default.copyItem(
                atPath: fixture.appendingPathComponent("workspace").path, toPath: workspace)
            try body(try SessionRegistry.open(workspace), fixture)
        }
    }

    private static let runs = [
        "stitched", "interrupted", "whole", "stitched-with-lorenz-2024-05-16", "imported",
    ]

    /// ‖a − b‖/‖b‖.
    private func distance(_ a: [Float], _ b: [Float]) -> Double {
        var (difference, size) = (0.0, 0.0)
        for (x, y) in zip(a, b) {
            difference += Double(x - y) * Double(x - y)
            size += Double(y) * Double(y)
        }
        return a.count == b.count ? (difference / size).squareRoot() : .infinity
    }

    @Test("settings come out as they went in, under the manifest's keys")
    func settings() throws {
        try withWorkspace { registry, fixture in
            for name in Self.runs {
                let old = try registry.run(named: name).settingsJSON
                #expect(old.contains("\"initialConditionEncoderUnits\""))
                let settings = try StitchSettings(json: old)
                let new = try settings.json()
                #expect(new.contains("\"ic_enc_dim\"") && !new.contains("Units\""))
                #expect(try StitchSettings(json: new) == settings)
            }
            let stitched = try StitchSettings(json: registry.run(named: "stitched").settingsJSON)
            #expect(stitched.seed == 3 && stitched.holdOut.units == .share(0.2))
            #expect(stitched.model.inferredInputCount == 1 && stitched.model.binCount == 16)
            // The guard that 2 was meant to switch off, and didn't: what that run did is what it is.
            #expect(stitched.training.agreementTolerance == 2)
            let joined = try StitchSettings(
                json: registry.run(named: "stitched-with-lorenz-2024-05-16").settingsJSON
            ).joined
            #expect(joined?.parent == "stitched" && joined?.trainingTrials == 20)
            let imported = try StitchSettings(json: registry.run(named: "imported").settingsJSON).imported
            #expect(imported?.file == "model.h5" && imported?.fileHash.count == 64)
            // The manifest says the same; what it leaves open is as that version had it.
            let manifest = try StitchManifest(
                contentsOf: fixture.appendingPathComponent("stitched.stitch.yaml").path)
            let sessions = try registry.prepared(
                registry.sessions(ofRun: "stitched"), holdOut: manifest.holdOut)
            #expect(try StitchSettings(manifest, sessions, resuming: stitched) == stitched)
        }
    }

    /// Recordings without test trials are what they were before there were any.
    @Test("its recordings keep their hashes, and are written again as the same bytes")
    func recordings() throws {
        try withWorkspace { registry, _ in
            let sessions = try registry.sessions(matching: .all)
            #expect(sessions.count == 3)
            for session in sessions {
                let file = registry.workspace.location(of: session.file)
                let hashed = try RecordingFile.readHashed(file)
                #expect(hashed.contentHash == session.contentHash)
                #expect(try registry.trials(of: session).allSatisfy { $0.split != .test })
                let again = registry.scratch("again.h5")
                try RecordingFile.write(hashed, to: again)
                #expect(try bytes(of: again) == bytes(of: file))
                let entered = try RegisterJourney.register(hashed.recording, in: registry)
                #expect(entered == .unchanged(session))
            }
        }
    }

    @Test("its factors are what they were")
    func factors() throws {
        try withWorkspace { registry, fixture in
            let bytes = try Data(contentsOf: fixture.appendingPathComponent("factors.npy"))
            let headerLength = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
            let expected = bytes.dropFirst(headerLength).withUnsafeBytes {
                Array($0.bindMemory(to: Float.self))
            }
            for run in ["stitched", "imported", "stitched-with-lorenz-2024-05-16"] {
                let factors = try ExchangeWorld.inferred(run, "lorenz-2024-01-15", in: registry)
                // Another instruction set adds up in another order; single precision, 16 bins of a network.
                #expect(distance(factors.factors?.values ?? [], expected) < 1e-4)
            }
        }
    }

    @Test("an interrupted run goes on to what an uninterrupted one became")
    func resume() throws {
        try withWorkspace { registry, fixture in
            let manifest = try StitchManifest(
                contentsOf: fixture.appendingPathComponent("interrupted.stitch.yaml").path)
            let outcome = try registry.stitch(manifest, resume: true)
            #expect(outcome.isFinished && outcome.epochsDone == 160)
            let (resumed, whole) = (
                try ExchangeWorld.parameters("interrupted", in: registry),
                try ExchangeWorld.parameters("whole", in: registry)
            )
            #expect(Set(resumed.keys) == Set(whole.keys) && !whole.isEmpty)
            let names = whole.keys.sorted()
            // The same bits on the processor that made them; elsewhere rounding grows over 93 updates.
            #expect(
                distance(names.flatMap { resumed[$0] ?? [] }, names.flatMap { whole[$0] ?? [] }) < 1e-2)
        }
    }

    @Test("a new day joins, and training starts from it")
    func extend() throws {
        try withWorkspace { registry, _ in
            var options = ExtendJourney.Options(threads: 1)
            options.epochs = 2
            options.name = "again"
            let outcome = try ExtendJourney.extend(
                run: "imported", by: "lorenz-2024-05-16", in: registry, options: options)
            #expect(outcome.trainingTrials == 20)
            let inferred = try ExchangeWorld.inferred("again", "lorenz-2024-05-16", in: registry)
            let factors = try #require(inferred.factors)
            #expect(factors.shape == [24, 16, 3] && factors.values.allSatisfy { $0.isFinite })
        }
    }

    @Test("stored settings that can't be are refused, with the key")
    func damagedSettings() throws {
        try withWorkspace { registry, _ in
            let settings = try StitchSettings(json: registry.run(named: "stitched").settingsJSON)
            let json = try settings.json()
            func words(_ change: (String) -> String) -> String {
                TestSupport.words { _ = try StitchSettings(json: change(json)) }
            }
            #expect(words { $0 } == "nothing was thrown")
            #expect(
                words { $0.replacing("\"lr_init\"", with: "\"lr_start\"") }
                    == "lr_init is missing; expected a value")
            #expect(words { $0.replacing("\"layout\" : 2", with: "\"layout\" : 3") }.contains("newer"))
            #expect(
                words { $0.replacing("\"fac_dim\" : 3", with: "\"fac_dim\" : \"three\"") }
                    .hasPrefix("fac_dim is three; expected"))
        }
    }
}
