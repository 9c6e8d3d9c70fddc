import ArrayFiles
import Foundation
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Alignment
@testable import Stitching

/// A new day joins a trained run; nothing else changes.
@Suite(.serialized) struct ExtendTests {
    private static let manifest = """
        model: {ic_enc_dim: 16, ic_dim: 8, gen_dim: 16, fac_dim: 4, dropout_rate: 0.05}
        train: {epochs: 60, batch_size: 48, kl_increase_epoch: 5, l2_increase_epoch: 5}
        """

    /// Three days of one world in a registry; the run `small` is trained on the first two.
    private func withRun(
        _ change: (inout [Recording]) -> Void = { _ in },
        _ body: (SessionRegistry, [Recording]) throws -> Void
    ) throws {
        var recordings = try TrainedWorld.recordings(
            sessions: 3, trials: 12, units: [14, 12, 13])
        change(&recordings)
        try TrainedWorld.withRun(Self.manifest, of: recordings, body)
    }

    private func options(_ change: (inout ExtendJourney.Options) -> Void = { _ in }) -> ExtendJourney.Options
    {
        var options = ExtendJourney.Options(threads: 1)
        change(&options)
        return options
    }

    private func factors(_ run: String, _ session: String, _ registry: SessionRegistry) throws -> [Float] {
        let query = try TrainedRun(run, in: registry, threads: 1).day(session)
        return try query.infer(
            [.factors], trials: Array(query.recording.trials.indices)
        ).factors?.values ?? []
    }

    @Test func theNewDayIsPredictedAndTheOthersStayBitForBit() throws {
        try withRun { registry, recordings in
            let names = recordings.map(\.session)
            let parent = RunFolder(registry.workspace, run: "small")
            let before = try ContentHash.ofFile(parent.checkpoint)
            let old = try names.prefix(2).map { try factors("small", $0, registry) }
            let outcome = try ExtendJourney.extend(
                run: "small", by: names[2], in: registry, options: options())
            #expect(outcome.run == "small-with-\(names[2])")
            #expect(try ContentHash.ofFile(parent.checkpoint) == before)
            for (name, known) in zip(names, old) {
                #expect(try factors(outcome.run, name, registry) == known)
            }
            let run = try registry.run(named: outcome.run)
            #expect(run.status == .finished && run.parent == "small" && run.sessionCount == 3)
            let joined = try #require(try StitchSettings(json: run.settingsJSON).joined)
            #expect(joined.parent == "small" && joined.session == names[2] && joined.usedLabels)
            #expect(joined.trainingTrials == outcome.trainingTrials)
            #expect(try registry.sessions(ofRun: outcome.run).map(\.name) == names)

            // As good as a model that was trained on all three days.
            var all = try TrainedWorld.manifest(Self.manifest, run: "all")
            all.sessions = .names(names)
            let whole = try StitchJourney.stitch(
                all, in: registry, options: .init(threads: 1), report: { _ in },
                shouldStop: { false })
            let own = try #require(outcome.bitsPerSpike)
            #expect(own > 0.8 * whole.bitsPerSpike[2], "\(own) of \(whole.bitsPerSpike[2])")
            // And in the same space: condition averages agree with those of the other days.
            let sessions = try registry.prepared(registry.sessions(ofRun: outcome.run))
            let extended = try TrainedRun(outcome.run, in: registry, threads: 1)
            let shapes = sessions.map(\.trials.shape)
            let model = try StitchedModel(
                extended.settings.model, sessions: shapes,
                parameters: try extended.parameters(
                    for: ParameterTable(extended.settings.model, sessions: shapes)), threads: 1)
            let agreement = try #require(
                try FactorAgreement(sessions, trainingTrialsPerCondition: nil)?.value(
                    model, sessions))
            #expect(agreement > 0.9)
        }
    }

    @Test func theSameTwiceGivesTheSameBytesAndALimitIsKept() throws {
        try withRun { registry, recordings in
            let name = recordings[2].session
            func extend(_ run: String, trials: Int?) throws -> ExtendJourney.Outcome {
                try ExtendJourney.extend(
                    run: "small", by: name, in: registry,
                    options: options {
                        $0.name = run
                        $0.trials = trials
                        $0.epochs = 3
                    })
            }
            let first = try extend("one", trials: nil)
            _ = try extend("two", trials: nil)
            let parameters = try ["one", "two"].map { run in
                try factors(run, name, registry)
            }
            #expect(parameters[0] == parameters[1])
            let few = try extend("few", trials: 13)
            #expect(few.trainingTrials == 13 && first.trainingTrials > 13)
            #expect(try factors("few", name, registry) != parameters[0])
        }
    }

    @Test func stoppedAtAnyMomentNothingIsThere() throws {
        try withRun { registry, recordings in
            let before = try registry.runs()
            for limit in [0, 1, 2] {
                var asked = 0
                #expect(throws: StitchingError.self) {
                    try ExtendJourney.extend(
                        run: "small", by: recordings[2].session, in: registry, options: options(),
                        shouldStop: {
                            asked += 1
                            return asked > limit
                        })
                }
                #expect(try registry.runs() == before)
            }
            // A file that a killed process left is replaced.
            let name = ExtendJourney.runName(of: "small", session: recordings[2].session)
            let folder = RunFolder(registry.workspace, run: name)
            try FileManager.default.createDirectory(
                atPath: folder.path, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder.checkpoint))
            let outcome = try ExtendJourney.extend(
                run: "small", by: recordings[2].session, in: registry,
                options: options { $0.epochs = 0 })
            #expect(outcome.run == name && outcome.epochs == 0)
        }
    }

    @Test func whatCannotJoinIsRefused() throws {
        try withRun({ recordings in
            for index in recordings[2].trials.indices { recordings[2].trials[index].condition = nil }
        }) { registry, recordings in
            let names = recordings.map(\.session)
            #expect(throws: AlignmentError.nothingInCommon(session: names[2], isContinuous: false)) {
                try ExtendJourney.extend(run: "small", by: names[2], in: registry, options: options())
            }
            #expect(throws: StitchingError.alreadyInRun(run: "small", session: names[0])) {
                try ExtendJourney.extend(run: "small", by: names[0], in: registry, options: options())
            }
            #expect(throws: RegistryError.self) {
                try ExtendJourney.extend(run: "small", by: "nobody", in: registry, options: options())
            }
            #expect(throws: RegistryError.runExists("small", status: .finished)) {
                try ExtendJourney.extend(
                    run: "small", by: names[2], in: registry, options: options { $0.name = "small" })
            }
            let short = try TrainedWorld.recordings(sessions: 1, bins: 15, units: [9], seed: 9)[0]
            var other = short
            other.session = "short"
            _ = try RegisterJourney.register(other, in: registry)
            #expect(
                throws: StitchingError.doesNotFit(
                    session: "short", run: "small", what: "bins", found: 15, expected: 20)
            ) { try ExtendJourney.extend(run: "small", by: "short", in: registry, options: options()) }
        }
    }

    /// The day has half of its electrodes in common with the last trained one, and no labels that could
    /// be used; its factors are those that labels give.
    @Test func electrodesInCommonAreEnoughWithoutLabels() throws {
        try withRun({ Self.seeAgain(&$0) }) { registry, recordings in
            let name = recordings[2].session
            var chosen = 0
            for (run, usesLabels) in [("with", true), ("without", false)] {
                _ = try ExtendJourney.extend(
                    run: "small", by: name, in: registry,
                    options: options {
                        $0.name = run
                        $0.epochs = 0
                        $0.usesLabels = usesLabels
                    },
                    report: {
                        if case .start(.electrodes(let count), _, true) = $0 { chosen = count }
                    })
            }
            #expect(chosen == 7)
            let (a, b) = (try factors("with", name, registry), try factors("without", name, registry))
            #expect(unexplained(of: a, by: b) < 0.3)
        }
    }

    /// With labels, too, a day begins near what its electrodes saw on the last day, where names are those of electrodes.
    @Test(arguments: [true, false])
    func labelsBeginNearElectrodesInCommon(names: Bool) throws {
        try withRun({ recordings in
            Self.seeAgain(&recordings)
            guard !names else { return }
            for unit in recordings[2].units.indices { recordings[2].units[unit].name = "new\(unit)" }
        }) { registry, recordings in
            let name = recordings[2].session
            var starts: [DayStart] = []
            for (run, trials) in [("all", nil), ("few", 3)] as [(String, Int?)] {
                _ = try ExtendJourney.extend(
                    run: "small", by: name, in: registry,
                    options: options {
                        $0.name = run
                        $0.epochs = 0
                        $0.trials = trials
                    },
                    report: { if case .start(let start, _, true) = $0 { starts.append(start) } })
            }
            #expect(starts == Array(repeating: .labels(electrodes: names ? 7 : 0), count: 2))
            let (all, few) = (try factors("all", name, registry), try factors("few", name, registry))
            #expect(unexplained(of: all, by: few) < 0.1)
        }
    }

    /// Squared differences as a share of the variance.
    private func unexplained(of a: [Float], by b: [Float]) -> Double {
        let mean = a.reduce(0, +) / Float(a.count)
        let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Double(zip(a, b).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / variance)
    }

    /// Seven channels of the third day see neurons of the second again, in trials of the same conditions.
    private static func seeAgain(_ recordings: inout [Recording]) {
        let last = recordings[1]
        func places(_ recording: Recording) -> [String: [Int]] {
            Dictionary(grouping: recording.trials.indices) { recording.trials[$0].condition ?? "" }
        }
        let (here, there) = (places(recordings[2]), places(last))
        let size = (last.binCount * last.units.count, last.binCount * recordings[2].units.count)
        for unit in 0..<7 {
            recordings[2].units[unit].name = last.units[unit].name
            for (condition, trials) in here {
                for (trial, source) in zip(trials, there[condition] ?? []) {
                    for bin in 0..<last.binCount {
                        recordings[2].values[trial * size.1 + bin * recordings[2].units.count + unit] =
                            last.values[source * size.0 + bin * last.units.count + unit]
                    }
                }
            }
        }
    }

    /// Read-ins that learn leave the trajectories that the days were aligned to: a day that joins by its labels is
    /// brought to where the run's days are seen now.
    @Test(arguments: [("0", true), ("1", false)])
    func labelsLeadToWhereTheDaysAre(rate: String, isAsAligned: Bool) throws {
        let recordings = try TrainedWorld.recordings(sessions: 2, trials: 12, units: [14, 12])
        let manifest = Self.manifest.replacing("kl_increase", with: "lr_readin_scale: \(rate), kl_increase")
        try TrainedWorld.withRun(manifest, of: recordings) { registry, recordings in
            let run = try TrainedRun("small", in: registry, threads: 1)
            let aligned = try #require(
                try Checkpoint.readTrajectories(RunFolder(registry.workspace, run: "small").checkpoint))
            let now = try #require(try run.trajectories())
            #expect((now == aligned) == isAsAligned)
            for recording in recordings {
                let day = try run.day(recording.session)
                let alignable = day.session.alignable
                let averages = try #require(
                    ConditionAverages(
                        alignable, ConditionList([alignable]),
                        smoothingMilliseconds: run.settings.alignment.smoothingMilliseconds))
                let seen = ReadInMap(day.model, day.session).applied(to: averages.smoothed)
                // As if the day joined itself.
                func error(_ trajectories: SharedTrajectories) throws -> Double {
                    let readIn = try trajectories.regression(of: alignable, averages).readIn
                    let image = ReadInMap(readIn, encodedUnits: day.session.encodedUnitCount)
                        .applied(to: averages.smoothed)
                    return zip(image.values, seen.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        / seen.subtracting(rowVector: seen.columnMeans).sumOfSquares
                }
                let (new, old) = (try error(now), try error(aligned))
                #expect(new < 0.1, "\(new)")
                #expect(isAsAligned || new < 0.25 * old, "\(new) against \(old)")
                // And so is a day that is seen through all of its units anew.
                let factors = try [day, day.seenThrough(units: Array(recording.units.indices), now)].map {
                    try $0.infer([.factors], trials: Array(0..<20)).factors?.values ?? []
                }
                let squares = factors[0].reduce(Float(0)) { $0 + $1 * $1 }
                let missed = zip(factors[0], factors[1]).reduce(Float(0)) {
                    $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                }
                #expect(missed < 0.2 * squares, "\(missed / squares)")
            }
        }
    }
}
