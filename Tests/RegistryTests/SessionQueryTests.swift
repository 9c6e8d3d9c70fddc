import Foundation
import TestSupport
import Testing

@testable import Registry

@Suite struct SessionQueryTests {
    /// Four days of two animals, registered in an order of no meaning.
    private func example(reversed: Bool = false) throws -> Example {
        let example = try Example()
        let days = [
            ("jango-b", "Jango", "2016-07-11", "M1"), ("chewie", "Chewie", "2016-07-11", "PMd"),
            ("jango-a", "Jango", "2016-07-11", nil), ("jango-0", "Jango", "2016-06-26", "M1"),
        ]
        for (session, subject, date, array) in reversed ? days.reversed() : days {
            try example.registry.register(
                .example(session, subject: subject, date: date, array: array), content: session)
        }
        return example
    }

    @Test(arguments: [false, true]) func orderIsByDateThenName(reversed: Bool) throws {
        let example = try example(reversed: reversed)
        func names(_ selection: SessionSelection) throws -> [String] {
            try example.registry.sessions(matching: selection).map(\.name)
        }
        #expect(try names(.all) == ["jango-0", "chewie", "jango-a", "jango-b"])
        #expect(try names(.names(["jango-b", "jango-0", "chewie"])) == ["jango-0", "chewie", "jango-b"])
        #expect(try names(.filter(subject: "Jango")) == ["jango-0", "jango-a", "jango-b"])
        #expect(try names(.filter(subject: "Jango", array: "M1")) == ["jango-0", "jango-b"])
        #expect(try names(.filter(from: "2016-07-11")) == ["chewie", "jango-a", "jango-b"])
        #expect(try names(.filter(to: "2016-07-10")) == ["jango-0"])
        #expect(try names(.filter(from: "2016-06-26", to: "2016-06-26")) == ["jango-0"])
        #expect(try names(.filter(array: "V1")) == [])
        let all = try names(.all)
        #expect(try names(.filter()) == all)
        #expect(try names(.names([])) == [])
    }

    @Test func unknownNamesAreAllListed() throws {
        let registry = try example().registry
        #expect(
            words { try registry.sessions(matching: .names(["jango-a", "jnago-b", "xyz"])) }
                == "Sessions \"jnago-b\", \"xyz\" are not among the 4 registered; "
                + "did you mean \"jango-b\"?")
        #expect(
            words { try registry.session(named: "something-else") }
                == "Session \"something-else\" is not among the 4 registered.")
        #expect(
            words { try registry.revisions(ofSession: "Chewie") }
                == "Session \"Chewie\" is not among the 4 registered; did you mean \"chewie\"?")
        #expect(
            words { try registry.session(named: "chewie", revision: 3) }
                == "Session \"chewie\" has no revision 3; its latest is 1.")
        #expect(
            words { try registry.sessions(matching: .filter(subject: "jango")) }
                == "Subject \"jango\" is not among the 2 registered; did you mean \"Jango\"?")
    }

    @Test func recordsOfAnotherWorkspaceAreUnknown() throws {
        let stranger = try example().registry.session(named: "chewie")
        let registry = try Example().registry
        let message = "Session \"chewie\" is not among the 0 registered."
        #expect(words { try registry.units(of: stranger) } == message)
        #expect(words { try registry.trials(of: stranger) } == message)
        #expect(words { try registry.provenance(of: stranger) } == message)
    }

    @Test func selectionsInManifests() throws {
        func selection(_ yaml: String) throws -> SessionSelection {
            let root = try ManifestDocument(text: "sessions: \(yaml)", path: "a.yaml").root
            let selection = try SessionSelection(root.required("sessions"))
            try root.finish()
            return selection
        }
        #expect(try selection("all") == .all)
        #expect(try selection("[b, a]") == .names(["b", "a"]))
        #expect(try selection("{subject: Jango}") == .filter(subject: "Jango"))
        #expect(
            try selection("{subject: Jango, array: M1, from: 2016-01-01, to: 2016-12-31}")
                == .filter(subject: "Jango", array: "M1", from: "2016-01-01", to: "2016-12-31"))
        let expected =
            "a.yaml, line 1: \"sessions\" should be \"all\", a list of session names, or a mapping of "
            + "subject, array, from, to, but is "
        #expect(words { try selection("jango") } == expected + "\"jango\".")
        #expect(words { try selection("") } == expected + "left without a value.")
        #expect(
            words { try selection("[]") }
                == "a.yaml, line 1: \"sessions\" should be a list of at least one session, "
                + "but is a list.")
        #expect(
            words { try selection("[a, b, a]") }
                == "a.yaml, line 1: \"sessions[3]\" should be a session that the list doesn't name "
                + "before, but is \"a\".")
        #expect(
            words { try selection("{form: 2016-01-01}") }
                == "a.yaml, line 1: unknown key \"sessions.form\"; did you mean \"from\"? "
                + "Known keys: array, from, subject, to.")
        #expect(
            words { try selection("{from: 2016-02-01, to: 2016-01-01}") }
                == "a.yaml, line 1: \"sessions.to\" (2016-01-01) lies before \"sessions.from\" "
                + "(2016-02-01).")
    }

    @Test func twoThousandSessions() throws {
        let example = try Example()
        try example.registry.write { connection in
            try connection.execute(
                sql: """
                    INSERT INTO subject (name) VALUES ('A'), ('B');
                    WITH RECURSIVE day(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM day WHERE n < 1999)
                    INSERT INTO session (name, revision, is_current, subject_id, date, signal, bin_ms,
                        bin_count, encoded_bin_count, unit_count, trial_count, condition_count,
                        content_hash, file_hash, file, provenance, registered_at)
                    SELECT printf('s%04d', n), 1, 1, 1 + n % 2,
                        date('2010-01-01', printf('+%d days', n * 7 % 2000)), 'counts', 10, 1, 1, 1, 1, 1,
                        n, n, n, '{}', '' FROM day;
                    """)
        }
        let all = try example.registry.sessions(matching: .all)
        #expect(all.count == 2000)
        #expect(zip(all, all.dropFirst()).allSatisfy { ($0.date, $0.name) < ($1.date, $1.name) })
        let names = (0..<2000).map { "s" + String(repeating: "0", count: 4 - "\($0)".count) + "\($0)" }
        #expect(try example.registry.sessions(matching: .names(names)) == all)
        #expect(
            try example.registry.sessions(matching: .filter(subject: "B", to: "2011-12-31"))
                == all.filter { $0.subject == "B" && $0.date <= "2011-12-31" })
        #expect(
            words { try example.registry.session(named: "s00001") }
                == "Session \"s00001\" is not among the 2000 registered; did you mean \"s0000\"?")
    }
}
