public import ArrayFiles
public import Recordings

/// A list of entries, as an array.
public func column<Element>(_ values: [Element]) -> ShapedArray<Element> {
    ShapedArray(shape: [values.count], values: values)
}

/// Arrays of numbers by name, in any of the formats that hold several.
public enum SmallArrays {
    /// - Parameter path: without an extension.
    /// - Returns: the path with one.
    public static func write(
        _ arrays: [(name: String, array: ShapedArray<Double>)], to path: String,
        as format: RecordingSource.Format
    ) throws -> String {
        switch format {
        case .mat:
            try SmallMATLAB.write(arrays, to: path + ".mat")
            return path + ".mat"
        case .npz:
            try NumpyArchiveWriter.write(to: path + ".npz") { file in
                for (name, array) in arrays { file.add(array, as: name) }
            }
            return path + ".npz"
        default:
            try HDF5File.write(to: path + ".h5") { file in
                for (name, array) in arrays {
                    let groups = name.split(separator: "/").dropLast()
                    if let group = groups.first, !file.exists(String(group)) {
                        try file.createGroup(String(group))
                    }
                    try file.write(array, to: name)
                }
            }
            return path + ".h5"
        }
    }
}
