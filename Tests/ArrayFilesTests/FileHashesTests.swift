import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

struct FileHashesTests {
    private func write(_ text: String, to path: String, modified: Date) throws {
        // In place: the file stays the same one.
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: path)
    }

    private func hash(of text: String) -> String {
        let hash = ContentHash()
        hash.update(text)
        return hash.hexadecimal()
    }

    @Test func bytesAreReadOnceAsLongAsTheFileStaysWhatItIs() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/file"
            try Data().write(to: URL(fileURLWithPath: path))
            let then = Date(timeIntervalSince1970: 1_700_000_000)
            try write("abc", to: path, modified: then)
            let hashes = FileHashes()
            #expect(try hashes.hash(ofFile: path) == hash(of: "abc"))
            // Nothing of the file tells that it has changed: it isn't read again.
            try write("xyz", to: path, modified: then)
            #expect(try hashes.hash(ofFile: path) == hash(of: "abc"))
            try FileManager.default.moveItem(atPath: path, toPath: path + "2")
            #expect(try hashes.hash(ofFile: path + "2") == hash(of: "abc"))
            // Another time, and another size.
            try write("xyz", to: path + "2", modified: then.addingTimeInterval(1))
            #expect(try hashes.hash(ofFile: path + "2") == hash(of: "xyz"))
            try write("longer", to: path + "2", modified: then.addingTimeInterval(1))
            #expect(try hashes.hash(ofFile: path + "2") == hash(of: "longer"))
            #expect(throws: ArrayFileError.missingFile(path: path)) { try hashes.hash(ofFile: path) }
        }
    }

    @Test func aFileThatHasJustChangedMayChangeAgainUnseen() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/file"
            try Data().write(to: URL(fileURLWithPath: path))
            // As one that was changed in the same step of the clock as it is hashed.
            let now = Date().addingTimeInterval(60)
            try write("abc", to: path, modified: now)
            let hashes = FileHashes()
            #expect(try hashes.hash(ofFile: path) == hash(of: "abc"))
            try write("xyz", to: path, modified: now)
            #expect(try hashes.hash(ofFile: path) == hash(of: "xyz"))
        }
    }
}
