import ArrayFiles
import ModelCases
import Testing

/// Properties of the reference that no recorded step shows.
@Suite("Reference model by itself")
struct ReferenceModelTests {
    /// Two bins for the initial condition, three that may be masked, one predicted forward; the
    /// third unit is held out.
    private func maskCase() throws -> RandomCase {
        let drawn = RandomCase(
            ModelCase("masks", seed: 5, trials: [1]) {
                $0.model.encodedBinCount = 5
                $0.model.binCount = 6
                $0.model.initialConditionBinCount = 2
                $0.units = [.init(encoded: 2, reconstructed: 3)]
                $0.training.coordinatedDropoutRate = 0.5
            })
        var batch = drawn.batch
        batch.sessions[0].keepMask = ShapedArray(shape: [1, 3, 2], values: [1, 0, 0, 1, 1, 1])
        batch.sessions[0].passMask = ShapedArray(shape: [1, 3, 2], values: [0, 0, 1, 1, 0, 0])
        return RandomCase(
            name: drawn.name, configuration: drawn.configuration, parameters: drawn.parameters,
            batch: batch)
    }

    @Test("the gradient mask stays beside the bins that were masked")
    func gradientMask() throws {
        let example = try maskCase()
        let result = try example.reference().train(example.batch)
        let mask = try #require(result.arrays["sess0/grad_mask"])
        #expect(mask.shape == [1, 6, 3])
        #expect(
            mask.values == [
                1, 1, 1,  // initial condition
                1, 1, 1,
                0, 1, 1,  // kept, dropped, held out
                1, 1, 1,  // dropped, kept but let pass
                0, 0, 1,  // kept, kept
                1, 1, 1,  // predicted forward
            ])
    }

    @Test("bins before the maskable ones are neither masked nor scaled, the others are")
    func maskedInput() throws {
        let example = try maskCase()
        let raw = example.batch.sessions[0].encoded
        let result = try example.reference().train(example.batch)
        let masked = try #require(result.arrays["sess0/encod_data_after_cd"])
        var expected = Array(raw.values[..<4])
        let factors = [2.0, 0, 0, 2, 2, 2]
        for (value, factor) in zip(raw.values[4...], factors) { expected.append(value * factor) }
        #expect(masked.values == expected)
    }

    @Test("a loss element reaches the gradient only where the mask lets it", arguments: 0..<6)
    func gradientFlow(bin: Int) throws {
        let example = try maskCase()
        let before = try example.reference().train(example.batch)
        let mask = try #require(before.arrays["sess0/grad_mask"])
        for unit in 0..<3 {
            // The target of one element changes; what the encoders read does not.
            var batch = example.batch
            batch.sessions[0].reconstructed.values[bin * 3 + unit] += 1
            let after = try example.reference().train(batch)
            let changes = before.gradients != after.gradients
            #expect(changes == (mask.values[bin * 3 + unit] == 1))
            #expect(before.scalar("loss/total") != after.scalar("loss/total"))
        }
    }

    @Test("inference ignores noise and masks; without them it is what training gives")
    func inferenceIgnoresDraws() throws {
        for example in RandomCase.all {
            let model = try example.reference()
            var quiet = example.batch
            quiet.initialConditionNoise = .zeros(quiet.initialConditionNoise.shape)
            quiet.inferredInputNoise = .zeros(quiet.inferredInputNoise.shape)
            quiet.dropout = ReferenceDropout()
            for session in quiet.sessions.indices {
                quiet.sessions[session].keepMask = nil
                quiet.sessions[session].encodedAugmentation = nil
                quiet.sessions[session].reconstructedAugmentation = nil
            }
            let inferred = model.infer(example.batch)
            let trained = model.train(quiet)
            for session in 0..<example.configuration.sessionCount {
                let found = inferred.group("sess\(session)/infer")
                #expect(found.count == 11)
                let same = trained.group("sess\(session)/out")
                #expect(found.allSatisfy { $0.value == same[$0.key] }, "\(example.name)")
            }
        }
    }

    @Test("every dropout mask reaches the loss")
    func dropoutSites() throws {
        let example = RandomCase(.everything)
        let model = try example.reference()
        let total = model.train(example.batch).scalar("loss/total")
        let sites: [WritableKeyPath<ReferenceDropout, ShapedArray<Double>?>] = [
            \.encoderInput, \.initialConditionStates, \.initialGeneratorState, \.externalInput,
            \.controllerInput, \.generatorState,
        ]
        for site in sites {
            var batch = example.batch
            #expect(batch.dropout[keyPath: site] != nil)
            batch.dropout[keyPath: site] = nil
            #expect(model.train(batch).scalar("loss/total") != total)
        }
    }

    @Test("parameters that don't fit are refused by name")
    func refusals() throws {
        let example = RandomCase(ModelCase("refusals", seed: 1))
        var parameters = example.parameters
        parameters["ic_prior.mean"] = nil
        parameters["ic_prior.means"] = .zeros([2])
        #expect(
            throws: ReferenceError.parameterNames(
                missing: ["ic_prior.mean"], unexpected: ["ic_prior.means"])
        ) {
            try ReferenceModel(configuration: example.configuration, parameters: parameters)
        }
        parameters = example.parameters
        parameters["readout.0.bias"] = .zeros([5])
        let error = #expect(throws: ReferenceError.self) {
            try ReferenceModel(configuration: example.configuration, parameters: parameters)
        }
        #expect(
            error?.description
                == "Parameter readout.0.bias has shape [5]; the configuration makes it [4].")
    }

    /// ψ(1) = −γ, ψ(½) = −γ − 2 ln 2, ψ(10) by recurrence from ψ(1)
    @Test("digamma at points with known values")
    func digammaValues() {
        let euler = 0.577_215_664_901_532_86
        #expect(abs(digamma(1) + euler) < 1e-14)
        #expect(abs(digamma(0.5) + euler + 1.386_294_361_119_890_6) < 1e-14)
        let harmonic = (1...9).reduce(0.0) { $0 + 1 / Double($1) }
        #expect(abs(digamma(10) - (harmonic - euler)) < 1e-14)
    }
}
