import Testing
import TrialArrays

@testable import LFADS

/// A model and the trials that it is given, each by itself.
@Suite("Models without trials, and the maps of a session")
struct ModelAndTrialsTests {
    private func configuration(_ observation: ObservationModel = .poisson) -> ModelConfiguration {
        var model = ModelConfiguration(encodedBinCount: 4, binCount: 5)
        model.readIn = .affine(dimensions: 3)
        model.initialConditionEncoderUnits = 5
        model.initialConditionDimensions = 4
        model.generatorUnits = 6
        model.factorCount = 3
        model.observation = observation
        return model
    }

    private func trials(
        _ name: String, count: Int = 1, bins: Int = 5, encoded: Int = 3, units: Int = 4, inputs: Int = 0,
        split: (training: [Int], validation: [Int]) = ([], [])
    ) throws -> SessionTrials {
        let axis = TrialAxis(
            places: (0..<count).map { $0 + 10 }, conditions: Array(repeating: "a", count: count))
        let binAxis = BinAxis(count: bins, milliseconds: 20)
        return try SessionTrials(
            name: name,
            counts: TrialArray(
                trials: axis, bins: binAxis, columns: ColumnAxis(.unit, names: (0..<units).map { "u\($0)" }),
                values: (0..<(count * bins * units)).map { Float($0 * 7 % 3) }),
            encodedUnitCount: encoded,
            externalInputs: TrialArray(
                trials: axis, bins: binAxis, columns: ColumnAxis(.input, count: inputs), repeating: 1),
            trainingTrials: split.training, validationTrials: split.validation)
    }

    private let shapes = [
        SessionShape(name: "x", encodedUnitCount: 2, unitCount: 2),
        SessionShape(name: "y", encodedUnitCount: 3, unitCount: 4),
    ]

    @Test("a trial that no file holds is inferred without others, with its own axes")
    func singleTrial() throws {
        let model = try StitchedModel(configuration(), sessions: shapes, startingFrom: 1, threads: 1)
        let alone = try trials("y")
        let inferred = try model.infer(
            alone, chosen: [0], quantities: [.factors, .rates, .initialConditions])
        let means = try #require(inferred.means)
        #expect(means.shape == [1, 5, 4] && means.columns.names == ["u0", "u1", "u2", "u3"])
        #expect(means.trials == alone.counts.trials && means.bins.milliseconds == 20)
        #expect(try #require(inferred.factors).columns == ColumnAxis(.factor, count: 3))
        #expect(try #require(inferred.initialConditionMeans).bins == .once)
        #expect(inferred.generatorStates == nil && inferred.inferredInputMeans == nil)
        #expect(inferred.factorDeviations == nil)
        // Among others it has the same bits.
        let among = try trials("y", count: 3)
        let loss = try model.reconstructionLoss(among, chosen: [0])
        #expect(try model.reconstructionLoss(alone, chosen: [0]) == loss)
        #expect(
            try model.infer(among, chosen: [2, 0], quantities: .rates).means?[trial: 1] == means[trial: 0])
    }

    @Test("trials that the model is not made for are named")
    func extents() throws {
        let model = try StitchedModel(configuration(), sessions: shapes, startingFrom: 1, threads: 1)
        func expect(_ what: String, _ expected: String, _ trials: SessionTrials, chosen: [Int] = [0]) {
            #expect(throws: LFADSError.invalidData(session: "y", what: what, expected: expected)) {
                try model.infer(trials, chosen: chosen, quantities: .factors)
            }
            #expect(throws: LFADSError.invalidData(session: "y", what: what, expected: expected)) {
                try model.reconstructionLoss(trials, chosen: chosen)
            }
        }
        expect("trials of 6 bins", "5 bins, as in the other sessions", try trials("y", bins: 6))
        expect("1 external inputs", "0, as in the other sessions", try trials("y", inputs: 1))
        expect("5 units", "4, as in the model", try trials("y", units: 5))
        expect("2 encoded units", "3, as in the model", try trials("y", encoded: 2))
        expect(
            "a trial that was asked for lies outside the session", "indices below 1", try trials("y"),
            chosen: [0, 1])
    }

    @Test("training wants a split, and the model's sessions in their order")
    func split() throws {
        let model = try StitchedModel(configuration(), sessions: shapes, startingFrom: 1, threads: 1)
        func train(_ trials: [SessionTrials]) throws {
            _ = try StitchedTraining(model, trials, TrainingConfiguration(), seed: 1)
        }
        let x = try trials("x", count: 2, encoded: 2, units: 2, split: ([0], [1]))
        let y = try trials("y", count: 2, split: ([0], [1]))
        try train([x, y])
        #expect(
            throws: LFADSError.invalidData(session: "y", what: "no training trials", expected: "at least one")
        ) {
            try train([x, try trials("y", count: 2, split: ([], [1]))])
        }
        #expect(
            throws: LFADSError.invalidData(session: "y", what: "no held-out trials", expected: "at least one")
        ) {
            try train([x, try trials("y", count: 2, split: ([0], []))])
        }
        for (given, first) in [([y, x], "y"), ([x], "y"), ([x, y, y], "y")] {
            #expect(
                throws: LFADSError.invalidData(
                    session: first, what: "trials of \(given.map(\.name).joined(separator: ", "))",
                    expected: "the model's sessions in their order: x, y")
            ) { try train(given) }
        }
    }

    @Test("maps go from one model into another beside the shared part", arguments: ObservationModel.allCases)
    func maps(observation: ObservationModel) throws {
        let configuration = configuration(observation)
        let model = try StitchedModel(configuration, sessions: shapes, startingFrom: 1, threads: 1)
        let maps = model.maps(ofSession: "y")
        #expect(maps.readIn?.weights == model.parameter("readin.y.weight"))
        #expect(maps.readOut.bias == model.parameter("readout.y.bias"))
        let other = try StitchedModel(
            configuration, sharedParameters: model.sharedParameters, session: shapes[1], maps: maps,
            threads: 1)
        for tensor in other.table.tensors {
            #expect(other.parameter(tensor.name) == model.parameter(tensor.name))
        }
        // Units by place: a column of the read-in, a row per parameter of the read-out.
        let readIn = try #require(maps.readIn).selecting(inputs: [2, 0])
        #expect(readIn.inputs == 2 && readIn.bias == maps.readIn?.bias)
        #expect(readIn.weights[2] == maps.readIn?.weights[5] && readIn.weights[3] == maps.readIn?.weights[3])
        let readOut = maps.readOut(ofUnits: [3, 1], observation)
        let blocks = observation.parametersPerUnit
        #expect(readOut.outputs == 2 * blocks && readOut.inputs == 3)
        for block in 0..<blocks {
            for (place, unit) in [3, 1].enumerated() {
                let (own, row) = ((2 * block + place) * 3, (4 * block + unit) * 3)
                #expect(readOut.weights[own..<(own + 3)] == maps.readOut.weights[row..<(row + 3)])
            }
        }
        #expect(
            throws: LFADSError.parameterMismatch(
                name: "readin.y.weight", expected: "shape [3, 3]", found: "shape [3, 2]")
        ) { try other.setMaps(SessionMaps(readIn: readIn, readOut: maps.readOut), ofSession: "y") }
        #expect(
            throws: LFADSError.parameterMismatch(
                name: "readin.y.weight", expected: "a tensor of this model", found: "no such tensor")
        ) { try other.setMaps(SessionMaps(readIn: nil, readOut: maps.readOut), ofSession: "y") }
        #expect(other.maps(ofSession: "y") == maps)
    }
}
