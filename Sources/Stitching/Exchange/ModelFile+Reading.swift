import Alignment
import ArrayFiles
import Foundation
import LFADS
import Messages

extension ModelFile {
    /// Reads what `write` wrote, or what a Python user wrote from a PyTorch state in the same layout; of
    /// groups beside `params`, `config`, `sessions` and `shared` nothing is looked at.
    ///
    /// - Throws: `ModelFileError`, `ArrayFileError`
    init(contentsOf path: String) throws {
        let file = try HDF5File.open(path)
        try Self.requireModel(file)
        let prefix = "params/"
        let names = try file.datasetPaths().filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
        let isIdentity = !names.contains(where: TensorName.isOfReadIn)
        var settings = try Self.readConfiguration(file, isIdentity: isIdentity)
        sessions = try Self.readSessions(file, names, settings.model)
        settings.holdOut = try Self.readHoldOut(file)
        do {
            try settings.model.validate(sessionCount: sessions.count)
            try settings.training.validate(for: settings.model)
        } catch LFADSError.invalidConfiguration(let key, let found, let expected) {
            throw ModelFileError.badSetting(path: path, key: key, found: found, expected: expected)
        }
        let table = Self.table(settings.model, sessions)
        try Self.requireShapes(file, names, settings.model, table)
        parameters = try Self.readParameters(file, names, settings.model, table)
        Self.takePriorVariance(&settings.model, table, parameters)
        self.settings = settings
        self.table = table
        run = try file.stringAttribute("run")
        epoch = try file.numberAttribute("epoch").flatMap { Int(exactly: $0) }
        trajectories = try SharedTrajectories.read(file) {
            ModelFileError.badTrajectories(path: path, problem: $0)
        }
    }

    /// The variance of the initial condition's prior is a tensor there and a setting here, where it is the
    /// same in all dimensions.
    private static func takePriorVariance(
        _ model: inout ModelConfiguration, _ table: ParameterTable, _ parameters: [Float]
    ) {
        guard let tensor = table.tensor(named: TensorName.initialConditionPriorLogVariance) else { return }
        let values = parameters[tensor.offset..<(tensor.offset + tensor.count)]
        guard let first = values.first, values.allSatisfy({ $0 == first }) else { return }
        let variance = Float(exp(Double(first)))
        // Rounding of the logarithm is no other setting; what is no variance stays with the tensor.
        if variance > 0, variance.isFinite,
            abs(variance - model.initialConditionPriorVariance) > 1e-5 * variance
        {
            model.initialConditionPriorVariance = variance
        }
    }

    private static func requireModel(_ file: HDF5File) throws {
        func broken(_ what: String) -> ModelFileError { .notAModel(path: file.path, what: what) }
        // A file of somebody else's making says nothing about its format.
        if let format = try file.stringAttribute("format") {
            guard format == Self.format else { throw broken("its format is \(format)") }
            guard let version = try file.numberAttribute("version").flatMap({ Int(exactly: $0) }),
                version > 0
            else { throw broken("it has no attribute `version`") }
            guard version <= layoutVersion else {
                throw ModelFileError.newer(path: file.path, version: version)
            }
        }
        for group in ["params", "config"] where !file.exists(group) {
            throw broken("it has no group \(group)")
        }
    }

    /// More units than any array records; products of it and of dimensions stay far from where they
    /// overflow.
    private static let largestUnitCount = 1_000_000

    /// Numbers of sessions and units as the tensors have them, and what stands beside them.
    private static func readSessions(
        _ file: HDF5File, _ names: [String], _ model: ModelConfiguration
    ) throws -> [Session] {
        let path = file.path
        func shape(_ tensor: String, rank: Int) throws -> [Int] {
            guard names.contains(tensor) else {
                throw ModelFileError.missingTensor(path: path, tensor: tensor)
            }
            let shape = try file.shape(of: "params/\(tensor)")
            guard shape.count == rank, !shape.contains(0) else {
                throw ModelFileError.badSetting(
                    path: path, key: "params/\(tensor), beside the settings", found: "of shape \(shape)",
                    expected: "\(rank) extents above 0")
            }
            return shape
        }
        let indices = Set(names.compactMap(TensorName.sessionNumber))
        // Numbers come from the file, and there may be gaps between them of any size.
        let count = (0..<max(1, indices.count)).first { !indices.contains($0) } ?? indices.count
        guard count > 0, count == indices.count else {
            throw ModelFileError.missingTensor(
                path: path, tensor: TensorName.weights(TensorName.readOut("\(count)")))
        }
        let stated = file.exists("sessions/names") ? try file.strings("sessions/names").values : nil
        if let stated, stated.count != count {
            throw ModelFileError.notAModel(
                path: path, what: "it names \(stated.count) sessions and has \(count) read-outs")
        }
        let perUnit = model.observation.parametersPerUnit
        return try (0..<count).map { index in
            let readOut = TensorName.readOut("\(index)")
            let rows = try shape(TensorName.bias(readOut), rank: 1)[0]
            guard rows <= perUnit * largestUnitCount else {
                throw ModelFileError.badSetting(
                    path: path, key: "params/\(TensorName.bias(readOut)), beside the settings",
                    found: "of shape [\(rows)]",
                    expected: "at most \(perUnit * largestUnitCount) rows, \(perUnit) for each of "
                        + "\(largestUnitCount) units")
            }
            guard rows % perUnit == 0 else {
                throw ModelFileError.badSetting(
                    path: path, key: "reconstruction", found: model.observation.nameInPyTorch,
                    expected: "a model that fits the \(rows) rows of \(readOut): it has "
                        + "\(perUnit) parameters per unit")
            }
            var encoded = 0
            if case .affine = model.readIn {
                encoded = try shape(TensorName.weights(TensorName.readIn("\(index)")), rank: 2)[1]
            } else {
                encoded = Int(try file.numberAttribute("encod_data_dim", of: "config") ?? 0)
            }
            guard encoded <= rows / perUnit else {
                throw ModelFileError.wrongShape(
                    path: path, tensor: TensorName.bias(readOut), expected: [encoded * perUnit],
                    found: [rows])
            }
            var session = Session(
                name: stated?[index], encodedUnitCount: encoded, unitCount: rows / perUnit)
            try readDescription(of: &session, file, "sessions/\(index)")
            return session
        }
    }

    private static func readDescription(
        of session: inout Session, _ file: HDF5File, _ group: String
    ) throws {
        guard file.exists(group) else { return }
        session.revision = try file.numberAttribute("revision", of: group).flatMap { Int(exactly: $0) }
        session.contentHash = try file.stringAttribute("content_sha256", of: group)
        session.binMilliseconds = try file.numberAttribute("bin_ms", of: group)
        guard file.exists("\(group)/unit_id") else { return }
        let units = try file.strings("\(group)/unit_id").values
        guard units.count == session.unitCount, Set(units).count == units.count else {
            throw ModelFileError.notAModel(
                path: file.path,
                what: "\(group)/unit_id does not name each of the \(session.unitCount) units once")
        }
        session.unitNames = units
    }

    /// The model is as large as the config says, not the file: before anything is allocated, every tensor
    /// has to be there in the shape that it needs, and all of them together have to fit into memory.
    private static func requireShapes(
        _ file: HDF5File, _ names: [String], _ model: ModelConfiguration, _ table: ParameterTable
    ) throws {
        let known = Set(names)
        let withoutEffect = tensorsWithoutEffect(model, table).filter { known.contains($0.name) }
        let tensors = table.tensors.filter { !$0.shape.contains(0) }.map { ($0.name, $0.shape) }
        for (name, shape) in tensors + withoutEffect.map({ ($0.name, $0.shape) }) {
            guard known.contains(name) else {
                throw ModelFileError.missingTensor(path: file.path, tensor: name)
            }
            let found = try file.shape(of: "params/\(name)")
            guard found == shape else {
                throw ModelFileError.wrongShape(
                    path: file.path, tensor: name, expected: shape, found: found)
            }
        }
        try file.requireFits(
            elementCount: table.count, bytesEach: MemoryLayout<Float>.stride, item: "params")
    }

    private static func readParameters(
        _ file: HDF5File, _ names: [String], _ model: ModelConfiguration, _ table: ParameterTable
    ) throws -> [Float] {
        let path = file.path
        func read(_ name: String) throws -> [Float] {
            let values = try file.floats("params/\(name)").values
            if let place = values.firstIndex(where: { !$0.isFinite }) {
                throw ModelFileError.notFinite(path: path, tensor: name, place: place)
            }
            return values
        }
        var parameters = [Float](repeating: 0, count: table.count)
        for tensor in table.tensors where tensor.count > 0 {
            parameters.replaceSubrange(
                tensor.offset..<(tensor.offset + tensor.count), with: try read(tensor.name))
        }
        let withoutEffect = tensorsWithoutEffect(model, table)
        for tensor in withoutEffect where names.contains(tensor.name) {
            let values = try read(tensor.name)
            // The state of a controller that isn't there may be anything.
            if !tensor.isTrained, values.contains(where: { $0 != 0 }) {
                throw ModelFileError.recurrentBias(path: path, tensor: tensor.name)
            }
        }
        let known = table.tensors.map(\.name) + withoutEffect.map(\.name)
        // A tensor without elements says nothing that could be lost.
        for name in names where !known.contains(name) {
            guard try file.shape(of: "params/\(name)").contains(0) else {
                throw ModelFileError.unknownTensor(
                    path: path, tensor: name, nearest: NearestName.nearest(to: name, among: known))
            }
        }
        return parameters
    }
}
