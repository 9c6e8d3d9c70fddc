/// What kind of file of arrays a file is, by its content.
public enum ArrayFileKind: Sendable {
    case hdf5, matlab, numpyArchive, numpyArray

    /// Finds out the kind of a file by its first bytes and its name.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`; `.wrongFormat` where it is none of these
    public init(_ path: String) throws {
        let file = try RegularFile(path)
        let start = try file.bytes(from: 0, atMost: 128)
        if start.starts(with: Array("MATLAB ".utf8)) {
            self = .matlab
        } else if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
            self = .numpyArray
        } else if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) {
            self = .numpyArchive
        } else if HDF5File.hasSignature(path) {
            self = .hdf5
        } else if MATLABFileKind.isVersion4(start) {
            // Can't be read either, but its reader says what to do.
            self = .matlab
        } else {
            throw ArrayFileError.wrongFormat(
                path: path, expected: "an HDF5, NWB, MATLAB, .npz or .npy file",
                found: start.isEmpty ? "it is empty" : "it begins otherwise",
                advice: "See docs/file-formats.md for what can be read.")
        }
    }
}
