import ArrayFiles
import Foundation
import Testing

/// What a fixture lacks, or holds in a form that no test can use.
enum ParityFixtureError: Error, CustomStringConvertible {
    case missingAttribute(file: String, attribute: String)
    case unknownObservationModel(file: String, name: String)

    var description: String {
        switch self {
        case .missingAttribute(let file, let attribute):
            "\(file): the group config has no attribute \(attribute)."
        case .unknownObservationModel(let file, let name):
            "\(file): there is no observation model \(name); known are "
                + "\(ReferenceObservationModel.allCases.map(\.rawValue).joined(separator: ", "))."
        }
    }
}

/// One training step of the PyTorch implementation, with every random draw recorded.
struct ParityFixture: Sendable, CustomTestStringConvertible {
    /// File name without its ending
    let name: String
    let configuration: ReferenceConfiguration
    /// By PyTorch name, including those that aren't trained
    let parameters: [String: ShapedArray<Double>]
    let batch: ReferenceBatch
    /// Gradients before clipping, by PyTorch name; trainable ones only
    let gradients: [String: ShapedArray<Double>]
    /// After one and after two steps with the same clipped gradient
    let optimized: [[String: ShapedArray<Double>]]
    /// Terms of the loss: `recon`, `l2`, `ic_kl`, `co_kl`, `…_scaled`, `total`, `grad_norm`
    let losses: [String: Double]
    /// Every array of the file under its path (`sess0/out/factors`, `loss/total`, …)
    let arrays: [String: ShapedArray<Double>]
    /// Names of the parameters whose attribute `requires_grad` is set, sorted
    let trainableNames: [String]

    var testDescription: String { name }

    init(contentsOf path: String) throws {
        let file = try HDF5File.open(path)
        var arrays: [String: ShapedArray<Double>] = [:]
        for path in try file.datasetPaths() {
            arrays[path] = try file.doubles(path)
        }
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let configuration = try ReferenceConfiguration(file, name: name)
        let everything = ReferenceResult(arrays: arrays)
        self.name = name
        self.arrays = arrays
        self.configuration = configuration
        parameters = everything.group("params")
        gradients = everything.group("grads")
        optimized = [everything.group("adamw1"), everything.group("adamw2")]
        losses = everything.group("loss").mapValues { $0.values.first ?? .nan }
        trainableNames = try parameters.keys.sorted().filter { parameter in
            try file.numberAttribute("requires_grad", of: "params/\(parameter)") == 1
        }

        let dropsInput = configuration.coordinatedDropoutRate > 0
        let sessions = try (0..<configuration.sessionCount).map { session in
            let prefix = "sess\(session)"
            return ReferenceSession(
                encoded: try file.doubles("\(prefix)/encod_data"),
                reconstructed: try file.doubles("\(prefix)/recon_data"),
                externalInput: try file.doubles("\(prefix)/ext_input"),
                keepMask: dropsInput ? try file.doubles("\(prefix)/cd_mask") : nil,
                passMask: dropsInput ? try file.doubles("\(prefix)/pass_mask") : nil)
        }
        batch = ReferenceBatch(
            sessions: sessions, initialConditionNoise: try file.doubles("noise/eps_ic"),
            inferredInputNoise: try file.doubles("noise/eps_co"),
            inferredInputKLNoise: try file.doubles("noise/eps_co_kl"))
    }

    func reference() throws -> ReferenceModel {
        try ReferenceModel(configuration: configuration, parameters: parameters)
    }

    /// Folder of further fixtures, outside the repository: `NEUROSTITCH_PARITY_DIR`.
    static let additionalFolder = ProcessInfo.processInfo.environment["NEUROSTITCH_PARITY_DIR"]

    /// Paths of the six fixtures of this repository and of every HDF5 file in
    /// `additionalFolder`.
    static let paths: [String] = {
        var folders: [String] = []
        if let own = Bundle.module.resourceURL {
            folders.append(own.appendingPathComponent("Parity").path)
        }
        if let additionalFolder { folders.append(additionalFolder) }
        return folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix(".h5") }.sorted().map { "\(folder)/\($0)" }
        }
    }()
}

extension ReferenceConfiguration {
    /// Reads the group `config` of a fixture.
    fileprivate init(_ file: HDF5File, name: String) throws {
        func number(_ attribute: String) throws -> Double {
            guard let value = try file.numberAttribute(attribute, of: "config") else {
                throw ParityFixtureError.missingAttribute(file: name, attribute: attribute)
            }
            return value
        }
        func count(_ attribute: String) throws -> Int { Int(try number(attribute)) }

        self.init()
        encodedBins = try count("encod_seq_len")
        reconstructedBins = try count("recon_seq_len")
        initialConditionBins = try count("ic_enc_seq_len")
        encodedUnits = try file.doubles("config/neurons_encod").values.map { Int($0) }
        reconstructedUnits = try file.doubles("config/neurons_recon").values.map { Int($0) }
        readInDimensions =
            try count("readin_is_identity") == 1 ? nil : try count("encod_data_dim")
        initialConditionEncoderUnits = try count("ic_enc_dim")
        initialConditionDimensions = try count("ic_dim")
        controllerEncoderUnits = try count("ci_enc_dim")
        controllerEncoderLag = try count("ci_lag")
        controllerUnits = try count("con_dim")
        inferredInputs = try count("co_dim")
        externalInputs = try count("ext_input_dim")
        generatorUnits = try count("gen_dim")
        factors = try count("fac_dim")
        cellClip = try number("cell_clip")
        coordinatedDropoutRate = try number("cd_rate")
        initialConditionVarianceFloor = try number("ic_post_var_min")
        averagesReconstruction = try count("recon_reduce_mean") == 1
        lossScale = try number("loss_scale")
        initialConditionEncoderL2 = try number("l2_ic_enc_scale")
        controllerEncoderL2 = try number("l2_ci_enc_scale")
        generatorL2 = try number("l2_gen_scale")
        controllerL2 = try number("l2_con_scale")
        initialConditionKLScale = try number("kl_ic_scale")
        inferredInputKLScale = try number("kl_co_scale")
        l2Ramp = try number("l2_ramp")
        klRamp = try number("kl_ramp")
        guard let spelled = try file.stringAttribute("reconstruction", of: "config") else {
            throw ParityFixtureError.missingAttribute(file: name, attribute: "reconstruction")
        }
        guard let model = ReferenceObservationModel(rawValue: spelled) else {
            throw ParityFixtureError.unknownObservationModel(file: name, name: spelled)
        }
        observationModel = model
    }
}
