import ArrayFiles
import LFADS

extension ModelFile {
    /// One HDF5 file, replaced as a whole; parameters in single precision, as they are trained.
    ///
    /// - Throws: `ArrayFileError.cannotWrite`
    func write(to path: String) throws {
        try HDF5File.write(to: path) { file in
            try file.setAttribute("format", to: Self.format)
            try file.setAttribute("version", to: Self.layoutVersion)
            try file.setAttribute("number_type", to: "float32")
            if let run { try file.setAttribute("run", to: run) }
            if let epoch { try file.setAttribute("epoch", to: epoch) }
            try writeConfiguration(to: file)
            for tensor in table.tensors {
                try write(
                    tensor.name, tensor.shape,
                    Array(parameters[tensor.offset..<(tensor.offset + tensor.count)]),
                    isTrained: tensor.role != .fixed, to: file)
            }
            for tensor in Self.tensorsWithoutEffect(settings.model, table) {
                try write(
                    tensor.name, tensor.shape,
                    [Float](repeating: 0, count: tensor.shape.reduce(1, *)),
                    isTrained: tensor.isTrained, to: file)
            }
            try writeSessions(to: file)
            try trajectories?.write(to: file)
        }
    }

    private func write(
        _ name: String, _ shape: [Int], _ values: [Float], isTrained: Bool, to file: HDF5File
    ) throws {
        try file.write(ShapedArray(shape: shape, values: values), to: "params/\(name)")
        try file.setAttribute("requires_grad", to: isTrained ? 1 : 0, of: "params/\(name)")
    }

    private func writeSessions(to file: HDF5File) throws {
        let names = sessions.compactMap(\.name)
        if names.count == sessions.count {
            try file.write(ShapedArray(shape: [names.count], values: names), to: "sessions/names")
            try file.setAttribute(
                "description", to: "sessions in the order of readin.N and readout.N", of: "sessions/names")
        }
        for (index, session) in sessions.enumerated() {
            let group = "sessions/\(index)"
            try file.createGroup(group)
            if let name = session.name { try file.setAttribute("name", to: name, of: group) }
            if let revision = session.revision { try file.setAttribute("revision", to: revision, of: group) }
            if let hash = session.contentHash { try file.setAttribute("content_sha256", to: hash, of: group) }
            if let bin = session.binMilliseconds { try file.setAttribute("bin_ms", to: bin, of: group) }
            guard let units = session.unitNames else { continue }
            try file.write(ShapedArray(shape: [units.count], values: units), to: "\(group)/unit_id")
            try file.setAttribute(
                "description", to: "units in the order of the read-out's rows, encoded ones first",
                of: "\(group)/unit_id")
            try file.write(
                ShapedArray(
                    shape: [units.count],
                    values: units.indices.map { UInt8($0 < session.encodedUnitCount ? 0 : 1) }),
                to: "\(group)/unit_held_out")
            guard let places = session.unitPlaces else { continue }
            try file.write(
                ShapedArray(shape: [places.count], values: places.map(Int64.init)),
                to: "\(group)/recording_index")
            try file.setAttribute(
                "description", to: "place of each of these units in the recording, from 0",
                of: "\(group)/recording_index")
        }
    }
}
