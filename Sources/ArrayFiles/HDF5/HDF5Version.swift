import CHDF5

/// Which HDF5 library reads and writes files.
public enum HDF5Version {
    /// Of the library that was loaded: `1.10.8`.
    public static var text: String {
        HDF5Library.locked {
            var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
            guard H5get_libversion(&major, &minor, &release) >= 0 else { return "unknown" }
            return "\(major).\(minor).\(release)"
        }
    }
}
