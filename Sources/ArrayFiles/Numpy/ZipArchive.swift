import CZip
import Foundation

/// A zip archive that is open for reading. Only stored and deflated entries are read.
final class ZipArchive {
    struct Entry {
        let index: UInt64
        let byteCount: UInt64
        let compressedByteCount: UInt64
        let method: Int32
        let isEncrypted: Bool
    }

    let path: String
    let entries: [String: Entry]
    private let archive: OpaquePointer

    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`, `.wrongFormat`, `.malformed`
    init(_ path: String) throws {
        let byteCount = try RegularFile(path).byteCount
        var problem: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &problem) else {
            throw problem == ZIP_ER_NOZIP
                ? ArrayFileError.wrongFormat(
                    path: path, expected: "a whole zip archive, which .npz files are",
                    found: byteCount == 0 ? "it is empty" : "it has no directory at its end",
                    advice: "numpy.savez writes such files; a truncated one has to be copied again.")
                : ArrayFileError.malformed(
                    path: path, item: "/", problem: "its directory can't be read")
        }
        self.path = path
        self.archive = archive
        do {
            entries = try Self.entries(of: archive, path)
        } catch {
            zip_discard(archive)
            throw error
        }
    }

    deinit { zip_discard(archive) }

    private static func entries(of archive: OpaquePointer, _ path: String) throws -> [String: Entry] {
        var result: [String: Entry] = [:]
        for index in 0..<UInt64(max(0, zip_get_num_entries(archive, 0))) {
            var status = zip_stat_t()
            zip_stat_init(&status)
            let needed = UInt64(
                ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD)
            guard zip_stat_index(archive, index, 0, &status) == 0, status.valid & needed == needed,
                let text = status.name
            else {
                throw ArrayFileError.malformed(
                    path: path, item: "/", problem: "entry \(index) of its directory can't be read")
            }
            let name = String(cString: text)
            let entry = Entry(
                index: index, byteCount: status.size, compressedByteCount: status.comp_size,
                method: Int32(status.comp_method), isEncrypted: status.encryption_method != 0)
            guard result.updateValue(entry, forKey: name) == nil else {
                throw ArrayFileError.malformed(
                    path: path, item: name, problem: "the archive has two files of that name")
            }
        }
        return result
    }

    /// The first bytes of an entry, fewer where it ends before; all of them are checked by the
    /// archive's checksum.
    /// - Throws: `ArrayFileError.unsupported`, `.malformed`
    func bytes(of entry: Entry, item: String, atMost count: Int) throws -> [UInt8] {
        guard !entry.isEncrypted, entry.method == ZIP_CM_STORE || entry.method == ZIP_CM_DEFLATE else {
            throw ArrayFileError.unsupported(
                path: path, item: item,
                found: entry.isEncrypted ? "encrypted data" : "data compressed by another method",
                advice: "Write the file with numpy.savez or numpy.savez_compressed.")
        }
        func damaged() -> ArrayFileError {
            .malformed(path: path, item: item, problem: "its compressed data or checksum is wrong")
        }
        // Deflate's highest factor is 1032. Sizes are only what the archive says.
        let least = entry.method == ZIP_CM_STORE ? entry.byteCount : entry.byteCount / 1032
        guard least <= entry.compressedByteCount || entry.byteCount <= 1032 else { throw damaged() }
        guard let file = zip_fopen_index(archive, entry.index, 0) else { throw damaged() }
        defer { zip_fclose(file) }
        let wanted = Int(min(UInt64(count), entry.byteCount))
        let isAll = UInt64(wanted) == entry.byteCount
        return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                let done = zip_fread(
                    file, buffer.baseAddress.map { $0 + filled }, UInt64(wanted - filled))
                guard done > 0 else { throw damaged() }
                filled += Int(done)
            }
            // The checksum is compared when the end is reached, and there must be no more.
            var beyond: UInt8 = 0
            guard !isAll || zip_fread(file, &beyond, 1) == 0 else { throw damaged() }
        }
    }
}
