import ArrayFiles
import Foundation
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// What can be wrong with a model file: one error that says what, and no run.
@Suite struct ModelFileErrorTests {
    /// A change to a good file, and the error that it leads to.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout EditableModelFile) -> Void
        let error: @Sendable (_ path: String) -> ModelFileError

        init(
            _ name: String, _ change: @escaping @Sendable (inout EditableModelFile) -> Void,
            _ error: @escaping @Sendable (String) -> ModelFileError
        ) {
            testDescription = name
            self.change = change
            self.error = error
        }
    }

    private static func trajectories() -> (conditions: [String], trajectories: ShapedArray<Double>) {
        (["a", "b"], ShapedArray(shape: [2, 20, 3], values: [Double](repeating: 1, count: 120)))
    }

    private static let factors = "params/decoder.rnn.cell.fac_linear.weight"

    static let cases = [
        Case("missing tensor") {
            $0.parameters[factors] = nil
        } _: {
            .missingTensor(path: $0, tensor: "decoder.rnn.cell.fac_linear.weight")
        },
        Case("missing session") {
            $0.parameters["params/readin.1.weight"] = nil
        } _: {
            .missingTensor(path: $0, tensor: "readin.1.weight")
        },
        Case("a session's number beyond all") {
            $0.parameters["params/readout.9223372036854775807.bias"] = ShapedArray(shape: [1], values: [0])
        } _: {
            .missingTensor(path: $0, tensor: "readout.2.weight")
        },
        Case("a gap in the sessions' numbers") {
            $0.parameters["params/readout.4.bias"] = ShapedArray(shape: [1], values: [0])
        } _: {
            .missingTensor(path: $0, tensor: "readout.2.weight")
        },
        Case("the largest dimensions that a manifest may have") {
            $0.numbers["gen_dim"] = 16_384
            $0.numbers["ic_enc_dim"] = 16_384
        } _: {
            .wrongShape(
                path: $0, tensor: "encoder.ic_enc.fwd_gru.cell.weight_ih", expected: [49_152, 3],
                found: [24, 3])
        },
        Case("trajectories that are no numbers") {
            $0.shared = trajectories()
            $0.shared?.trajectories.values[7] = .nan
        } _: {
            .badTrajectories(path: $0, problem: "element 7 is not a finite number")
        },
        Case("a condition twice") {
            $0.shared = trajectories()
            $0.shared?.conditions = ["a", "a"]
        } _: {
            .badTrajectories(path: $0, problem: "two conditions are called \"a\"")
        },
        Case("trajectories of other conditions") {
            $0.shared = trajectories()
            $0.shared?.conditions = ["a", "b", "c"]
        } _: {
            .badTrajectories(
                path: $0,
                problem: "they have shape [2, 20, 3] for 3 conditions, in place of conditions × bins "
                    + "× components")
        },
        Case("wrong shape") {
            $0.parameters[factors] = ShapedArray(shape: [8, 3], values: [Double](repeating: 1, count: 24))
        } _: {
            .wrongShape(
                path: $0, tensor: "decoder.rnn.cell.fac_linear.weight", expected: [3, 8], found: [8, 3])
        },
        Case("other dimension in the config") {
            $0.numbers["gen_dim"] = 9
        } _: {
            .wrongShape(
                path: $0, tensor: "decoder.ic_to_g0.weight", expected: [9, 4], found: [8, 4])
        },
        Case("not a number") {
            $0.parameters["params/readout.1.bias"]?.values[2] = .nan
        } _: {
            .notFinite(path: $0, tensor: "readout.1.bias", place: 2)
        },
        Case("beyond single precision") {
            $0.parameters["params/ic_prior.mean"]?.values[3] = 1e39
        } _: {
            .notFinite(path: $0, tensor: "ic_prior.mean", place: 3)
        },
        Case("unknown tensor") {
            $0.parameters["params/readuot.0.bias"] = ShapedArray(shape: [1], values: [0])
        } _: {
            .unknownTensor(path: $0, tensor: "readuot.0.bias", nearest: "readout.0.bias")
        },
        Case("a second bias") {
            $0.parameters["params/decoder.rnn.cell.gen_cell.bias_hh"]?.values[0] = 0.5
        } _: {
            .recurrentBias(path: $0, tensor: "decoder.rnn.cell.gen_cell.bias_hh")
        },
        Case("newer layout") {
            $0.version = 2
        } _: {
            .newer(path: $0, version: 2)
        },
        Case("missing setting") {
            $0.numbers["cell_clip"] = nil
        } _: {
            .missingSetting(path: $0, key: "cell_clip")
        },
        Case("unknown observation model") {
            $0.texts["reconstruction"] = "Student"
        } _: {
            .badSetting(
                path: $0, key: "reconstruction", found: "Student",
                expected: "Poisson or Gaussian or Gamma or ZeroInflatedGamma")
        },
        Case("setting out of range") {
            $0.numbers["cell_clip"] = -1
        } _: {
            .badSetting(path: $0, key: "cell_clip", found: "-1.0", expected: "a positive number")
        },
        Case("a fraction of a unit") {
            $0.numbers["gen_dim"] = 8.5
        } _: {
            .badSetting(
                path: $0, key: "gen_dim", found: "8.5",
                expected: "a whole number that a manifest may have there")
        },
        Case("identity with read-ins") {
            $0.numbers["readin_is_identity"] = 1
        } _: {
            .badSetting(
                path: $0, key: "readin_is_identity", found: "1.0",
                expected: "0, as params/ has read-ins")
        },
        Case("another unit") {
            $0.units[0][1] = "stranger"
        } _: {
            .sessionDiffers(
                path: $0, session: "lorenz-2024-01-15", position: 0, what: "unit", expected: "stranger",
                found: "no unit of that name")
        },
        Case("bins of other trials") {
            $0.numbers["recon_seq_len"] = 30
            $0.numbers["encod_seq_len"] = 30
        } _: {
            .sessionDiffers(
                path: $0, session: "lorenz-2024-01-15", position: 0, what: "bins per trial",
                expected: "30", found: "20")
        },
        Case("names exchanged") {
            $0.names.reverse()
        } _: {
            .sessionDiffers(
                path: $0, session: "lorenz-2024-01-15", position: 1, what: "units", expected: "7",
                found: "9")
        },
        Case("no names") {
            $0.isForeign = true
        } _: {
            .sessionsNotNamed(path: $0, count: 2)
        },
    ]

    @Test(arguments: cases) func refused(_ wrong: Case) throws {
        try Self.withFile { registry, good in
            var file = try EditableModelFile(good)
            wrong.change(&file)
            let path = registry.scratch("wrong.h5")
            try file.write(to: path)
            try Self.expectNothing(in: registry) {
                #expect(throws: wrong.error(path)) {
                    try ImportJourney.importModel(
                        from: path, as: "wrong", sessions: nil, in: registry, threads: 1)
                }
            }
        }
    }

    /// The file that the cases change is a good one.
    @Test func asItIsItIsImported() throws {
        try Self.withFile { registry, good in
            let path = registry.scratch("same.h5")
            try EditableModelFile(good).write(to: path)
            _ = try ImportJourney.importModel(
                from: path, as: "same", sessions: nil, in: registry, threads: 1)
            #expect(
                try ExchangeWorld.parameters("same", in: registry)
                    == ExchangeWorld.parameters("small", in: registry))
            // A prior that the config doesn't tell is told by its tensor.
            var wide = try EditableModelFile(good)
            wide.numbers["ic_prior_variance"] = nil
            wide.parameters["params/ic_prior.logvar"] = ShapedArray(
                shape: [4], values: [Double](repeating: 0, count: 4))
            try wide.write(to: registry.scratch("wide.h5"))
            _ = try ImportJourney.importModel(
                from: registry.scratch("wide.h5"), as: "wide", sessions: nil, in: registry, threads: 1)
            #expect(
                try StitchSettings(json: registry.run(named: "wide").settingsJSON).model
                    .initialConditionPriorVariance == 1)
            // And under other names, in the file's order.
            var foreign = try EditableModelFile(good)
            foreign.isForeign = true
            try foreign.write(to: registry.scratch("foreign.h5"))
            let names = try registry.sessions(ofRun: "small").map(\.name)
            _ = try ImportJourney.importModel(
                from: registry.scratch("foreign.h5"), as: "foreign", sessions: names, in: registry,
                threads: 1)
            #expect(
                try ExchangeWorld.parameters("foreign", in: registry)
                    == ExchangeWorld.parameters("small", in: registry))
        }
    }

    @Test func otherFilesAndNamesAreRefused() throws {
        try Self.withFile { registry, good in
            let names = try registry.sessions(ofRun: "small").map(\.name)
            func load(_ path: String, as run: String = "wrong", _ sessions: [String]? = nil) throws {
                _ = try ImportJourney.importModel(
                    from: path, as: run, sessions: sessions, in: registry, threads: 1)
            }
            try Self.expectNothing(in: registry) {
                let checkpoint = RunFolder(registry.workspace, run: "small").checkpoint
                #expect(
                    throws: ModelFileError.notAModel(
                        path: checkpoint, what: "its format is neurostitch-checkpoint")
                ) { try load(checkpoint) }
                let empty = registry.scratch("empty.h5")
                try HDF5File.write(to: empty) { try $0.createGroup("params") }
                #expect(
                    throws: ModelFileError.notAModel(path: empty, what: "it has no group config")
                ) { try load(empty) }
                #expect(throws: ArrayFileError.missingFile(path: "nowhere.h5")) {
                    try load("nowhere.h5")
                }
                #expect(throws: RegistryError.runExists("small", status: .finished)) {
                    try load(good, as: "small")
                }
                #expect(throws: RegistryError.self) { try load(good, as: "a/b") }
                #expect(throws: RegistryError.self) { try load(good, ["nobody", names[0]]) }
                #expect(
                    throws: ModelFileError.otherSessionCount(path: good, count: 2, given: 1)
                ) { try load(good, [names[0]]) }
                #expect(
                    throws: ModelFileError.otherSessionCount(path: good, count: 2, given: 1)
                ) { try load(good, [names[0], names[0]]) }
            }
        }
    }

    private static func withFile(_ body: (SessionRegistry, String) throws -> Void) throws {
        try ExchangeWorld.withRun { registry, _ in
            let path = registry.scratch("good.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            try body(registry, path)
        }
    }

    private static func expectNothing(
        in registry: SessionRegistry, _ body: () throws -> Void
    ) throws {
        let runs = try registry.runs()
        let folders = registry.workspace.location(of: "runs")
        let before = try names(in: folders)
        try body()
        #expect(try registry.runs() == runs)
        #expect(try names(in: folders) == before)
    }
}
