import TestSupport
import Testing

@testable import Registry

/// The words of the error that reading the value of `key: …` on line 2 gives.
private func words(
    _ yaml: String, _ read: (ManifestValue) throws -> some Any
) -> String {
    words {
        try read(
            ManifestDocument(text: "before: 1\nkey: \(yaml)\n", path: "a.yaml").root.required("key"))
    }
}

@Suite struct ManifestValueTests {
    private let start = "a.yaml, line 2: \"key\" should be "

    @Test func text() {
        #expect(words("[a]") { try $0.text() } == start + "text, but is a list.")
        #expect(words("{a: b}") { try $0.text() } == start + "text, but is keys with values.")
        #expect(words("") { try $0.text() } == start + "text, but is left without a value.")
        #expect(words("null") { try $0.text() } == start + "text, but is left without a value.")
        #expect(words("\"\"") { try $0.text() } == start + "text, but is \"\".")
    }

    @Test func wholeNumbers() {
        for text in ["1.5", "1e3", "0x10", "five", "\"5\"", "1_000"] {
            let found = text == "\"5\"" ? "5" : text
            #expect(
                words(text) { try $0.integer() } == start + "a whole number, but is \"\(found)\".")
        }
        #expect(
            words("9223372036854775808") { try $0.integer() }
                == start + "a whole number between -2^63 and 2^63 - 1, "
                + "but is \"9223372036854775808\".")
        #expect(
            words("0") { try $0.integer(in: 1...) }
                == start + "a whole number of at least 1, but is \"0\".")
        #expect(
            words("0") { try $0.integer(in: 1...9) }
                == start + "a whole number from 1 to 9, but is \"0\".")
        #expect(
            words("10") { try $0.integer(in: ..<10) }
                == start + "a whole number below 10, but is \"10\".")
        #expect(words("+7") { try $0.integer(in: 7...7) } == "no error, but 7")
    }

    @Test func numbers() {
        for text in ["nan", ".inf", "0x1p3", "1,5", "true", "\"1\"", "."] {
            let found = text == "\"1\"" ? "1" : text
            #expect(words(text) { try $0.number() } == start + "a number, but is \"\(found)\".")
        }
        #expect(
            words("1e999") { try $0.number() }
                == start + "a number that fits into a double, but is \"1e999\".")
        #expect(
            words("1.5") { try $0.number(in: 0...1) }
                == start + "a number from 0.0 to 1.0, but is \"1.5\".")
        #expect(
            words("1") { try $0.number(in: 0..<1) }
                == start + "a number of at least 0.0 and below 1.0, but is \"1\".")
        #expect(
            words("1") { try $0.number(in: ...0.5) }
                == start + "a number of at most 0.5, but is \"1\".")
        #expect(
            words("0") { try $0.positiveNumber() } == start + "a number above 0, but is \"0\".")
    }

    @Test func whatHasToBeFilledInIsNoText() {
        let open = "\"_\", which has still to be filled in."
        #expect(words("_") { try $0.text() } == start + "text, but is \(open)")
        #expect(words("_") { try $0.text(expected: "a name") } == start + "a name, but is \(open)")
        #expect(words("_") { try $0.sessionName() } == start + "text, but is \(open)")
        #expect(
            words("_") { try $0.number(of: "seconds") } == start + "a number of seconds, but is \(open)")
        #expect(words("\"_\"") { try $0.text() } == "no error, but _")
        #expect(words("__") { try $0.text() } == "no error, but __")
    }

    @Test func booleans() {
        for text in ["yes", "on", "1", "\"true\""] {
            let found = text == "\"true\"" ? "true" : text
            #expect(
                words(text) { try $0.boolean() } == start + "true or false, but is \"\(found)\".")
        }
        #expect(words("False") { try $0.boolean() } == "no error, but false")
    }

    @Test func dates() {
        let expected = start + "a day of the calendar written as YYYY-MM-DD, but is "
        for text in [
            "2016-02-30", "2015-02-29", "1900-02-29", "2016-13-01", "2016-04-31", "2016-00-10",
            "2016-01-00", "16-01-01", "2016/01/01", "2016-1-1", "2016-06-26T10:00:00Z", "0000-01-01",
        ] {
            #expect(words(text) { try $0.date() } == expected + "\"\(text)\".")
        }
        #expect(words("") { try $0.date() } == expected + "left without a value.")
        #expect(words("2016-02-29") { try $0.date() } == "no error, but 2016-02-29")
        #expect(words("2000-02-29") { try $0.date() } == "no error, but 2000-02-29")
        #expect(words("\"2016-12-31\"") { try $0.date() } == "no error, but 2016-12-31")
    }

    @Test func enumerations() {
        enum Kind: String, CaseIterable { case poisson, gaussian }
        #expect(
            words("poison") { try $0.oneOf(Kind.self) }
                == start + "one of poisson, gaussian, but is \"poison\" (did you mean \"poisson\"?).")
        #expect(
            words("3") { try $0.oneOf(Kind.self) } == start + "one of poisson, gaussian, but is \"3\".")
        #expect(
            words("[poisson]") { try $0.oneOf(Kind.self) }
                == start + "one of poisson, gaussian, but is a list.")
        #expect(words("gaussian") { try $0.oneOf(Kind.self) } == "no error, but gaussian")
    }

    @Test func listsNameTheElement() {
        #expect(words("a") { try $0.texts() } == start + "a list, but is \"a\".")
        #expect(
            words("[a, [b]]") { try $0.texts() }
                == "a.yaml, line 2: \"key[2]\" should be text, but is a list.")
        #expect(
            words("\n  - 1\n  - x") { try $0.numbers() }
                == "a.yaml, line 4: \"key[2]\" should be a number, but is \"x\".")
        #expect(
            words("[a]") { try $0.mapping() } == start + "keys with values, but is a list.")
    }

    @Test func namesThatBecomeFiles() {
        func named(_ name: String) -> String {
            "a.yaml, line 2: \"key\" is \"\(name)\", which can't become a file name: "
        }
        #expect(
            words("a/b") { try $0.runName() }
                == named("a/b") + "\"/\" is none of letters, digits, \".\", \"_\" and \"-\".")
        #expect(words("..") { try $0.runName() } == named("..") + "it starts with a dot.")
        #expect(
            words("é") { try $0.runName() }
                == named("é") + "\"é\" is none of letters, digits, \".\", \"_\" and \"-\".")
        let long = String(repeating: "a", count: 129)
        #expect(words(long) { try $0.runName() } == named(long) + "it is longer than 128 characters.")
        #expect(
            words("jango.r2") { try $0.sessionName() }
                == named("jango.r2") + "the ending \".r2\" is kept for the files of revisions.")
        for name in ["jango.r2", "A_b-3.x", String(long.dropLast())] {
            #expect(words(name) { try $0.runName() } == "no error, but \(name)")
        }
        for name in ["jango.r", "jango.r2x", "r2", "2016-06-26"] {
            #expect(words(name) { try $0.sessionName() } == "no error, but \(name)")
        }
    }

    @Test func pathsAreRelativeToTheManifest() throws {
        func path(_ file: String, in manifest: String) throws -> String {
            try ManifestDocument(text: "key: \(file)", path: manifest).root.required("key").filePath()
        }
        #expect(try path("../in/x.h5", in: "manifests/a.yaml") == "manifests/../in/x.h5")
        #expect(try path("x.h5", in: "a.yaml") == "x.h5")
        #expect(try path("x.h5", in: "/a.yaml") == "/x.h5")
        #expect(try path("/data/x.h5", in: "manifests/a.yaml") == "/data/x.h5")
    }

    @Test func longTextIsCutInMessages() {
        let long = String(repeating: "x", count: 70)
        #expect(
            words(long) { try $0.integer() }
                == start + "a whole number, but is \"\(long.prefix(60))…\".")
    }
}
