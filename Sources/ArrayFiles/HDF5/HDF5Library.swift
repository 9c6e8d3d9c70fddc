import CHDF5
import Foundation

/// The HDF5 C library keeps global state without locks: one call at a time, whatever the file.
enum HDF5Library {
    private static let lock = NSRecursiveLock()
    /// At the end of the process HDF5 would write what the disk refused once more, and crash over it. Every file is
    /// closed by whoever opened it.
    private static let leavesAtExit: Bool = H5dont_atexit() >= 0

    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        _ = leavesAtExit
        // Every failure is reported by `ArrayFileError`. A library built for threads keeps the switch
        // per thread, so that once isn't enough.
        chdf5_silence()
        return try body()
    }
}

/// What the elements of a dataset are.
public enum ElementKind: Sendable, Equatable {
    case integer, float, string, other

    /// For error messages.
    public var words: String {
        switch self {
        case .integer: "whole numbers"
        case .float: "floating-point numbers"
        case .string: "text"
        case .other: "elements of another type"
        }
    }

    /// Enumerations count as integers: h5py stores truth values as such.
    init(type: hid_t) {
        switch H5Tget_class(type) {
        case H5T_INTEGER, H5T_ENUM: self = .integer
        case H5T_FLOAT: self = .float
        case H5T_STRING: self = .string
        default: self = .other
        }
    }
}
