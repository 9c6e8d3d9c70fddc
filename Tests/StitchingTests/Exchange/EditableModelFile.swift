import ArrayFiles

/// A model file that a test takes apart and writes again as somebody else might.
struct EditableModelFile {
    var parameters: [String: ShapedArray<Double>] = [:]
    var numbers: [String: Double] = [:]
    var texts: [String: String] = [:]
    var units: [[String]] = []
    var names: [String]
    /// What the days share; none, unless a test gives some.
    var shared: (conditions: [String], trajectories: ShapedArray<Double>)?
    var version = 1
    /// Parameters and settings alone, as a Python user writes them.
    var isForeign = false

    init(_ path: String) throws {
        let file = try HDF5File.open(path)
        for name in try file.datasetPaths() where name.hasPrefix("params/") {
            parameters[name] = try file.doubles(name)
        }
        for key in try file.attributeNames(of: "config") {
            if let text = try? file.stringAttribute(key, of: "config") {
                texts[key] = text
            } else {
                numbers[key] = try file.numberAttribute(key, of: "config")
            }
        }
        names = try file.strings("sessions/names").values
        for index in names.indices { units.append(try file.strings("sessions/\(index)/unit_id").values) }
    }

    func write(to path: String) throws {
        try HDF5File.write(to: path) { file in
            for (name, array) in parameters { try file.write(array, to: name) }
            try file.createGroup("config")
            for (key, value) in numbers { try file.setAttribute(key, to: value, of: "config") }
            for (key, value) in texts { try file.setAttribute(key, to: value, of: "config") }
            if let shared {
                try file.write(
                    ShapedArray(shape: [shared.conditions.count], values: shared.conditions),
                    to: "shared/conditions")
                try file.write(shared.trajectories, to: "shared/trajectories")
            }
            guard !isForeign else { return }
            try file.setAttribute("format", to: "neurostitch-model")
            try file.setAttribute("version", to: version)
            try file.write(ShapedArray(shape: [names.count], values: names), to: "sessions/names")
            for (index, units) in units.enumerated() {
                try file.write(
                    ShapedArray(shape: [units.count], values: units), to: "sessions/\(index)/unit_id")
            }
        }
    }
}
