import ArrayFiles
import Foundation

/// A page on the disk: there in full or not at all.
public enum ReportFile {
    /// Writes a page into a folder that is there.
    ///
    /// - Throws: `ReportError.noOutputFolder`, `ArrayFileError.cannotWrite`
    public static func write(_ page: ReportPage, to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
            throw ReportError.noOutputFolder(path: path, folder: folder)
        }
        try AtomicFile.write(Data(try page.html().utf8), to: path)
    }
}
