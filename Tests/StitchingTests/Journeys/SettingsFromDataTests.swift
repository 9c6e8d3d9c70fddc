import LFADS
import TestSupport
import Testing

@testable import Stitching

@Suite("Settings that follow from the recordings")
struct SettingsFromDataTests {
    private func resolved(
        _ text: String, resuming stored: StitchSettings? = nil
    ) throws -> (settings: StitchSettings, chosen: [String: SettingValue]) {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        var chosen: [String: SettingValue] = [:]
        let settings = try StitchSettings(
            try TrainedWorld.manifest(text), sessions, resuming: stored,
            report: { for choice in $0.choices { chosen[choice.key] = choice.value } })
        return (settings, chosen)
    }

    @Test("trials of one bin have no dynamics")
    func oneBin() throws {
        let days = try TrainedWorld.recordings(bins: 1)
        #expect(throws: StitchingError.oneBin(session: days[0].session)) {
            try StitchSettings(try TrainedWorld.manifest(), days.map { try PreparedSession($0) })
        }
    }

    @Test("what a manifest leaves open is chosen, and said")
    func open() throws {
        let (settings, chosen) = try resolved("train: {epochs: 3}")
        // Few trials of three latents: the least of everything.
        #expect(settings.model.factorCount == 24 && settings.alignment.components == 24)
        #expect(settings.model.generatorUnits == 96 && settings.model.inferredInputCount == 2)
        #expect(settings.model.hasController && settings.model.dropoutRate == 0.4)
        #expect(
            chosen == [
                "model.fac_dim": .whole(24), "model.gen_dim": .whole(96), "model.ic_enc_dim": .whole(96),
                "model.co_dim": .whole(2), "model.ci_enc_dim": .whole(32), "model.con_dim": .whole(32),
                "model.dropout_rate": .single(0.4), "train.batch_size": .whole(32),
                "train.kl_co_scale": .single(1.5e-5), "train.cd_rate": .single(0.45),
                "train.l2_gen_scale": .single(0.3),
            ])
        #expect(settings.training.batchSize == 32 && settings.training.epochs == 3)
    }

    @Test("where the rate falls on a plateau nothing says how long that takes")
    func plateau() throws {
        let (settings, chosen) = try resolved("train: {lr_schedule: plateau}")
        #expect(settings.training.epochs == 400 && settings.training.batchSize == 128)
        #expect(chosen["train.epochs"] == nil && chosen["train.batch_size"] == nil)
    }

    @Test("what a manifest says stands, and the rest follows from it")
    func given() throws {
        let (settings, chosen) = try resolved("model: {fac_dim: 40, co_dim: 0}")
        #expect(settings.model.factorCount == 40 && settings.model.generatorUnits == 128)
        #expect(!settings.model.hasController && chosen["train.kl_co_scale"] == nil)
        #expect(settings.model.controllerUnits == 0 && settings.model.controllerInputEncoderUnits == 0)
        #expect(chosen["model.fac_dim"] == nil && chosen["model.co_dim"] == nil)
    }

    @Test("a program that sets the model sets it as a whole")
    func programs() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        var manifest = StitchManifest(run: "a", sessions: .all)
        #expect(try StitchSettings(manifest, sessions).model.factorCount == 24)
        manifest.model.factorCount = 5
        let model = try StitchSettings(manifest, sessions).model
        var expected = ModelConfiguration(encodedBinCount: model.encodedBinCount, binCount: model.binCount)
        expected.factorCount = 5
        expected.readIn = .affine(dimensions: 5)
        #expect(model == expected)
    }

    @Test("a run that goes on keeps what it began with, whatever the defaults are now")
    func resuming() throws {
        var stored = try resolved("train: {epochs: 3}").settings
        stored.model.factorCount = 16
        stored.alignment.components = 16
        stored.model.readIn = .affine(dimensions: 16)
        stored.model.dropoutRate = 0.2
        stored.training.readInRateScale = 0
        let (settings, chosen) = try resolved("train: {epochs: 3}", resuming: stored)
        #expect(settings == stored && chosen.isEmpty)
        // What the manifest says is still compared.
        #expect(try resolved("train: {epochs: 4}", resuming: stored).settings != stored)
    }

    @Test("the more trials, the larger batches and the fewer epochs, in steps")
    func batchesAndEpochs() {
        func values(_ ends: (few: Int, many: Int), _ steps: Int) -> [Int] {
            stride(from: 0, through: 4000, by: 10).map {
                SettingsFromData.between(ends, steps: steps, trainingTrials: $0)
            }
        }
        let batches = values(SettingsFromData.batchSizes, 16)
        #expect(batches.first == 32 && batches.last == 64 && Set(batches) == [32, 48, 64])
        #expect(zip(batches, batches.dropFirst()).allSatisfy { $0 <= $1 })
        let epochs = values(SettingsFromData.epochCounts, 10)
        #expect(epochs.first == 200 && epochs.last == 100)
        #expect(zip(epochs, epochs.dropFirst()).allSatisfy { $0 >= $1 && $0 - $1 <= 10 })
    }

    /// A stitched run asks for what suits all days together; a model of one day gets what suits that day.
    @Test(
        "models of single days leave open what the manifest leaves open, and share the batch that it asks for"
    )
    func singles() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            let records = try registry.sessions(matching: .all)
            let open = try TrainedWorld.manifest("model: {gen_dim: 8}").singles(records)
            #expect(open.map { $0.given.training } == [[], []] && open[0].given.model == ["gen_dim"])
            let asked = try TrainedWorld.manifest("train: {batch_size: 16}").singles(records)
            #expect(asked.map { $0.training.batchSize } == [8, 8])
            #expect(asked.allSatisfy { $0.given.training == ["batch_size"] })
        }
    }

    @Test("dropout falls with the number of trials, and nowhere jumps")
    func dropout() {
        let rates = stride(from: 0, through: 4000, by: 10).map {
            SettingsFromData.dropoutRate(trainingTrials: $0)
        }
        #expect(rates.first == 0.4 && rates.last == 0.2)
        #expect(SettingsFromData.dropoutRate(trainingTrials: 420) == 0.3)
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 && $0 - $1 < 0.011 })
    }
}
