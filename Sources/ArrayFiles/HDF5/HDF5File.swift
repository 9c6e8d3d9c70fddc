import CHDF5
import Foundation
import Messages

/// An HDF5 file that is open for reading, or that is being written.
///
/// Paths inside the file are written without a leading slash: `group/name`; `/` is the root group.
/// Calls from several threads are safe one by one (the library is locked), but an object belongs to
/// one task. Extents, types and text are checked before they are believed; beneath that, HDF5 1.10
/// itself can crash on a file whose inner structure was damaged byte by byte (a truncated file is
/// safe). Where that matters, compare `ContentHash.ofFile` with a stored hash before opening.
public final class HDF5File {
    /// Path of the file as it was given.
    public let path: String
    let isWritable: Bool
    /// Negative once the file is closed.
    private(set) var identifier: hid_t
    /// Bytes of a dataset that reading may need.
    let readingLimit: UInt64
    /// Found once, when a reference is followed; only in a file that is read.
    var knownNamesByAddress: [UInt64: String]?

    private init(path: String, identifier: hid_t, isWritable: Bool, fileBytes: UInt64) {
        self.path = path
        self.identifier = identifier
        self.isWritable = isWritable
        readingLimit =
            isWritable ? ReadingLimit.largestArray : ReadingLimit.bytes(ofFile: fileBytes)
    }

    deinit {
        HDF5Library.locked { if identifier >= 0 { _ = H5Fclose(identifier) } }
    }

    /// Opens a file for reading.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`, `.notHDF5`, `.damaged`
    public static func open(_ path: String) throws -> HDF5File {
        // A pipe would keep the program waiting for somebody who writes to it.
        let descriptor = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem.reading(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileProblem.reading(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ArrayFileError.cannotRead(path: path, reason: "it is not a regular file")
        }
        var attempts = 0
        while true {
            let identifier = try HDF5Library.locked {
                guard H5Fis_hdf5(path) > 0 else { throw ArrayFileError.notHDF5(path: path) }
                let access = accessList()
                defer { H5Pclose(access) }
                errno = 0
                let identifier = H5Fopen(path, chdf5_read_only(), access)
                guard identifier >= 0 || errno == EAGAIN else { throw ArrayFileError.damaged(path: path) }
                return identifier
            }
            if identifier >= 0 {
                return HDF5File(
                    path: path, identifier: identifier, isWritable: false,
                    fileBytes: UInt64(status.st_size))
            }
            // A process that is just being started has the descriptors of the one that starts it, and with them
            // its locks, for a moment.
            attempts += 1
            guard attempts < 25 else {
                throw ArrayFileError.cannotRead(
                    path: path, reason: "another process has it open for writing")
            }
            usleep(20_000)
        }
    }

    /// Writes a new file in the place of `path`: all of it or nothing, see `AtomicFile`.
    ///
    /// The same calls in `body` give the same bytes: no times are stored.
    ///
    /// - Parameter sealed: whether its digest is to stand behind its bytes, see `FileSeal`.
    /// - Throws: `ArrayFileError.cannotWrite`, or what `body` throws.
    public static func write(
        to path: String, sealed: Bool = false, _ body: (HDF5File) throws -> Void
    ) throws {
        try AtomicFile.replaceOwned(path) { temporary in
            let file = HDF5File(
                path: path, identifier: try create(temporary, reportedAs: path), isWritable: true,
                fileBytes: 0)
            defer { file.abandon() }
            try body(file)
            try file.finish()
            if sealed { try FileSeal.append(to: temporary.path, reportedAs: path) }
        }
    }

    private static func create(_ temporary: OwnedTemporary, reportedAs path: String) throws -> hid_t {
        try HDF5Library.locked {
            let access = accessList()
            defer { H5Pclose(access) }
            // The file is locked already, and HDF5 would ask for a lock of its own.
            if chdf5_without_locks(access) < 0 { temporary.disown() }
            for isLast in [false, true] {
                errno = 0
                let identifier = H5Fcreate(
                    temporary.path, chdf5_truncate(), chdf5_default_list(), access)
                if identifier >= 0 { return identifier }
                // The environment (HDF5_USE_FILE_LOCKING) may insist.
                guard errno == EAGAIN, !isLast else { throw AtomicFile.failure(at: path) }
                temporary.disown()
            }
            throw AtomicFile.failure(at: path)
        }
    }

    /// Whether a file begins as HDF5 files do.
    static func hasSignature(_ path: String) -> Bool { HDF5Library.locked { H5Fis_hdf5(path) > 0 } }

    /// Closing the file closes all that was opened in it.
    private static func accessList() -> hid_t {
        let list = chdf5_file_access_list()
        H5Pset_fclose_degree(list, H5F_CLOSE_STRONG)
        return list
    }

    /// Writes what HDF5 still holds back, and tells if the disk refuses it.
    private func finish() throws {
        try HDF5Library.locked {
            errno = 0
            guard H5Fflush(identifier, H5F_SCOPE_GLOBAL) >= 0, H5Fclose(identifier) >= 0 else {
                throw AtomicFile.failure(at: path)
            }
            identifier = -1
        }
    }

    private func abandon() {
        HDF5Library.locked {
            if identifier >= 0 { _ = H5Fclose(identifier) }
            identifier = -1
        }
    }

    // MARK: What is in the file

    /// Paths of all datasets, in alphabetical order.
    /// - Throws: `ArrayFileError.unreadable`
    public func datasetPaths() throws -> [String] {
        final class Collector { var names: [String] = [] }
        let collector = Collector()
        try HDF5Library.locked {
            let status = chdf5_visit_datasets(
                identifier,
                { name, context in
                    guard let name, let context else { return }
                    Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().names
                        .append(String(cString: name))
                }, Unmanaged.passUnretained(collector).toOpaque())
            guard status >= 0 else { throw ArrayFileError.unreadable(path: path, item: "/") }
        }
        return collector.names.sorted()
    }

    /// Whether there is a dataset or group at `object`.
    public func exists(_ object: String) -> Bool {
        HDF5Library.locked {
            var walked = ""
            // HDF5 answers only for the last link of a path, so each one is asked for.
            for component in object.split(separator: "/") {
                walked += walked.isEmpty ? String(component) : "/\(component)"
                guard H5Lexists(identifier, walked, chdf5_default_list()) > 0,
                    H5Oexists_by_name(identifier, walked, chdf5_default_list()) > 0
                else { return false }
            }
            return true
        }
    }

    /// Extents of a dataset, slowest first; `[]` for a scalar.
    /// - Throws: `ArrayFileError.missingDataset`
    public func shape(of dataset: String) throws -> [Int] {
        try withDataset(dataset) { try shape(of: H5Dget_space($0), item: dataset) }
    }

    /// Tells what the elements of a dataset are.
    /// - Throws: `ArrayFileError.missingDataset`
    public func elementKind(of dataset: String) throws -> ElementKind {
        try withDataset(dataset) { identifier in
            let type = H5Dget_type(identifier)
            defer { H5Tclose(type) }
            return ElementKind(type: type)
        }
    }

    /// The error for a dataset that isn't there: it lists those that are.
    func missing(_ dataset: String) -> ArrayFileError {
        let found = (try? datasetPaths()) ?? []
        return .missingDataset(
            path: path, dataset: dataset, found: NearestName.sorted(found, to: dataset))
    }

    func withDataset<Result>(_ dataset: String, _ body: (hid_t) throws -> Result) throws -> Result {
        try HDF5Library.locked {
            guard exists(dataset) else { throw missing(dataset) }
            let identifier = H5Dopen2(self.identifier, dataset, chdf5_default_list())
            guard identifier >= 0 else {
                // A group of that name, or a dataset whose header is damaged.
                throw try datasetPaths().contains(dataset)
                    ? ArrayFileError.unreadable(path: path, item: dataset) : missing(dataset)
            }
            defer { H5Dclose(identifier) }
            return try body(identifier)
        }
    }

    /// Extents of a dataspace, which is closed. A null dataspace counts as `[0]`.
    func shape(of space: hid_t, item: String) throws -> [Int] {
        guard space >= 0 else { throw ArrayFileError.unreadable(path: path, item: item) }
        defer { H5Sclose(space) }
        if H5Sget_simple_extent_type(space) == H5S_NULL { return [0] }
        let rank = H5Sget_simple_extent_ndims(space)
        guard rank >= 0 else { throw ArrayFileError.unreadable(path: path, item: item) }
        if rank == 0 { return [] }
        var extents = [hsize_t](repeating: 0, count: Int(rank))
        guard H5Sget_simple_extent_dims(space, &extents, nil) == rank else {
            throw ArrayFileError.unreadable(path: path, item: item)
        }
        return try extents.map { extent in
            guard let extent = Int(exactly: extent) else {
                throw ArrayFileError.tooLarge(
                    path: path, item: item, bytes: .max, limit: readingLimit)
            }
            return extent
        }
    }
}

extension HDF5File {
    /// Whether whole numbers are those of an enumeration, as h5py writes truth values.
    /// - Throws: `ArrayFileError.missingDataset`
    public func isEnumeration(_ dataset: String) throws -> Bool {
        try withDataset(dataset) { identifier in
            let type = H5Dget_type(identifier)
            defer { H5Tclose(type) }
            return H5Tget_class(type) == H5T_ENUM
        }
    }
}
