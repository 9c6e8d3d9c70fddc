import Foundation
import Recordings
import TestSupport
import Testing

@testable import Registry

@Suite struct RegistrationTests {
    @Test func everythingThatIsRegisteredComesBack() throws {
        let example = try Example()
        let registration = try example.registry.register(
            .example(array: "M1"), content: "aaaa")
        let session = try example.registry.session(named: "jango-2016-06-26")
        #expect(registration == .added(session))
        #expect(session.revision == 1 && session.isCurrent)
        #expect(session.subject == "Jango" && session.date == "2016-06-26" && session.array == "M1")
        #expect(session.signal == .counts && session.binMilliseconds == 50)
        #expect(session.binCount == 3 && session.encodedBinCount == 2)
        #expect(session.unitCount == 2 && session.trialCount == 4 && session.conditionCount == 1)
        #expect(
            session.contentHash == "aaaa"
                && session.fileHash == SessionRegistry.fileHash(ofContent: "aaaa"))
        #expect(session.file == "recordings/jango-2016-06-26.h5")
        #expect(session.registeredAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        #expect(
            try example.registry.units(of: session) == [
                UnitRecord(position: 0, name: "7", meanRateHz: 20, isHeldOut: false),
                UnitRecord(position: 1, name: "12", meanRateHz: 60, isHeldOut: true),
            ])
        #expect(
            try example.registry.trials(of: session) == [
                TrialRecord(position: 0, identifier: 100, condition: "left", split: .train),
                TrialRecord(position: 1, identifier: 101, condition: nil, split: .train),
                TrialRecord(position: 2, identifier: 102, condition: "left", split: .train),
                TrialRecord(position: 3, identifier: 103, condition: nil, split: .valid),
            ])
        #expect(
            try example.registry.provenance(of: session)
                == ["source": "incoming/jango.h5", "licence": "MIT"])
        // Also for whoever opens the workspace later.
        let later = try SessionRegistry.open(example.workspace.path)
        #expect(try later.session(named: "jango-2016-06-26") == session)
    }

    @Test func continuousSignalsHaveNoRates() throws {
        let example = try Example()
        let session = try example.registry.register(
            .example(signal: .continuous), content: "aaaa"
        ).session
        #expect(session.signal == .continuous)
        #expect(try example.registry.units(of: session).map(\.meanRateHz) == [nil, nil])
    }

    @Test func theSameContentAgainWritesNothing() throws {
        let example = try Example()
        let first = try example.registry.register(.example(), content: "aaaa").session
        let before = try bytes(of: example.workspace.registryFile)
        for asNewRevision in [false, true] {
            let again = try example.registry.register(
                .example(), contentHash: "aaaa", fileHash: "other", asNewRevision: asNewRevision
            ) { Issue.record("placed \($0)") }
            #expect(again == .unchanged(first))
        }
        #expect(
            try example.registry.decision(for: first.name, contentHash: "aaaa") == .unchanged(first))
        #expect(try bytes(of: example.workspace.registryFile) == before)
    }

    enum Damage: CaseIterable { case missing, changed }

    @Test(arguments: Damage.allCases) func theSameContentRepairsADamagedFile(_ damage: Damage) throws {
        let example = try Example()
        let registry = example.registry
        let first = try registry.register(.example(), content: "aaaa").session
        try example.harm(first.file, damage)
        #expect(try registry.decision(for: first.name, contentHash: "aaaa") == .repair(first))

        // As another version of the program would write it: other bytes, and from another place.
        var recording = Recording.example()
        recording.provenance["source"] = "backup/jango.h5"
        let repaired = try registry.register(
            recording, contentHash: "aaaa", fileHash: SessionRegistry.fileHash(ofContent: "bytes")
        ) { file in
            try Data("bytes".utf8).write(to: URL(fileURLWithPath: example.workspace.location(of: file)))
        }
        let stored = try registry.session(named: first.name)
        #expect(repaired == .repaired(stored))
        #expect(stored.fileHash == SessionRegistry.fileHash(ofContent: "bytes"))
        #expect(stored.revision == 1 && stored.file == first.file && stored.isCurrent)
        #expect(registry.problem(withFileOf: stored) == nil)
        #expect(try registry.provenance(of: stored)["source"] == "backup/jango.h5")
        #expect(try registry.trials(of: stored).count == 4)
        #expect(try registry.register(recording, content: "aaaa") == .unchanged(stored))
    }

    @Test func aRepairThatFailsLeavesTheRowAsItWas() throws {
        struct DiskOnFire: Error {}
        let example = try Example()
        let first = try example.registry.register(.example(), content: "aaaa").session
        try example.harm(first.file, .missing)
        #expect(throws: DiskOnFire.self) {
            try example.registry.register(.example(), contentHash: "aaaa", fileHash: "other") { _ in
                throw DiskOnFire()
            }
        }
        #expect(try example.registry.session(named: first.name) == first)
    }

    @Test func anOlderRevisionIsRepairedInItsPlace() throws {
        let example = try Example()
        let registry = example.registry
        let old = try registry.register(.example(), content: "aaaa").session
        let new = try registry.register(.example(), content: "bbbb", asNewRevision: true).session
        try example.harm(old.file, .missing)
        let repaired = try registry.register(.example(), content: "aaaa")
        #expect(repaired == .repaired(try registry.session(named: old.name, revision: 1)))
        #expect(try example.content(of: old.file) == "aaaa")
        #expect(try registry.session(named: old.name) == new)
        // Sound again, it is other content than the current one's.
        #expect(
            words { try registry.register(.example(), content: "aaaa") }
                .contains("is registered with other content (revision 2, bbbb)"))
        // Who asks for a revision gets one.
        try example.harm(old.file, .missing)
        let back = try registry.register(.example(), content: "aaaa", asNewRevision: true)
        #expect(back == .revised(back.session, replacing: new))
        #expect(back.session.revision == 3)
    }

    @Test func otherContentIsRefusedUnlessItIsARevision() throws {
        let example = try Example()
        let old = try example.registry.register(.example(), content: "aaaaaaaaaaaaaaaa").session
        let refusal =
            "Session \"jango-2016-06-26\" is registered with other content (revision 1, "
            + "aaaaaaaaaaaa) than is offered now (bbbb). Register it as revision 2 to keep "
            + "both, or choose another name."
        #expect(words { try example.registry.register(.example(), content: "bbbb") } == refusal)
        #expect(
            words { try example.registry.decision(for: old.name, contentHash: "bbbb") } == refusal)
        #expect(try example.recordingFiles() == ["jango-2016-06-26.h5"])

        #expect(
            try example.registry.decision(for: old.name, contentHash: "bbbb", asNewRevision: true)
                == .revise(old, revision: 2, file: "recordings/jango-2016-06-26.r2.h5"))
        let revised = try example.registry.register(
            .example(trials: 5), content: "bbbb", asNewRevision: true)
        #expect(revised == .revised(revised.session, replacing: old))
        #expect(revised.session.revision == 2)
        #expect(revised.session.file == "recordings/jango-2016-06-26.r2.h5")
        #expect(try example.content(of: revised.session.file) == "bbbb")

        // The old one is all there, but no longer what new runs get.
        let stored = try example.registry.session(named: old.name, revision: 1)
        #expect(!stored.isCurrent && stored.contentHash == old.contentHash)
        #expect(try example.content(of: stored.file) == "aaaaaaaaaaaaaaaa")
        #expect(try example.registry.trials(of: stored).count == 4)
        #expect(try example.registry.trials(of: revised.session).count == 5)
        #expect(try example.registry.session(named: old.name) == revised.session)
        #expect(try example.registry.sessions(matching: .all) == [revised.session])

        // Going back is a revision as well.
        let back = try example.registry.register(
            .example(), content: "aaaaaaaaaaaaaaaa", asNewRevision: true)
        #expect(back.session.revision == 3)
        #expect(
            try example.registry.revisions(ofSession: old.name).map(\.isCurrent)
                == [false, false, true])
    }

    @Test func asNewRevisionOfNothingIsTheFirst() throws {
        let example = try Example()
        let file = "recordings/jango-2016-06-26.h5"
        #expect(
            try example.registry.decision(for: "jango-2016-06-26", contentHash: "aaaa")
                == .add(file: file))
        let registration = try example.registry.register(
            .example(), content: "aaaa", asNewRevision: true)
        #expect(registration == .added(registration.session))
        #expect(registration.session.file == file)
    }

    @Test func aFileThatCannotBePlacedLeavesNothing() throws {
        struct DiskOnFire: Error {}
        let example = try Example()
        #expect(throws: DiskOnFire.self) {
            try example.registry.register(.example(), contentHash: "aaaa", fileHash: "f") { _ in
                throw DiskOnFire()
            }
        }
        #expect(try example.registry.sessions(matching: .all).isEmpty)
        #expect(
            words { try example.registry.sessions(matching: .filter(subject: "Jango")) }
                == "Subject \"Jango\" is not among the 0 registered.")

        let old = try example.registry.register(.example(), content: "aaaa").session
        #expect(throws: DiskOnFire.self) {
            try example.registry.register(
                .example(), contentHash: "bbbb", fileHash: "f", asNewRevision: true
            ) { _ in throw DiskOnFire() }
        }
        #expect(try example.registry.revisions(ofSession: old.name) == [old])
        // The name is free for the next attempt.
        let next = try example.registry.register(.example(), content: "cccc", asNewRevision: true)
        #expect(next.session.revision == 2)
    }

    @Test func recordingsThatCannotBeNamedOrDated() throws {
        let registry = try Example().registry
        #expect(
            words { try registry.register(.example("a/b"), content: "a") }
                == "A session can't be named \"a/b\": \"/\" is none of letters, digits, \".\", \"_\" "
                + "and \"-\".")
        #expect(
            words { try registry.decision(for: "", contentHash: "a") }
                == "A session can't be named \"\": it is empty.")
        #expect(
            words { try registry.register(.example("a.r12"), content: "a") }
                == "A session can't be named \"a.r12\": the ending \".r12\" is kept for the files of "
                + "revisions.")
        #expect(
            words { try registry.register(.example("a", date: "2016-02-30"), content: "a") }
                == "The date of session \"a\" should be a day of the calendar written as YYYY-MM-DD, "
                + "but is \"2016-02-30\".")
        #expect(
            words { try registry.register(.example("a", subject: ""), content: "a") }
                == "Session \"a\" has no subject; name the animal or the participant.")
        #expect(try registry.sessions(matching: .all).isEmpty)
    }
}

extension Example {
    fileprivate func harm(_ file: String, _ damage: RegistrationTests.Damage) throws {
        let path = workspace.location(of: file)
        switch damage {
        case .missing: try FileManager.default.removeItem(atPath: path)
        case .changed: try Data("aaab".utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    /// Whatever tables show.
    @Test func textThatATerminalObeysIsRefused() throws {
        let example = try Example()
        func refused(_ what: String, _ found: String, _ scalar: String, _ change: (inout Recording) -> Void) {
            var recording = Recording.example()
            change(&recording)
            #expect(
                throws: RegistryError.controlCharacter(
                    session: recording.session, what: what, found: found, scalar: scalar)
            ) { try example.registry.register(recording, content: "aaaa") }
        }
        refused("subject", "a?[31mred?b", "001B") { $0.subject = "a\u{1B}[31mred\nb" }
        refused("array", "M1?", "000A") { $0.array = "M1\n" }
        refused("unit's name", "?7", "2028") { $0.units[0].name = "\u{2028}7" }
        refused("label of a trial", "l?r", "0009") { $0.trials[2].condition = "l\tr" }
        refused("behaviour channel's name", "x?", "0085") {
            $0.behaviorNames = ["x\u{85}"]
            $0.behavior = [Float](repeating: 0, count: 12)
        }
        #expect(try example.registry.sessions(matching: .all).isEmpty)
        #expect(
            RegistryError.controlCharacter(session: "a", what: "subject", found: "b?", scalar: "000A")
                .description
                == "The subject of session \"a\" holds the control character U+000A: \"b?\". Such text would "
                + "garble every table; correct it in the file, or give another in the manifest.")
        _ = try example.registry.register(.example(subject: "Žofie 2"), content: "aaaa")
    }
}
