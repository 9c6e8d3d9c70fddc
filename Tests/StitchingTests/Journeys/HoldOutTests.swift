import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// What a run keeps back: units from the encoder, conditions from training.
@Suite struct HoldOutTests {
    private func share(_ share: Double) -> HoldOut {
        var holdOut = HoldOut()
        holdOut.units = .share(share)
        return holdOut
    }

    private func names(_ session: PreparedSession) -> Set<String> {
        Set(session.recording.units.filter(\.heldOut).map(\.name))
    }

    @Test func aShareOfEverySessionsUnitsIsNotEncoded() throws {
        let recording = try TrainedWorld.recordings(sessions: 1, units: [10])[0]
        let session = try PreparedSession(recording, holdOut: share(0.3))
        #expect(session.encodedUnitCount == 7)
        #expect(session.trials.encodedUnitCount == 7 && session.trials.unitCount == 10)
        #expect(names(session).count == 3)
        let heldOut = session.unitOrder.suffix(3).map { session.recording.units[$0].name }
        #expect(Set(heldOut) == names(session))
    }

    @Test func atLeastOneUnitIsKeptBackAndOneEncoded() throws {
        let recording = try TrainedWorld.recordings(sessions: 1, units: [4])[0]
        #expect(try PreparedSession(recording, holdOut: share(0.01)).encodedUnitCount == 3)
        #expect(try PreparedSession(recording, holdOut: share(0.99)).encodedUnitCount == 1)
    }

    @Test func theSameUnitsAreKeptBackInWhateverOrderTheyStand() throws {
        let recording = try TrainedWorld.recordings(sessions: 1, units: [9])[0]
        let turned = recording.permutingUnits([3, 8, 0, 5, 1, 7, 2, 6, 4])
        #expect(
            try names(PreparedSession(recording, holdOut: share(0.4)))
                == names(PreparedSession(turned, holdOut: share(0.4))))
    }

    @Test func trialsOfExcludedConditionsTakeNoPart() throws {
        let recording = try TrainedWorld.recordings(sessions: 1)[0]
        let label = try #require(recording.trials[0].condition)
        var holdOut = HoldOut()
        holdOut.conditions = [label]
        let session = try PreparedSession(recording, holdOut: holdOut)
        let all = try PreparedSession(recording)
        let excluded = recording.trials.indices.filter { recording.trials[$0].condition == label }
        #expect(session.excludedTrials == excluded)
        #expect(session.trainingTrials == all.trainingTrials.filter { !excluded.contains($0) })
        #expect(session.validationTrials == all.validationTrials.filter { !excluded.contains($0) })
    }

    /// Nothing of the excluded trials reaches the model: other counts in them change no bit. (One unit
    /// a day, because units stand in the order of their content.)
    @Test func excludedTrialsChangeNoParameter() throws {
        let recordings = try TrainedWorld.recordings(units: [1, 1])
        let label = try #require(recordings[0].trials[0].condition)
        func parameters(_ recordings: [Recording], excluding: Bool) throws -> [Float] {
            let manifest = try TrainedWorld.manifest(
                (excluding ? "exclude_conditions: [\"\(label)\"]\n" : "") + TrainedWorld.tiny)
            let sessions = try recordings.map { try PreparedSession($0, holdOut: manifest.holdOut) }
            let training = try TrainedWorld.start(sessions, manifest)
            while !training.isFinished { _ = try training.runEpoch() }
            return training.model.parameterValues
        }
        var changed = recordings
        for trial in recordings[0].trials.indices where recordings[0].trials[trial].condition == label {
            for bin in 0..<recordings[0].binCount {
                changed[0].values[trial * recordings[0].binCount + bin] += Float(bin % 3)
            }
        }
        #expect(
            try parameters(recordings, excluding: true) == parameters(changed, excluding: true))
        #expect(
            try parameters(recordings, excluding: false) != parameters(changed, excluding: false))
    }

    @Test func manifestsSayWhatIsKeptBack() throws {
        #expect(try TrainedWorld.manifest("held_out_units: 0.2").holdOut.units == .share(0.2))
        #expect(try TrainedWorld.manifest("held_out_units: 0").holdOut.units == .none)
        #expect(
            try TrainedWorld.manifest("held_out_units: [a, b]").holdOut.units == .named(["a", "b"]))
        #expect(throws: ManifestError.self) { try TrainedWorld.manifest("held_out_units: 1") }
        #expect(throws: ManifestError.self) { try TrainedWorld.manifest("held_out_units: -0.1") }
        #expect(throws: ManifestError.self) { try TrainedWorld.manifest("held_out_units: {a: b}") }
        #expect(
            try TrainedWorld.manifest("held_out_units: {d1: [12, 13], d2: [8], d3: []}").holdOut.units
                == .namedBySession(["d1": ["12", "13"], "d2": ["8"]]))
        #expect(try TrainedWorld.manifest("held_out_units: {}").holdOut.units == .none)
        #expect(
            throws: ManifestError.wrongType(
                path: "small.stitch.yaml", line: 4, key: "held_out_units",
                expected: "a share such as 0.2, a list of units, or such a list for each session",
                found: "left without a value")
        ) { try TrainedWorld.manifest("held_out_units:") }
    }

    /// Where the same name is another unit on another day.
    @Test func unitsAreNamedBySession() throws {
        let recordings = try TrainedWorld.recordings().map { $0.namingUnitsByPlace() }
        let manifest = try TrainedWorld.manifest(
            "held_out_units: {\(recordings[0].session): [7, 8], \(recordings[1].session): [0]}\n"
                + TrainedWorld.tiny)
        let sessions = try recordings.map { try PreparedSession($0, holdOut: manifest.holdOut) }
        #expect(sessions.map(names) == [["7", "8"], ["0"]])
        let settings = try StitchSettings(manifest, sessions)
        #expect(try StitchSettings(json: settings.json()) == settings)
        // What is shown is what a manifest may say.
        let shown = try #require(settings.topEntries.first { $0.key == "held_out_units" })
        #expect(
            "\(shown.value)"
                == "{\(recordings[0].session): [\"7\", \"8\"], \(recordings[1].session): [\"0\"]}")
        #expect(
            try TrainedWorld.manifest("held_out_units: \(shown.value)").holdOut.units
                == manifest.holdOut.units)
        // A model of a single day keeps back what is that day's.
        let records = recordings.map(\.session)
        #expect(
            manifest.holdOut.restricted(toSessions: [records[1]]).units
                == .namedBySession([records[1]: ["0"]]))
        #expect(manifest.holdOut.restricted(toSessions: ["other"]).units == .none)
        for (units, missing) in [("\(records[0]): [9]", "9 of \(records[0])"), ("d: [0]", "0 of d")] {
            #expect(throws: StitchingError.unknownHeldOutUnit(missing)) {
                try StitchSettings(TrainedWorld.manifest("held_out_units: {\(units)}"), sessions)
            }
        }
    }

    @Test func namesThatNobodyHasAreRefused() throws {
        let recordings = try TrainedWorld.recordings()
        let sessions = try recordings.map { try PreparedSession($0) }
        #expect(throws: StitchingError.unknownHeldOutUnit("nobody")) {
            try StitchSettings(TrainedWorld.manifest("held_out_units: [nobody]"), sessions)
        }
        let labels = Set(recordings.flatMap { $0.trials.compactMap(\.condition) }).sorted()
        #expect(throws: StitchingError.unknownExcludedCondition("nowhere", known: labels)) {
            try StitchSettings(TrainedWorld.manifest("exclude_conditions: [nowhere]"), sessions)
        }
    }

    @Test func aSessionNeedsSomethingToTrainOn() throws {
        let recording = try TrainedWorld.recordings(sessions: 1)[0]
        var holdOut = HoldOut()
        holdOut.conditions = Set(recording.trials.compactMap(\.condition)).sorted()
        #expect(
            throws: StitchingError.nothingLeft(session: recording.session, what: "training trial")
        ) { try PreparedSession(recording, holdOut: holdOut) }
        holdOut = HoldOut()
        holdOut.units = .named(recording.units.map(\.name))
        #expect(throws: StitchingError.nothingLeft(session: recording.session, what: "encoded unit")) {
            try PreparedSession(recording, holdOut: holdOut)
        }
    }

    /// What older versions stored lacks the keys that came later; `OlderVersionTests` reads whole runs of 0.1.0.
    @Test func settingsOfOlderRunsCanBeRead() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let settings = try StitchSettings(TrainedWorld.manifest(), sessions)
        var lines = try settings.json().split(separator: "\n").map(String.init)
        lines.removeAll { line in
            ["first_seed", "restarts", "readout_start", "agreement_tolerance"].contains {
                line.contains("\"\($0)\"")
            }
        }
        // A comma may now stand before a closing brace.
        let text = lines.joined(separator: "\n")
            .replacing(/,(\s*[}\]])/) { "\($0.output.1)" }
        let read = try StitchSettings(json: text)
        #expect(read.firstSeed == settings.seed && read.restarts == 1 && read.holdOut == HoldOut())
        // Such a version didn't look at agreement.
        #expect(read.training.agreementTolerance == nil)
        #expect(read.model == settings.model)
    }
}

extension Recording {
    /// As recordings have them that say nothing of their units.
    func namingUnitsByPlace() -> Recording {
        var result = self
        for index in units.indices { result.units[index].name = "\(index)" }
        return result
    }
}
