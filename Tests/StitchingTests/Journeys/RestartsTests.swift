import LFADS
import TestSupport
import Testing

@testable import Stitching

/// Short starts, and agreement in the choice of the epoch.
@Suite struct RestartsTests {
    private func start(_ agreement: Double?, _ validation: Double) -> Restarts.Start {
        Restarts.Start(seed: 0, epochs: 1, agreement: agreement, validation: validation, isBest: true)
    }

    @Test func agreementDecidesThenLoss() {
        #expect(Restarts.isBetter(0.9, 2, than: start(0.8, 1)))
        #expect(!Restarts.isBetter(0.7, 0, than: start(0.8, 1)))
        #expect(Restarts.isBetter(0.799, 0.9, than: start(0.8, 1)))
        #expect(!Restarts.isBetter(0.801, 1.1, than: start(0.8, 1)))
        #expect(Restarts.isBetter(nil, 0.9, than: start(nil, 1)))
    }

    /// The seed that is chosen is the best of what the starts reached, each as if it were alone.
    @Test func theBestStartIsChosen() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        var manifest = try TrainedWorld.manifest(
            TrainedWorld.tiny.replacing("epochs: 3", with: "epochs: 4"))
        manifest.restarts = 3
        let settings = try StitchSettings(manifest, sessions)
        let alignment = try TrainedWorld.alignment(sessions, settings)
        var seen: [Restarts.Start] = []
        let chosen = try Restarts(sessions, settings, alignment, threads: 1)
            .bestSeed(report: { seen.append($0) }, shouldStop: { false })
        #expect(seen.map(\.seed) == [5, 6, 7])
        #expect(seen.allSatisfy { $0.epochs == 4 })
        for known in seen {
            manifest.seed = known.seed
            let training = try TrainedWorld.start(sessions, manifest)
            for _ in 0..<4 { _ = try training.runEpoch() }
            let agreement = try FactorAgreement(sessions, trainingTrialsPerCondition: nil)?
                .value(training)
            #expect(agreement == known.agreement)
        }
        var best = seen[0]
        for next in seen.dropFirst()
        where Restarts.isBetter(next.agreement, next.validation, than: best) { best = next }
        #expect(chosen == best.seed)
        #expect(seen.last(where: \.isBest)?.seed == chosen)
    }

    @Test func stoppingLeavesNothing() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        var manifest = try TrainedWorld.manifest()
        manifest.restarts = 3
        let settings = try StitchSettings(manifest, sessions)
        let alignment = try TrainedWorld.alignment(sessions, settings)
        let seed = try Restarts(sessions, settings, alignment, threads: 1)
            .bestSeed(report: { _ in }, shouldStop: { true })
        #expect(seed == nil)
    }
}
