import Testing

@testable import Recordings

/// What `inspect` writes into a manifest reads back as the text that stood in the file.
@Suite struct ManifestDraftTests {
    @Test(arguments: [
        ("spikes", "spikes"), ("data/M1_units-2.h5", "data/M1_units-2.h5"), ("/data/a.nwb", "/data/a.nwb"),
        ("null", "\"null\""), ("Null", "\"Null\""), ("TRUE", "\"TRUE\""), ("no", "\"no\""),
        ("Off", "\"Off\""),
        ("y", "\"y\""), ("~", "\"~\""), ("_", "\"_\""), ("", "\"\""), ("12", "\"12\""), ("1e3", "\"1e3\""),
        ("0x1F", "\"0x1F\""), (".5", "\".5\""), (".inf", "\".inf\""), ("-1", "\"-1\""),
        ("2009-09-18", "\"2009-09-18\""), ("a: b", "\"a: b\""), ("a #b", "\"a #b\""), ("a,b", "\"a,b\""),
        ("[a]", "\"[a]\""), ("é", "\"é\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("a\nb\u{1B}\u{2028}", "\"a\\U0000000Ab\\U0000001B\\U00002028\""),
    ]) func quoted(_ text: String, _ expected: String) {
        #expect(ManifestDraft.quoted(text) == expected)
    }

    @Test func commentsStayComments() {
        var draft = ManifestDraft()
        draft.add("condition", "none", "or a\nsubject: x")
        draft.comment("b\r\nc")
        #expect(draft.text == "condition: none   # or a subject: x\n# b  c\n")
    }

    @Test func sessionsAreNamedByTextAlone() {
        #expect(ManifestDraft.sessionName(["Rex", "2009-09-18"]) == "rex-2009-09-18")
        #expect(ManifestDraft.sessionName(["2009-09-18"]) == "\"2009-09-18\"")
        #expect(ManifestDraft.sessionName(["null"]) == "\"null\"")
        #expect(ManifestDraft.sessionName(["é"]) == "session")
    }

    @Test func onlyDaysAreDates() {
        var draft = ManifestDraft()
        draft.addDate("2009-09-18")
        draft.addDate("2009-09-1\n")
        draft.addDate(nil)
        #expect(
            draft.lines == ["date: 2009-09-18"]
                + [String](repeating: "date: _   # the day, YYYY-MM-DD; the file doesn't say", count: 2))
    }
}
