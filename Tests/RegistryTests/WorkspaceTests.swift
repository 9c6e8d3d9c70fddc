import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Suite struct WorkspaceTests {
    @Test func creatingMakesTheFolders() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/deep/sessions/"
        let workspace = try SessionRegistry.create(at: path).workspace
        #expect(workspace.registryFile == path + "registry.sqlite")
        #expect(workspace.runFolder("jango") == path + "runs/jango")
        #expect(
            try names(in: path)
                == ["recordings", "registry.sqlite", "runs"])
    }

    @Test func thereIsNoRegistryYet() throws {
        let folder = try TemporaryFolder()
        #expect(
            words { try SessionRegistry.open(folder.path) }
                == "There is no registry in \(folder.path). Make one, or name the workspace "
                + "that has one.")
        #expect(try names(in: folder.path) == [])
    }

    @Test func aFileStandsInTheWay() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("x", to: "sessions")
        #expect(
            words { try SessionRegistry.create(at: file) }
                == "\(file) can't be created: \(file) is a file.")
        #expect(
            words { try SessionRegistry.create(at: file + "/deeper") }
                == "\(file)/deeper can't be created: \(file) is a file.")
    }

    @Test func aFolderIsNoRegistry() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/registry.sqlite"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(
            words { try SessionRegistry.open(folder.path) }
                == "\(path) can't be opened for writing; check the permissions of it and its folder.")
    }

    @Test func otherFilesAreLeftUntouched() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            String(repeating: "This is no database. ", count: 100), to: "registry.sqlite")
        let before = try bytes(of: path)
        let message = "\(path) is not a registry of neurostitch; it was left untouched."
        #expect(words { try SessionRegistry.open(folder.path) } == message)
        #expect(words { try SessionRegistry.create(at: folder.path) } == message)
        #expect(try bytes(of: path) == before)
    }

    @Test func otherDatabasesAreLeftUntouched() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/registry.sqlite"
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase {
            try $0.execute(sql: "CREATE TABLE session (x); INSERT INTO session VALUES (1)")
        }
        try queue.close()
        let before = try bytes(of: path)
        #expect(
            words { try SessionRegistry.create(at: folder.path) }
                == "\(path) is not a registry of neurostitch; it was left untouched.")
        #expect(try bytes(of: path) == before)
    }

    @Test func anEmptyFileBecomesARegistry() throws {
        // What an interruption at the very beginning of `create` leaves.
        let folder = try TemporaryFolder()
        try folder.write("", to: "registry.sqlite")
        #expect(try SessionRegistry.open(folder.path).sessions(matching: .all) == [])
    }

    @Test func aDamagedRegistryIsReportedAsSuch() throws {
        let example = try Example()
        for day in 0..<40 { try example.registry.register(.example("day-\(day)"), content: "\(day)") }
        let path = example.workspace.registryFile
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(4096..., with: Data(repeating: 0x5A, count: bytes.count - 4096))
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(
            words { try SessionRegistry.open(example.workspace.path).sessions(matching: .all) }
                == "\(path) is damaged (database disk image is malformed). Restore it from a backup, "
                + "or make a new workspace and register the recordings again.")
    }

    @Test func whatOnlyFullOrProtectedDisksShow() {
        #expect(
            RegistryError.full(path: "r").description
                == "There is no space left on the disk for r; nothing was changed.")
        #expect(
            RegistryError.notWritable(path: "r").description
                == "r can't be opened for writing; check the permissions of it and its folder.")
    }
}
