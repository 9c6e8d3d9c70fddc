import ArrayFiles
import Foundation
import TestSupport
import Testing

@Suite struct HDF5FileTests {
    let cube = ShapedArray<Float>(
        shape: [2, 3, 4], values: (0..<24).map { Float($0) * 0.5 - 3 })

    @Test(arguments: [false, true]) func numbersComeBackExactly(compressed: Bool) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/numbers.h5"
            let long = ShapedArray<Int64>(shape: [3], values: [.min, 0, .max])
            let wide = ShapedArray<Double>(shape: [1, 2], values: [0.1, .infinity])
            // Larger than a chunk in two dimensions.
            let large = ShapedArray<UInt16>(
                shape: [3, 700_000], values: (0..<2_100_000).map { UInt16($0 % 65_521) })
            try HDF5File.write(to: path) { file in
                try file.write(cube, to: "cube", compressed: compressed)
                try file.write(long, to: "deep/er/long", compressed: compressed)
                try file.write(wide, to: "deep/wide", compressed: compressed)
                try file.write(large, to: "large", compressed: compressed)
                try file.write(
                    ShapedArray<Int32>(shape: [2], values: [-7, 7]), to: "narrow",
                    compressed: compressed)
                try file.write(
                    ShapedArray<UInt8>(shape: [2, 0], values: []), to: "empty",
                    compressed: compressed)
                try file.write(
                    ShapedArray<Float>(shape: [], values: [2.5]), to: "scalar",
                    compressed: compressed)
                try file.write(
                    ShapedArray<UInt8>(shape: [2], values: [0, 255]), to: "small",
                    compressed: compressed)
            }
            let file = try HDF5File.open(path)
            #expect(
                try file.datasetPaths() == [
                    "cube", "deep/er/long", "deep/wide", "empty", "large", "narrow", "scalar",
                    "small",
                ])
            #expect(try file.floats("cube") == cube)
            #expect(try file.doubles("cube").values == cube.values.map(Double.init))
            #expect(try file.integers("deep/er/long") == long)
            #expect(try file.doubles("deep/wide") == wide)
            #expect(try file.integers("large").values == large.values.map(Int64.init))
            #expect(try file.shape(of: "large") == [3, 700_000])
            #expect(try file.integers("narrow").values == [-7, 7])
            #expect(try file.floats("narrow").values == [-7, 7])
            #expect(try file.bytes("empty") == ShapedArray(shape: [2, 0], values: []))
            #expect(try file.floats("scalar") == ShapedArray(shape: [], values: [2.5]))
            #expect(try file.bytes("small").values == [0, 255])
            #expect(try file.elementKind(of: "cube") == .float)
            #expect(try file.elementKind(of: "small") == .integer)
        }
    }

    @Test func notANumberKeepsItsBits() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/nan.h5"
            let odd = Float(bitPattern: 0x7FC0_1234)
            try HDF5File.write(to: path) {
                try $0.write(ShapedArray(shape: [2], values: [odd, -0.0]), to: "x")
            }
            #expect(
                try HDF5File.open(path).floats("x").values.map(\.bitPattern)
                    == [0x7FC0_1234, 0x8000_0000])
        }
    }

    @Test func textComesBack() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/text.h5"
            let texts = ShapedArray(shape: [2, 2], values: ["", "left", "µV", "a b "])
            try HDF5File.write(to: path) { file in
                try file.write(texts, to: "texts")
                try file.write(ShapedArray<String>(shape: [0], values: []), to: "none")
                try file.write(ShapedArray(shape: [], values: ["one"]), to: "one")
            }
            let file = try HDF5File.open(path)
            #expect(try file.strings("texts") == texts)
            #expect(try file.strings("none").shape == [0])
            #expect(try file.strings("one") == ShapedArray(shape: [], values: ["one"]))
            #expect(try file.elementKind(of: "texts") == .string)
            #expect(
                words {
                    try HDF5File.write(to: path) {
                        try $0.write(ShapedArray(shape: [1], values: ["a\0b"]), to: "texts")
                    }
                } == "\(path) can't be written: a text of \"texts\" contains a NUL character.")
        }
    }

    @Test func attributesComeBackFromEveryKindOfObject() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/attributes.h5"
            try HDF5File.write(to: path) { file in
                try file.createGroup("a/b")
                try file.write(cube, to: "a/cube")
                for object in ["/", "a/b", "a/cube"] {
                    try file.setAttribute("text", to: "old", of: object)
                    try file.setAttribute("text", to: "grün", of: object)
                    try file.setAttribute("texts", to: ["x", "", "z"], of: object)
                    try file.setAttribute("number", to: 0.1, of: object)
                    try file.setAttribute("numbers", to: [0.1, -1e300], of: object)
                    try file.setAttribute("whole", to: -3, of: object)
                    try file.setAttribute("wholes", to: [1, 2], of: object)
                    try file.setAttribute("none", to: [String](), of: object)
                }
            }
            let file = try HDF5File.open(path)
            for object in ["/", "a/b", "a/cube"] {
                #expect(
                    try file.attributeNames(of: object)
                        == ["none", "number", "numbers", "text", "texts", "whole", "wholes"])
                #expect(try file.stringAttribute("text", of: object) == "grün")
                #expect(try file.stringsAttribute("texts", of: object) == ["x", "", "z"])
                #expect(try file.numberAttribute("number", of: object) == 0.1)
                #expect(try file.numbersAttribute("numbers", of: object) == [0.1, -1e300])
                #expect(try file.numberAttribute("whole", of: object) == -3)
                #expect(try file.integersAttribute("wholes", of: object) == [1, 2])
                #expect(try file.stringsAttribute("none", of: object) == [])
                #expect(try file.stringAttribute("absent", of: object) == nil)
                #expect(try file.numberAttribute("absent", of: object) == nil)
            }
            #expect(try file.attributeNames() == file.attributeNames(of: "/"))
            #expect(
                words { _ = try file.numberAttribute("text") }
                    == "\"text\" in \(path) should hold numbers but holds text.")
            #expect(
                words { _ = try file.stringAttribute("texts") }
                    == "\"texts\" in \(path) should hold one text but holds 3 of them.")
            #expect(
                words { _ = try file.attributeNames(of: "c") }
                    == "\(path) has no group or dataset \"c\".")
        }
    }

    @Test func existence() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/existence.h5"
            try HDF5File.write(to: path) { try $0.write(cube, to: "group/cube") }
            let file = try HDF5File.open(path)
            #expect(file.exists("group/cube"))
            #expect(file.exists("group"))
            #expect(file.exists("/"))
            #expect(!file.exists("cube"))
            #expect(!file.exists("group/cube/inside"))
            #expect(!file.exists("none/cube"))
        }
    }
}
