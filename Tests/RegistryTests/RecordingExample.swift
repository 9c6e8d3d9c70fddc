import ArrayFiles
import Foundation
import Recordings
import TestSupport

@testable import Registry

extension Recording {
    /// Two units that fire 1 and 3 times in every bin of 50 ms: 20 Hz and 60 Hz.
    static func example(
        _ session: String = "jango-2016-06-26", subject: String = "Jango",
        date: String = "2016-06-26", array: String? = nil, trials: Int = 4,
        signal: Signal = .counts
    ) -> Recording {
        Recording(
            session: session, subject: subject, date: date, array: array, binMilliseconds: 50,
            signal: signal, trialCount: trials, binCount: 3, encodedBinCount: 2,
            units: [Unit(name: "7"), Unit(name: "12", heldOut: true)],
            values: (0..<trials * 3).flatMap { _ in [Float(1), 3] },
            trials: (0..<trials).map { trial in
                Trial(
                    identifier: 100 + trial, condition: trial % 2 == 0 ? "left" : nil,
                    split: trial == 3 ? .valid : .train)
            },
            provenance: ["source": "incoming/jango.h5", "licence": "MIT"])
    }
}

extension SessionRegistry {
    /// Registers a recording with a file that holds nothing but the hash of its content.
    @discardableResult
    func register(
        _ recording: Recording, content: String, asNewRevision: Bool = false
    ) throws -> Registration {
        try register(
            recording, contentHash: content, fileHash: Self.fileHash(ofContent: content),
            asNewRevision: asNewRevision
        ) { file in
            try Data(content.utf8).write(to: URL(fileURLWithPath: workspace.location(of: file)))
        }
    }

    static func fileHash(ofContent content: String) -> String {
        let hash = ContentHash()
        hash.update(content)
        return hash.hexadecimal()
    }
}

/// A workspace in a folder of its own.
struct Example {
    let folder: TemporaryFolder
    let registry: SessionRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = try SessionRegistry.create(at: folder.path + "/sessions")
    }

    var workspace: Workspace { registry.workspace }

    func content(of file: String) throws -> String {
        try String(contentsOfFile: workspace.location(of: file), encoding: .utf8)
    }

    func recordingFiles() throws -> [String] {
        try names(in: workspace.recordingsFolder)
    }
}
