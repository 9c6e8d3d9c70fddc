import Foundation
import TestSupport
import Testing

@testable import Registry

private func root(_ text: String) throws -> ManifestMapping {
    try ManifestDocument(text: text, path: "a.yaml").root
}

@Suite struct ManifestDocumentTests {
    @Test func everyKindOfValueIsRead() throws {
        let manifest = try root(
            """
            name: 2016-06-26    # a comment
            whole: -12
            rate: 1e-4
            other: 4.0e-3
            on: true
            words: [a, "5", 6]
            numbers: [1, .5, 2.]
            nested: {deep: {key: x}}
            """)
        #expect(try manifest.required("name").text() == "2016-06-26")
        #expect(try manifest.required("whole").integer() == -12)
        #expect(try manifest.required("rate").number() == 1e-4)
        #expect(try manifest.required("other").number(in: 0...1) == 4e-3)
        #expect(try manifest.required("on").boolean())
        #expect(try manifest.required("words").texts() == ["a", "5", "6"])
        #expect(try manifest.required("numbers").numbers() == [1, 0.5, 2])
        let deep = try manifest.required("nested").mapping().required("deep").mapping()
        #expect(try deep.required("key").text() == "x")
        #expect(manifest.optional("absent") == nil)
        try manifest.finish()
    }

    @Test func kindsTellScalarsListsMappingsAndNothingApart() throws {
        let manifest = try root("a: x\nb: [x]\nc: {x: y}\nd:\ne: ~\nf: \"\"")
        #expect(
            manifest.all().map(\.value.kind)
                == [.scalar, .list, .mapping, .nothing, .nothing, .scalar])
        try manifest.finish()
    }

    @Test func filesThatHoldNoManifest() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/none.yaml"
        #expect(
            words { try ManifestDocument(contentsOf: missing) }
                == "The manifest \(missing) can't be read: there is no such file.")
        #expect(
            words { try ManifestDocument(contentsOf: folder.path) }
                == "The manifest \(folder.path) can't be read: it is a folder.")
        let binary = folder.path + "/binary.yaml"
        try Data([0x61, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: binary))
        #expect(
            words { try ManifestDocument(contentsOf: binary) }
                == "The manifest \(binary) can't be read: it is not UTF-8 text.")
        for text in ["", "  \n", "# only a comment\n", "---\n"] {
            #expect(
                words { try root(text) }
                    == "The manifest a.yaml is empty; expected keys with values, such as "
                    + "\"date: 2016-06-26\".")
        }
        #expect(
            words { try root("\n- a\n- b\n") }
                == "a.yaml, line 2: expected keys with values, such as \"date: 2016-06-26\", "
                + "but found a list.")
        #expect(
            words { try root("just words") }
                == "a.yaml, line 1: expected keys with values, such as \"date: 2016-06-26\", "
                + "but found \"just words\".")
    }

    @Test func brokenYAMLNamesTheLine() throws {
        #expect(
            words { try root("a: 1\nb: [1, 2\nc: 3\n") }
                == "a.yaml, line 3: this is not valid YAML: did not find expected ',' or ']' "
                + "while parsing a flow sequence from line 2.")
        #expect(
            words { try root("a: 1\n\tb: 2\n") }
                == "a.yaml, line 2: this is not valid YAML: found a tab character that "
                + "violates indentation while scanning a plain scalar from line 1.")
        #expect(
            words { try root("a: 1\nb: *nowhere\n") }
                == "a.yaml, line 2: this is not valid YAML: found undefined alias.")
        #expect(
            words { try root("a: 1\n---\nb: 2\n") }
                == "a.yaml, line 2: this is not valid YAML: but found another document.")
        #expect(
            words { try root("a: 1\nb: \u{1}\n") }
                == "a.yaml, line 2: this is not valid YAML: control characters are not allowed.")
    }

    @Test func keysHaveToBeDistinctWords() throws {
        #expect(
            words { try root("a: 1\nb: 2\na: 3\n") }
                == "a.yaml, line 1: the key \"a\" is given more than once; keep one.")
        // To YAML these two are different, a number and a text.
        #expect(
            words { try root("5: 1\n\"5\": 2\n") }
                == "a.yaml, line 1: the key \"5\" is given more than once; keep one.")
        #expect(
            words { try root("? [a, b]\n: 1\n") }
                == "a.yaml, line 1: a key should be a word, but is a list.")
    }

    @Test func unknownKeysAreFoundWithTheNearestKnownOne() throws {
        let manifest = try root("run: x\nsede: 5\nunits:\n  min_rate: 1\nother: 1\n")
        _ = try manifest.required("run")
        _ = manifest.optional("seed")
        let units = try #require(try manifest.optional("units")?.mapping())
        _ = units.optional("min_rate_hz")
        #expect(
            words { try manifest.finish() }
                == "a.yaml, line 2: unknown key \"sede\"; did you mean \"seed\"? "
                + "Known keys: run, seed, units.")
        _ = manifest.optional("sede")
        _ = manifest.optional("other")
        #expect(
            words { try manifest.finish() }
                == "a.yaml, line 4: unknown key \"units.min_rate\"; did you mean \"min_rate_hz\"? "
                + "Known keys: min_rate_hz.")
        _ = units.optional("min_rate")
        try manifest.finish()
        #expect(
            words { try root("x: 1").finish() }
                == "a.yaml, line 1: unknown key \"x\". No keys are known here.")
    }

    @Test func mappingsInListsAreCheckedAsWell() throws {
        let manifest = try root("days:\n  - {name: a}\n  - {name: b, extra: 1}\n")
        for day in try manifest.required("days").elements() {
            _ = try day.mapping().required("name").text()
        }
        #expect(
            words { try manifest.finish() }
                == "a.yaml, line 3: unknown key \"days[2].extra\". Known keys: name.")
    }

    @Test func missingKeysNameWhatMayBeAMisspelling() throws {
        #expect(
            words { try root("# a\nx: 1").required("seed") }
                == "a.yaml, line 2: the key \"seed\" is missing.")
        #expect(
            words { try root("sesion: x").required("session") }
                == "a.yaml, line 1: the key \"session\" is missing; is \"sesion\" meant to be it?")
        #expect(
            words { try root("a: 1\nunits:\n  x: 1").required("units").mapping().required("rate") }
                == "a.yaml, line 3: the key \"units.rate\" is missing.")
    }
}
